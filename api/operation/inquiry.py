"""The inquiry of an operation: its @inquiry directive, `extensions.inquiry`, or a trusted router's `X-Inquiry` header.

Some clients cannot write a directive, and some routers cannot forward one, so they send the same facts as an object:

    {"purpose": "C", "reason": "TRAFFIC_STOP", "caseNumber": "26-01187", "attention": "Lee 4417"}

Several of the three must say the same. A header from any other address, and a text that is blank or cannot be
journalled unchanged, are invalid.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    """There is no inquiry, two that differ, or one that is incomplete or cannot be journalled."""

    def __init__(self, message: str = PURPOSE_REQUIRED) -> None:
        super().__init__([Fault(message, directive="inquiry")])


def inquiry_of(
    prepared: PreparedOperation, header: str | None, *, is_trusted: bool, extension: object = None
) -> Inquiry:
    """The inquiry of an operation. `extension` is `extensions.inquiry` of its request. Raises: InvalidInquiry."""
    try:
        directive = prepared.directive_arguments("inquiry")
    except InvalidVariables:
        raise InvalidInquiry from None
    given = [] if directive is None else [_inquiry(directive)]
    if extension is not None:
        given.append(_inquiry(_parse_object(extension)))
    if header is not None:
        if not is_trusted:
            raise InvalidInquiry
        given.append(_inquiry(_parse_header(header)))
    if len(set(given)) != 1:
        raise InvalidInquiry
    return given[0]


def _inquiry(arguments: Mapping[str, Any]) -> Inquiry:
    if not all(_can_be_journalled(arguments.get(name)) for name in TEXTS):
        raise InvalidInquiry(INQUIRY_TEXT)
    return Inquiry(arguments["purpose"], arguments["reason"], arguments.get("caseNumber"), arguments.get("attention"))


def _parse_header(header: str) -> dict[str, Any]:
    try:
        # The server decodes all header bytes as Latin-1.
        return _parse_object(strict_json(header.encode("latin-1"), "The header"))
    except InvalidJson:
        raise InvalidInquiry from None


def _parse_object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not value.keys() <= NAMES:
        raise InvalidInquiry
    try:
        return {**value, "purpose": Purpose[value["purpose"]], "reason": Reason[value["reason"]]}
    except (KeyError, TypeError):
        raise InvalidInquiry from None


def _can_be_journalled(text: object) -> bool:
    # Of all white space only U+0020 is printable.
    return text is None or (
        isinstance(text, str) and len(text) <= TEXT_LIMIT and text.isprintable() and text.strip() != ""
    )
