"""The inquiry of an operation: its @inquiry directive, or the `X-Inquiry` header of a trusted router.

A federation router cannot forward directives, so it sends the same facts in a header:

    X-Inquiry: {"purpose": "C", "reason": "TRAFFIC_STOP", "caseNumber": "26-01187", "attention": "Lee 4417"}

A header from any other address, a header beside a directive, and a text that is blank or cannot be journalled unchanged
are invalid.
"""

from __future__ import annotations

from typing import Any

from api.config.strict_json import InvalidJson, strict_json
from api.operation.errors import INQUIRY_TEXT, PURPOSE_REQUIRED
from engine.errors import Fault, InvalidVariables, Refused
from engine.plan import PreparedOperation
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason

TEXT_LIMIT = 64
"""Characters of a case number or an attention line; both are journalled unchanged."""

TEXTS = ("caseNumber", "attention")
NAMES = frozenset({"purpose", "reason", *TEXTS})


class InvalidInquiry(Refused):
    """There is no inquiry, more than one, or one that is incomplete or cannot be journalled."""

    def __init__(self, message: str = PURPOSE_REQUIRED) -> None:
        super().__init__([Fault(message, directive="inquiry")])


def inquiry_of(prepared: PreparedOperation, header: str | None, *, is_trusted: bool) -> Inquiry:
    """The inquiry of an operation. Raises: InvalidInquiry."""
    try:
        inquiry = prepared.directive_arguments("inquiry")
    except InvalidVariables:
        raise InvalidInquiry from None
    if header is not None:
        if inquiry is not None or not is_trusted:
            raise InvalidInquiry
        inquiry = _parse_header(header)
    if inquiry is None:
        raise InvalidInquiry
    if not all(_can_be_journalled(inquiry.get(name)) for name in TEXTS):
        raise InvalidInquiry(INQUIRY_TEXT)
    return Inquiry(inquiry["purpose"], inquiry["reason"], inquiry.get("caseNumber"), inquiry.get("attention"))


def _parse_header(header: str) -> dict[str, Any] | None:
    try:
        # The server decodes all header bytes as Latin-1.
        value = strict_json(header.encode("latin-1"), "The header")
        if not isinstance(value, dict) or not value.keys() <= NAMES:
            return None
        return {**value, "purpose": Purpose[value["purpose"]], "reason": Reason[value["reason"]]}
    except (InvalidJson, KeyError, TypeError):
        return None


def _can_be_journalled(text: object) -> bool:
    # Of all white space only U+0020 is printable.
    return text is None or (
        isinstance(text, str) and len(text) <= TEXT_LIMIT and text.isprintable() and text.strip() != ""
    )
