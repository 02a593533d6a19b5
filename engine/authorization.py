"""A plan under one set of verdicts: what is withheld where, and which columns each fetch may read.

Everything is known before anything is read. A denied field adds no column to any fetch, and what hangs below it is not
looked at at all, so its source is not called.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Generic, NamedTuple, Protocol, TypeVar

from engine.declarations import Edge, Fetch, Guard
from engine.plan import PlannedField, Prepared, ProgramKey, Within


class Grant(Protocol):
    """Leave to read. The engine looks only at whether it is leave to read a mask."""

    @property
    def is_masked(self) -> bool: ...


class Denial(Protocol):
    """A refusal. The engine looks only at whether anything would turn it."""

    @property
    def needs(self) -> tuple[object, ...]: ...


G = TypeVar("G", bound=Grant)
D = TypeVar("D", bound=Denial)


class Visible(NamedTuple):
    """A column or a field that may be read, and whether no more of it than a mask."""

    name: str
    is_masked: bool


@dataclass(frozen=True, slots=True)
class AuthorizedPlan(Generic[D]):
    """What one operation may do. It holds no grant, and is shared by all on whom the verdicts are alike.

    withheld: each place that is refused, with the denial; nothing below it is listed.
    opened:   the fetches that may be called, each with the guard whose grant opens it.
    columns:  for each of them what it may read, in order of name.
    followed: the edges that may be followed, by where they stand.
    shown:    coordinates of the fields that will be shown, by the fetch whose rows hold them.
    hidden:   coordinates of the fields that are refused and read from a row, where the column may stand for the sake of
              another field. Their guards are the schema's, so they are refused wherever they stand.
    """

    withheld: tuple[tuple[PlannedField, D], ...] = ()
    opened: Mapping[Fetch, Guard] = field(default_factory=dict)
    columns: Mapping[Fetch, tuple[Visible, ...]] = field(default_factory=dict)
    followed: Mapping[Within, PlannedField] = field(default_factory=dict)
    shown: Mapping[Fetch, tuple[Visible, ...]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    shape: ProgramKey = (frozenset(), frozenset())


def authorize(
    prepared: Prepared,
    granted: Mapping[Guard, G],
    denied: Mapping[Guard, D],
    deny: Callable[[G], D],
) -> AuthorizedPlan[D]:
    """Hold a plan against verdicts.

    `deny` makes the denial for a mask where a mask is not enough: nobody searches by a value that they see only masked.
    A guard that is in neither mapping is a fault of the program: KeyError.
    """
    asked = tuple(prepared.called_for.values())
    verdicts = tuple(denied[guard] if guard in denied else granted[guard].is_masked for guard in prepared.guards)
    # The grants behind equal verdicts may follow from other rules, of which only these denials would speak.
    masks = tuple(deny(grant) for guard in chain(*asked) if (grant := granted.get(guard)) and grant.is_masked)

    def judged() -> AuthorizedPlan[D]:
        judge: _Authorizer[G, D] = _Authorizer(prepared, granted, denied, deny)
        judge.judge(prepared.plan.places, (), None)
        return judge.ruling()

    ruling: AuthorizedPlan[D] = prepared.plan.rulings.get((asked, verdicts, masks), judged)
    return ruling


@dataclass(slots=True)
class _Authorizer(Generic[G, D]):
    prepared: Prepared
    granted: Mapping[Guard, G]
    denied: Mapping[Guard, D]
    deny: Callable[[G], D]
    withheld: list[tuple[PlannedField, D]] = field(default_factory=list)
    opened: dict[Fetch, Guard] = field(default_factory=dict)
    columns: dict[Fetch, dict[str, bool]] = field(default_factory=lambda: defaultdict(dict))
    followed: dict[Within, PlannedField] = field(default_factory=dict)
    shown: dict[Fetch, dict[str, bool]] = field(default_factory=lambda: defaultdict(dict))
    hidden: set[str] = field(default_factory=set)

    def ruling(self) -> AuthorizedPlan[D]:
        """What was judged, for good."""
        hidden = frozenset(self.hidden)
        return AuthorizedPlan(
            withheld=tuple(self.withheld),
            opened=self.opened,
            columns={fetch: _seen(columns) for fetch, columns in self.columns.items()},
            followed=self.followed,
            shown={fetch: _seen(fields) for fetch, fields in self.shown.items()},
            hidden=hidden,
            shape=(hidden, frozenset(self.followed)),
        )

    def judge(self, places: Iterable[PlannedField], rows: tuple[Fetch, ...], holder: Guard | None) -> bool:
        """Rule on places whose parents' rows come from any of these fetches; is anything to be read from those rows?

        A field on the open list inside a guarded one is read by its holder's grant.
        """
        is_read = False
        for place in places:
            asked = self.prepared.called_for.get(place, ())
            denial = self._denial(place.site.guards, asked)
            if denial is None:
                guard = self._guard((*place.site.guards, *asked))
                is_read |= self._allow(place, holder if guard is None else guard, rows)
            else:
                self.withheld.append((place, denial))
                if not isinstance(place.site.declared, Edge):
                    self.hidden.add(place.site.coordinate)
        return is_read

    def _allow(self, place: PlannedField, guard: Guard | None, rows: tuple[Fetch, ...]) -> bool:
        declared = place.site.declared
        is_edge = isinstance(declared, Edge)
        inside = declared.fetches if isinstance(declared, Edge) else rows
        if declared is not None and guard is not None:
            is_masked = self.granted[guard].is_masked
            for fetch in rows or inside:
                self.shown[fetch][place.site.coordinate] = is_masked
                columns = self.columns[fetch]
                for name in declared.columns:
                    # Two fields may need one column: the mask wins, since it shows less.
                    columns[name] = is_masked or columns.get(name, False)
            for fetch in (*rows, *inside):
                # A page of hits is open and what is on it is not: the first of its fields that is granted opens it.
                self.opened.setdefault(fetch, guard)
        is_opened = False
        for parts in place.parts.values():
            is_opened |= self.judge(parts, inside, guard)
        if is_edge and (guard is not None or is_opened):
            self.followed[place.within] = place
        return guard is not None or (is_opened and not is_edge)

    def _denial(self, guards: tuple[Guard, ...], asked: tuple[Guard, ...]) -> D | None:
        """The denial that counts: one that nothing would turn before one that a step-up would."""
        denials = [self.denied[guard] for guard in (*guards, *asked) if guard in self.denied]
        denials += [
            self.deny(self.granted[guard])
            for guard in asked
            if guard not in self.denied and self.granted[guard].is_masked
        ]
        return min(denials, key=lambda denial: bool(denial.needs)) if denials else None

    def _guard(self, guards: tuple[Guard, ...]) -> Guard | None:
        """The guard whose grant shows least."""
        return max(guards, key=lambda guard: self.granted[guard].is_masked, default=None)


def _seen(names: Mapping[str, bool]) -> tuple[Visible, ...]:
    return tuple(Visible(*each) for each in sorted(names.items()))
