"""What a run comes to in the reply: its errors, how each source fared, what is left out."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import ExecutionResult

from api.operation import errors
from engine.execution_state import ExecutionState
from policy.grants import Denied
from policy.verdicts import Verdicts
from resolvers.loaders import SourceOutcome

logger = logging.getLogger("needtoknow.walk")


def response_body(result: ExecutionResult, run: ExecutionState) -> dict[str, Any]:
    """Data, and one error for each null that needs explaining."""
    found = _errors(result, run)
    return {"data": result.data, **({"errors": found} if found else {})}


def _errors(result: ExecutionResult, run: ExecutionState) -> list[dict[str, Any]]:
    found = [said for place, denied in run.authorized_plan.withheld for said in errors.withheld(place, denied)]
    for place, source in run.failed_fetches.values():
        found += errors.unanswered(place, source)
    for place in run.over_row_limit.values():
        found += errors.too_many(place)
    for fault in result.errors or ():
        cause = fault.original_error or fault
        # The message may quote a value; where it happened is enough to look for it.
        logger.error("%s at a field", type(cause).__name__)
        found.append(errors.broken(fault.path))
    # Several concrete types may be withheld at one place.
    return list({(tuple(each.get("path", ())), each["extensions"]["code"]): each for each in found}.values())


def source_statuses(
    names: Iterable[str], asked: Mapping[str, SourceOutcome], verdicts: Verdicts
) -> list[dict[str, Any]]:
    """How each source fared. EMPTY is said only where nothing that the caller may not know of could be behind it."""
    scope = verdicts.scope
    sees_all_history = scope.sees_convictions and scope.sees_arrests and scope.sees_sealed and scope.sees_juvenile
    told = []
    for name in names:
        one = asked.get(name)
        status = one.status if one else "NOT_ASKED"
        if status == "EMPTY" and name == "criminal_history" and not sees_all_history:
            status = "OK"
        told.append({"name": name, "status": status, **({"ms": one.ms} if one else {})})
    return told


def exclusions_of(verdicts: Verdicts) -> list[dict[str, Any]]:
    """What no statement of this caller's could have returned, whatever there is."""
    return [_exclusion(denied) for denied in verdicts.exclusions]


def _exclusion(denied: Denied) -> dict[str, Any]:
    return {
        "recordClass": denied.record_class.value,
        "rule": errors.rule_of(denied.rule),
        "needs": [need.value for need in denied.needs],
    }
