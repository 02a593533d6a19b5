"""Why a question is asked: its @inquiry, or the same facts in a header from a router that we trust. Never both.

A federation router cannot pass an operation's directives on, so it may say in `X-Inquiry` what the directive would:

    X-Inquiry: {"purpose": "C", "reason": "TRAFFIC_STOP", "caseNumber": "26-01187", "attention": "Lee 4417"}

From anybody else the header is no inquiry, and neither is one that cannot be journalled as it is.
"""

from __future__ import annotations

from typing import Any

from api.config.strict_json import InvalidJson, strict_json
from engine.errors import Fault, InvalidVariables, Refused
from engine.plan import PreparedOperation
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason

LONGEST_WORD = 64
"""Characters of a case number or an attention line: they are journalled as they are."""

WORDS = ("caseNumber", "attention")
NAMES = frozenset({"purpose", "reason", *WORDS})


class NoInquiry(Refused):
    """There is not exactly one inquiry, whole and fit for the journal."""

    def __init__(self) -> None:
        super().__init__([Fault("no inquiry")])


def inquiry_of(prepared: PreparedOperation, header: str | None, *, is_trusted: bool) -> Inquiry:
    """The inquiry of an operation. Raises NoInquiry."""
    try:
        said = prepared.directive_arguments("inquiry")
    except InvalidVariables:
        raise NoInquiry from None
    if header is not None:
        if said is not None or not is_trusted:
            raise NoInquiry
        said = _read(header)
    if said is None or not all(_can_be_journalled(said.get(word)) for word in WORDS):
        raise NoInquiry
    return Inquiry(said["purpose"], said["reason"], said.get("caseNumber"), said.get("attention"))


def _read(header: str) -> dict[str, Any] | None:
    try:
        # Headers are bytes that the server decoded as Latin-1, whatever they are.
        said = strict_json(header.encode("latin-1"), "The header")
        if not isinstance(said, dict) or not said.keys() <= NAMES:
            return None
        return {**said, "purpose": Purpose[said["purpose"]], "reason": Reason[said["reason"]]}
    except (InvalidJson, KeyError, TypeError):
        return None


def _can_be_journalled(word: object) -> bool:
    return word is None or (isinstance(word, str) and len(word) <= LONGEST_WORD and word.isprintable())
