"""Authorization of a plan: which fields are withheld, which fetches are allowed, and which columns each may read.

All of it is decided before anything is read. A denied field adds no column to any fetch, and its children are not
looked at, so their sources are not queried.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Generic, NamedTuple, Protocol, TypeVar

from graphql import is_non_null_type

from engine.declarations import Edge, Fetch, Guard
from engine.deferral import DeferredPart
from engine.plan import PlannedField, PreparedOperation, ProgramKey, TypePath, with_descendants

NO_FIELDS: Mapping[PlannedField, str] = {}


class Grant(Protocol):
    """A permission to read. The engine reads only whether it covers a mask or the value."""

    @property
    def is_masked(self) -> bool: ...


class Denial(Protocol):
    """A denied permission. The engine reads only whether anything would lift it."""

    @property
    def needs(self) -> tuple[object, ...]: ...


G = TypeVar("G", bound=Grant)
D = TypeVar("D", bound=Denial)


class Visible(NamedTuple):
    """A column or a field that may be read, and whether only as a mask."""

    name: str
    is_masked: bool


@dataclass(frozen=True, slots=True)
class AuthorizedPlan(Generic[D]):
    """A plan under one set of verdicts. It holds no grant, and is shared by all callers with equal verdicts.

    withheld:      each denied field, with its denial; fields inside it are not listed.
    invalid:       each root field whose arguments are refused, with the sentence that says why; nothing of it is read.
    denied_inputs: the same for the inputs of derived fields.
    fetch_guards:  the fetches that may be called, each with the guard whose grant allows it.
    columns:       the columns that each of them may read, in order of name.
    allowed_edges: the edges that may be followed, by their path.
    ungranted_edges: the open edges in which nothing is granted, so that they are not followed; by their path.
    withheld_sources: the sources of all edges that are not followed because of a denial.
    visible:       coordinates of the fields that are released, by the fetch whose rows hold them.
    hidden:        coordinates of the denied fields that are read from a row, which may hold their column for another
                   field. Their guards are the schema's, so they are denied at every path.
    """

    withheld: tuple[tuple[PlannedField, D], ...] = ()
    invalid: tuple[tuple[PlannedField, str], ...] = ()
    denied_inputs: tuple[tuple[PlannedField, D], ...] = ()
    fetch_guards: Mapping[Fetch, Guard] = field(default_factory=dict)
    columns: Mapping[Fetch, tuple[Visible, ...]] = field(default_factory=dict)
    allowed_edges: Mapping[TypePath, PlannedField] = field(default_factory=dict)
    ungranted_edges: Mapping[TypePath, PlannedField] = field(default_factory=dict)
    withheld_sources: frozenset[str] = frozenset()
    visible: Mapping[Fetch, tuple[Visible, ...]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    program_key: ProgramKey = (frozenset(), frozenset())

    def part_of(self, planned: PlannedField) -> DeferredPart | None:
        """The part that has the null of a field: that of the edge around it, if that is null since it is not followed.

        A non-null edge has its placeholder, and the field is null in that.
        """
        for length in range(1, len(planned.type_path) if self.ungranted_edges else 0):
            edge = self.ungranted_edges.get(planned.type_path[:length])
            if edge is not None and not is_non_null_type(edge.definition.type):
                return edge.part
        return planned.part


def authorize(
    prepared: PreparedOperation,
    granted: Mapping[Guard, G],
    denied: Mapping[Guard, D],
    deny: Callable[[G], D],
    invalid: Mapping[PlannedField, str] = NO_FIELDS,
) -> AuthorizedPlan[D]:
    """Apply verdicts to a plan. A guard in both mappings is denied. `invalid` are root fields that are not followed.

    `deny` makes the denial of a mask where a mask is not enough: a caller may not search by a value that
    they see only masked.
    Raises: KeyError for a guard in neither mapping, which is a mistake of the caller.
    """
    argument_guards = tuple(prepared.argument_guards.values())
    verdicts = tuple([denied[guard] if guard in denied else granted[guard].is_masked for guard in prepared.guards])
    # Grants behind equal verdicts may follow from different rules, which show only in these denials.
    masks = tuple(deny(grant) for guard in chain(*argument_guards) if (grant := granted.get(guard)) and grant.is_masked)

    def build() -> AuthorizedPlan[D]:
        authorizer: _Authorizer[G, D] = _Authorizer(prepared, granted, denied, deny)
        authorizer.authorize([each for each in prepared.plan.fields if each not in invalid], (), None)
        return replace(authorizer.authorized_plan(), invalid=tuple(invalid.items()))

    key = (argument_guards, verdicts, masks, tuple(invalid.items()))
    plan: AuthorizedPlan[D] = prepared.plan.authorized_plans.get_or_create(key, build)
    return plan


@dataclass(slots=True)
class _Authorizer(Generic[G, D]):
    prepared: PreparedOperation
    granted: Mapping[Guard, G]
    denied: Mapping[Guard, D]
    deny: Callable[[G], D]
    withheld: list[tuple[PlannedField, D]] = field(default_factory=list)
    fetch_guards: dict[Fetch, Guard] = field(default_factory=dict)
    columns: dict[Fetch, dict[str, bool]] = field(default_factory=lambda: defaultdict(dict))
    allowed_edges: dict[TypePath, PlannedField] = field(default_factory=dict)
    ungranted_edges: dict[TypePath, PlannedField] = field(default_factory=dict)
    visible: dict[Fetch, dict[str, bool]] = field(default_factory=lambda: defaultdict(dict))
    hidden: set[str] = field(default_factory=set)

    def authorized_plan(self) -> AuthorizedPlan[D]:
        hidden = frozenset(self.hidden)
        return AuthorizedPlan(
            withheld=tuple(each for each in self.withheld if not each[0].is_input),
            denied_inputs=tuple(each for each in self.withheld if each[0].is_input),
            fetch_guards=self.fetch_guards,
            columns={fetch: _by_name(columns) for fetch, columns in self.columns.items()},
            allowed_edges=self.allowed_edges,
            ungranted_edges=self.ungranted_edges,
            withheld_sources=frozenset(self._withheld_sources()),
            visible={fetch: _by_name(fields) for fetch, fields in self.visible.items()},
            hidden=hidden,
            program_key=(hidden, frozenset(self.allowed_edges)),
        )

    def _withheld_sources(self) -> Iterator[str]:
        for planned, _ in self.withheld:
            for each in with_descendants([planned]):
                if isinstance(each.spec.declaration, Edge):
                    yield from (fetch.source for fetch in each.spec.declaration.fetches)
        # An open page is not fetched if all that is selected on it is denied.
        for planned in self.prepared.plan.fields:
            if planned.type_path in self.ungranted_edges:
                inside = (each.type_path for each, _ in self.withheld)
                if any(path[: len(planned.type_path)] == planned.type_path for path in inside):
                    assert isinstance(planned.spec.declaration, Edge)
                    yield from (fetch.source for fetch in planned.spec.declaration.fetches)

    def authorize(self, fields: Iterable[PlannedField], row_fetches: tuple[Fetch, ...], parent: Guard | None) -> bool:
        """Authorize fields whose parents' rows come from any of these fetches.

        Returns whether anything is read from those rows.
        An open field inside a guarded one is read by its parent's grant.
        """
        is_read = False
        for planned in fields:
            argument_guards = self.prepared.argument_guards.get(planned, ())
            denial = self._denial(planned.spec.guards, argument_guards)
            if denial is None:
                guards = (*planned.spec.guards, *argument_guards)
                guard = max(guards, key=lambda guard: self.granted[guard].is_masked, default=None)
                is_read |= self._allow(planned, parent if guard is None else guard, row_fetches)
            else:
                self.withheld.append((planned, denial))
                if not isinstance(planned.spec.declaration, Edge):
                    self.hidden.add(planned.spec.coordinate)
        return is_read

    def _allow(self, planned: PlannedField, guard: Guard | None, row_fetches: tuple[Fetch, ...]) -> bool:
        declaration = planned.spec.declaration
        is_edge = isinstance(declaration, Edge)
        value_fetches = declaration.fetches if isinstance(declaration, Edge) else row_fetches
        if declaration is not None and guard is not None:
            is_masked = self.granted[guard].is_masked
            for fetch in row_fetches or value_fetches:
                self.visible[fetch][planned.spec.coordinate] = is_masked
                columns = self.columns[fetch]
                for name in declaration.columns:
                    # Two fields may need one column: the mask wins, since it shows less.
                    columns[name] = is_masked or columns.get(name, False)
            for fetch in (*row_fetches, *value_fetches):
                # A page of hits is open and its content is not: the first granted field in it allows the fetch.
                self.fetch_guards.setdefault(fetch, guard)
        is_child_read = False
        for selection in planned.selections:
            is_child_read |= self.authorize(selection.fields, value_fetches, guard)
        if is_edge and (guard is not None or is_child_read):
            self.allowed_edges[planned.type_path] = planned
        elif is_edge:
            self.ungranted_edges[planned.type_path] = planned
        return guard is not None or (is_child_read and not is_edge)

    def _denial(self, guards: tuple[Guard, ...], argument_guards: tuple[Guard, ...]) -> D | None:
        """The denial to report: one that nothing lifts before one that a step-up lifts."""
        denials = [self.denied[guard] for guard in (*guards, *argument_guards) if guard in self.denied]
        denials += [
            self.deny(self.granted[guard])
            for guard in argument_guards
            if guard not in self.denied and self.granted[guard].is_masked
        ]
        return min(denials, key=lambda denial: bool(denial.needs)) if denials else None


def _by_name(names: Mapping[str, bool]) -> tuple[Visible, ...]:
    return tuple(Visible(*each) for each in sorted(names.items()))
