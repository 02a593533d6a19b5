"""Status of each source in one operation: what it answered, or why it was not asked.

A status says only what the caller may know: EMPTY and NO_NUMBER become OK if the source may hide records from the
caller.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any

from api.operation.released import Parts
from engine.authorization import AuthorizedPlan
from engine.declarations import Edge
from engine.execution_state import ExecutionState
from engine.plan import PlannedField, with_descendants
from policy.verdicts import Verdicts
from resolvers.catalogue import EMPTY_SCOPES
from resolvers.loaders import SourceOutcome

PENDING = "PENDING"
"""A later part of the response tells of this source."""
NO_RECORD = ("EMPTY", "NO_NUMBER")
"""The statuses that say that there is no record."""


def source_statuses(
    names: Iterable[str],
    outcomes: Mapping[str, SourceOutcome],
    verdicts: Verdicts,
    state: ExecutionState | None = None,
    pending: Container[str] = (),
) -> list[dict[str, Any]]:
    """Status of each source, in the order of `names`; without a state one that was not asked is NOT_ASKED.

    `pending` are the sources that a later part of the response tells of.
    """
    statuses = []
    for name in names:
        outcome = outcomes.get(name)
        status: dict[str, Any]
        if name in pending:
            status = {"name": name, "status": PENDING}
        elif outcome is not None:
            status = {"name": name, "status": outcome.status, "ms": outcome.ms}
        else:
            status = {"name": name, "status": "NOT_ASKED" if state is None else _status_unasked(name, state)}
        if status["status"] in NO_RECORD and not _may_know_of_nothing(name, verdicts):
            # No `ms`: it would tell a hidden record, for which the source was asked, from a person without a number.
            status = {"name": name, "status": "OK"}
        statuses.append(status)
    return statuses


def pending_sources(plan: AuthorizedPlan[Any], parts: Parts) -> set[str]:
    """The sources that fields in any other part of the response are fetched from."""
    declarations = (each.spec.declaration for each in plan.allowed_edges.values() if each.part not in parts)
    return {fetch.source for edge in declarations if isinstance(edge, Edge) for fetch in edge.fetches}


def _may_know_of_nothing(name: str, verdicts: Verdicts) -> bool:
    """Whether the caller sees all records of a source, so that an empty result means that there is none."""
    return all(getattr(verdicts.scope, each) for each in EMPTY_SCOPES.get(name, ()))


def _status_unasked(name: str, state: ExecutionState) -> str:
    plan = state.authorized_plan
    if name in plan.withheld_sources:
        is_partly_granted = any(fetch.source == name for fetch in plan.fetch_guards)
        return "NOT_ASKED" if is_partly_granted else "WITHHELD"
    if name not in state.sources_without_key or state.has_errors:
        return "NOT_ASKED"
    # A record that did not arrive may have a number.
    is_whole = not any(name in _sources_inside(field) for field in _missing_fields(state))
    return "NO_NUMBER" if is_whole else "NOT_ASKED"


def _missing_fields(state: ExecutionState) -> list[PlannedField]:
    """The fields with values that did not arrive, exceeded a limit, or could not be asked for."""
    missing = [
        *state.failed_fields.values(),
        *state.fields_over_row_limit.values(),
        *state.fields_over_size_limit.values(),
    ]
    invalid = [planned for planned, _ in state.authorized_plan.invalid]
    return [*[each.planned for each in missing], *state.missing_inputs, *invalid]


def _sources_inside(planned: PlannedField) -> set[str]:
    edges = (each.spec.declaration for each in with_descendants([planned]))
    return {fetch.source for edge in edges if isinstance(edge, Edge) for fetch in edge.fetches}
