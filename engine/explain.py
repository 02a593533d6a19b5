"""Explanation of an operation: which fetches it would run at each level. Nothing is fetched.

The arguments of a root field give its fetches and keys. Below it, keys are in rows that are not read; the
numbers of rows are then those of the cost estimate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.authorization import NO_FIELDS, AuthorizedPlan, authorize
from engine.declarations import Edge, Fetch, Guard, KeyColumns, Lookup, Read
from engine.plan import PlannedField, PreparedOperation


@dataclass(slots=True)
class ExplainedFetch:
    """One fetch at one level: its fields, their guards, and its keys as far as they are known."""

    fetch: Fetch
    fields: list[PlannedField] = field(default_factory=list)
    guards: set[Guard] = field(default_factory=set)
    keys: set[Hashable] = field(default_factory=set)
    estimated_rows: int = 0


ExplainedLevel = dict[Fetch, ExplainedFetch]


class AllowAll:
    """A permission to read every value whole. It is no grant that a source accepts."""

    is_masked = False


def authorize_all(prepared: PreparedOperation, invalid: Mapping[PlannedField, str] = NO_FIELDS) -> AuthorizedPlan[Any]:
    """The authorized plan if nothing were withheld, but for `invalid` root fields."""
    denied: dict[Guard, Any] = {}
    return authorize(prepared, dict.fromkeys(prepared.guards, AllowAll()), denied, lambda _grant: None, invalid)


def explain_levels(
    prepared: PreparedOperation, authorized: AuthorizedPlan[Any], request_context: Any
) -> list[ExplainedLevel]:
    """The fetches of each level; a level waits for the one before it.

    Raises: any error of a root field's lookup for its arguments.
    """
    explainer = _Explainer(prepared, authorized, request_context)
    explainer.visit(prepared.plan.fields, 0, (), 1)
    return [explainer.levels[number] for number in sorted(explainer.levels)]


class _Explainer:
    def __init__(self, prepared: PreparedOperation, authorized: AuthorizedPlan[Any], request_context: Any) -> None:
        self.prepared = prepared
        self.authorized = authorized
        self.request_context = request_context
        self.withheld = {planned.type_path for planned, _ in authorized.withheld}
        self.levels: dict[int, ExplainedLevel] = defaultdict(dict)

    def visit(self, fields: Iterable[PlannedField], level: int, parents: tuple[ExplainedFetch, ...], rows: int) -> None:
        """Visit fields whose parents give this number of rows."""
        for planned in fields:
            declaration = planned.spec.declaration
            next_level, fetches, child_rows = level, parents, rows
            if isinstance(declaration, Edge):
                if planned.type_path not in self.authorized.allowed_edges:
                    continue
                child_rows *= self.prepared.estimated_rows(planned)
                # A fetch with the keys of its parents runs beside them.
                own_level = level - 1 if parents and _is_prefetched(declaration, parents) else level
                next_level, fetches = own_level + 1, self._add(planned, declaration, own_level, child_rows)
            elif planned.type_path in self.withheld:
                continue
            elif not isinstance(declaration, Read):
                next_level, fetches = level + 1, ()
                child_rows *= self.prepared.estimated_rows(planned)
            for each in fetches:
                each.guards.update(planned.spec.guards)
            for selection in planned.selections:
                self.visit(selection.fields, next_level, fetches, child_rows)

    def _add(self, planned: PlannedField, edge: Edge, level: int, rows: int) -> tuple[ExplainedFetch, ...]:
        keys: dict[Fetch, list[Hashable]] = {fetch: [] for fetch in edge.fetches}
        if len(planned.type_path) == 1:
            lookups = edge.lookup({}, self.prepared.arguments(planned), self.request_context)
            keys = defaultdict(list)
            for lookup in [lookups] if isinstance(lookups, Lookup) else lookups or ():
                keys[lookup.fetch].append(lookup.key)
        explained = tuple(self.levels[level].setdefault(fetch, ExplainedFetch(fetch)) for fetch in keys)
        for each in explained:
            each.fields.append(planned)
            each.guards.update(self.prepared.argument_guards.get(planned, ()))
            each.keys.update(keys[each.fetch])
            each.estimated_rows += rows
        return explained


def _is_prefetched(edge: Edge, parents: tuple[ExplainedFetch, ...]) -> bool:
    lookup = edge.lookup
    return (
        isinstance(lookup, KeyColumns)
        and lookup.fetch.decides_visibility
        and all(each.fetch.key_columns == lookup.columns for each in parents)
    )
