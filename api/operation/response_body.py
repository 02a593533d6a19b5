"""Response body of an execution: data, errors, the status of each source, and exclusions."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import ExecutionResult, GraphQLError

from api.operation import errors
from api.operation.record_faults import record_faults
from engine.execution_state import ExecutionState
from policy.verdicts import Verdicts
from resolvers.catalogue import EMPTY_SCOPES
from resolvers.errors import RelatedSubject
from resolvers.loaders import SourceOutcome

logger = logging.getLogger("needtoknow.operation")


def response_body(result: ExecutionResult, state: ExecutionState) -> dict[str, Any]:
    """Data, with one error for each null that needs explaining."""
    found = [each for field, denied in state.authorized_plan.withheld for each in errors.withheld(field, denied)]
    for field, sentence in state.authorized_plan.invalid:
        found += errors.invalid_arguments(field, sentence)
    for field, source in state.failed_fields.values():
        found += errors.source_unavailable(field, source)
    for field in state.fields_over_row_limit.values():
        found += errors.row_limit_exceeded(field)
    for field in state.fields_over_size_limit.values():
        found += errors.size_limit_exceeded(field)
    found += record_faults(state)
    for fault in result.errors or ():
        if isinstance(fault.original_error, RelatedSubject):
            found.append(errors.related_subject(fault, fault.original_error.denied))
    for fault in unexpected_errors(result, state):
        # Its message may quote a value; the log has the exception type only.
        logger.error("%s at a field", type(fault.original_error or fault).__name__)
        found.append(errors.internal(fault.path or ()))
    # Several concrete types may be withheld at one path.
    distinct = {(tuple(each.get("path", ())), each["extensions"]["code"]): each for each in found}
    return {"data": result.data, **({"errors": list(distinct.values())} if distinct else {})}


def unexpected_errors(result: ExecutionResult, state: ExecutionState) -> list[GraphQLError]:
    """The errors that are defects of ours, and neither a value of a source nor a row that is withheld."""
    return [
        each
        for each in result.errors or ()
        if tuple(each.path or ()) not in state.invalid_values and not isinstance(each.original_error, RelatedSubject)
    ]


def source_statuses(
    names: Iterable[str], outcomes: Mapping[str, SourceOutcome], verdicts: Verdicts
) -> list[dict[str, Any]]:
    """Status of each source, in the order of `names`.

    EMPTY is reported only if the caller may know that there is nothing; otherwise the status is OK.
    """
    statuses = []
    for name in names:
        outcome = outcomes.get(name)
        status = outcome.status if outcome else "NOT_ASKED"
        if status == "EMPTY" and not all(getattr(verdicts.scope, each) for each in EMPTY_SCOPES.get(name, ())):
            status = "OK"
        statuses.append({"name": name, "status": status, **({"ms": outcome.ms} if outcome else {})})
    return statuses


def exclusions(verdicts: Verdicts) -> list[dict[str, Any]]:
    """Rows that no statement of this caller can return, whether or not such rows exist."""
    return [errors.denial(denied, always_needs=True) for denied in verdicts.exclusions]
