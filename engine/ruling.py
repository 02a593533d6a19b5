"""A plan under one set of verdicts: what is withheld where, and which columns each fetch may read.

Everything is known before anything is read. A denied field adds no column to any fetch, and what hangs below it is not
looked at at all, so its source is not called.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from .declare import Edge, Fetch, Guard
from .plan import Place, Prepared


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


@dataclass(slots=True)
class Ruling(Generic[G, D]):
    """What one operation may do.

    withheld: each place that is refused, with the denial; nothing below it is listed.
    columns:  for each fetch that may be called, its columns, each with the grant that allows it.
    grants:   for each fetch that may be called, the grant to call it.
    followed: the edges that may be followed, by (path without indices, type).
    shown:    coordinates of the guarded fields that will be shown, by the fetch whose rows hold them.
    """

    withheld: list[tuple[Place, D]] = field(default_factory=list)
    columns: dict[Fetch, dict[str, G]] = field(default_factory=lambda: defaultdict(dict))
    grants: dict[Fetch, G] = field(default_factory=dict)
    followed: dict[tuple[tuple[str, ...], str], Place] = field(default_factory=dict)
    shown: dict[Fetch, dict[str, G]] = field(default_factory=lambda: defaultdict(dict))
    hidden: set[str] = field(default_factory=set)
    """Coordinates that are refused wherever they stand; the second lock on a value that another field's column holds."""


def rule(prepared: Prepared, granted: Mapping[Guard, G], denied: Mapping[Guard, D]) -> Ruling[G, D]:
    """Hold a plan against verdicts. A guard that is in neither mapping counts as a fault of the program: KeyError.

    Raises BadVariables if the arguments of a field whose guards depend on them do not fit.
    """
    ruling: Ruling[G, D] = Ruling()
    _Judge(prepared, granted, denied, ruling).judge(prepared.plan.places, (), None)
    return ruling


def guards_of(prepared: Prepared) -> frozenset[Guard]:
    """Every guard that an operation touches: those of the schema, and those that its arguments call for."""
    return prepared.plan.guards | {
        guard for place in prepared.plan.walk() for guard in _argument_guards(prepared, place)
    }


def _argument_guards(prepared: Prepared, place: Place) -> Iterator[Guard]:
    declared = place.site.declared
    if isinstance(declared, Edge) and declared.guards is not None:
        yield from declared.guards(prepared.arguments(place))


@dataclass(slots=True)
class _Judge(Generic[G, D]):
    prepared: Prepared
    granted: Mapping[Guard, G]
    denied: Mapping[Guard, D]
    ruling: Ruling[G, D]

    def judge(self, places: Iterable[Place], rows: tuple[Fetch, ...], holder: G | None) -> None:
        """Rule on places whose parents' rows come from any of these fetches.

        A field on the open list inside a guarded one is read by its holder's grant.
        """
        for place in places:
            guards = (*place.site.guards, *_argument_guards(self.prepared, place))
            denial = self._denial(guards)
            if denial is not None:
                self.ruling.withheld.append((place, denial))
                if not self._is_by_argument(place, denial):
                    self.ruling.hidden.add(place.site.coordinate)
                continue
            self._allow(place, self._grant(guards) or holder, rows)

    def _allow(self, place: Place, grant: G | None, rows: tuple[Fetch, ...]) -> None:
        declared = place.site.declared
        inside = rows
        if declared is not None and grant is not None:
            for fetch in rows:
                # A page of hits is open and what is on it is not: the first of its fields that is granted opens it.
                self.ruling.grants.setdefault(fetch, grant)
                self.ruling.shown[fetch][place.site.coordinate] = grant
                self._widen(self.ruling.columns[fetch], declared.columns, grant)
        if isinstance(declared, Edge):
            inside = declared.fetches
            if grant is not None:
                for fetch in inside:
                    self.ruling.grants.setdefault(fetch, grant)
                    if not rows:
                        self.ruling.shown[fetch][place.site.coordinate] = grant
        for parts in place.parts.values():
            self.judge(parts, inside, grant)
        if isinstance(declared, Edge) and all(fetch in self.ruling.grants for fetch in inside):
            self.ruling.followed[place.within, place.parent] = place

    @staticmethod
    def _widen(columns: dict[str, G], names: Iterable[str], grant: G) -> None:
        for name in names:
            # Two fields may need one column: the mask wins, since it shows less.
            if name not in columns or grant.is_masked:
                columns[name] = grant

    def _denial(self, guards: tuple[Guard, ...]) -> D | None:
        """The denial that counts: one that nothing would turn before one that a step-up would."""
        denials = [self.denied[guard] for guard in guards if guard in self.denied]
        return min(denials, key=lambda denial: bool(denial.needs)) if denials else None

    def _grant(self, guards: tuple[Guard, ...]) -> G | None:
        grants = [self.granted[guard] for guard in guards]
        return max(grants, key=lambda grant: grant.is_masked) if grants else None

    def _is_by_argument(self, place: Place, denial: D) -> bool:
        return not any(self.denied.get(guard) is denial for guard in place.site.guards)
