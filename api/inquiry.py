"""Why a question is asked: its @inquiry, or the same facts in a header from a router that we trust. Never both.

A federation router cannot pass an operation's directives on, so it may say in `X-Inquiry` what the directive would:

    X-Inquiry: {"purpose": "C", "reason": "TRAFFIC_STOP", "caseNumber": "26-01187", "attention": "Lee 4417"}

From anybody else the header is no inquiry, and neither is one that cannot be journalled as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from graphql.execution.values import get_directive_values

from engine.plan import Prepared
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason

LONGEST_WORD = 64
"""Characters of a case number or an attention line: they are journalled as they are."""

NAMES = frozenset({"purpose", "reason", "caseNumber", "attention"})


def inquiry_of(prepared: Prepared, header: str | None, *, is_trusted: bool) -> Inquiry | None:
    """The inquiry of an operation; None if there is not exactly one, whole and fit for the journal."""
    directive = prepared.schema.get_directive("inquiry")
    assert directive is not None
    said = get_directive_values(directive, prepared.plan.operation, prepared.variables, None, True)
    if header is None:
        return None if said is None else _inquiry(said)
    if said is not None or not is_trusted:
        return None
    return _from_header(header)


def _from_header(header: str) -> Inquiry | None:
    try:
        said = orjson.loads(header)
        if not isinstance(said, dict) or not said.keys() <= NAMES:
            return None
        return _inquiry({**said, "purpose": Purpose[said["purpose"]], "reason": Reason[said["reason"]]})
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


def _inquiry(said: Mapping[str, Any]) -> Inquiry | None:
    case_number, attention = (said.get(name) for name in ("caseNumber", "attention"))
    if not all(word is None or _can_be_journalled(word) for word in (case_number, attention)):
        return None
    return Inquiry(said["purpose"], said["reason"], case_number, attention)


def _can_be_journalled(word: object) -> bool:
    return isinstance(word, str) and len(word) <= LONGEST_WORD and word.isprintable()
