"""A plan under one set of verdicts: what is withheld where, and which columns each fetch may read.

Everything is known before anything is read. A denied field adds no column to any fetch, and what hangs below it is not
looked at at all, so its source is not called.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from engine.declare import Edge, Fetch, Guard
from engine.plan import Place, Prepared, Within


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
    followed: the edges that may be followed, by where they stand.
    shown:    coordinates of the fields that will be shown, by the fetch whose rows hold them.
    hidden:   coordinates of the fields that are refused and read from a row, where the column may stand for the sake of
              another field. Their guards are the schema's, so they are refused wherever they stand.
    """

    withheld: list[tuple[Place, D]] = field(default_factory=list)
    columns: dict[Fetch, dict[str, G]] = field(default_factory=lambda: defaultdict(dict))
    grants: dict[Fetch, G] = field(default_factory=dict)
    followed: dict[Within, Place] = field(default_factory=dict)
    shown: dict[Fetch, dict[str, G]] = field(default_factory=lambda: defaultdict(dict))
    hidden: set[str] = field(default_factory=set)


def rule(
    prepared: Prepared,
    granted: Mapping[Guard, G],
    denied: Mapping[Guard, D],
    deny: Callable[[G], D],
) -> Ruling[G, D]:
    """Hold a plan against verdicts.

    `deny` makes the denial for a mask where a mask is not enough: nobody searches by a value that they see only masked.
    A guard that is in neither mapping is a fault of the program: KeyError.
    """
    judge: _Judge[G, D] = _Judge(prepared, granted, denied, deny)
    judge.judge(prepared.plan.places, (), None)
    return judge.ruling


def guards_of(prepared: Prepared) -> frozenset[Guard]:
    """Every guard that an operation touches: those of the schema, and those that its arguments call for."""
    return prepared.plan.guards.union(*(argument_guards(prepared, place) for place in prepared.plan.walk()))


def argument_guards(prepared: Prepared, place: Place) -> tuple[Guard, ...]:
    """The guards that the arguments of a place call for."""
    declared = place.site.declared
    if isinstance(declared, Edge) and declared.guards is not None:
        return tuple(declared.guards(prepared.arguments(place)))
    return ()


@dataclass(slots=True)
class _Judge(Generic[G, D]):
    prepared: Prepared
    granted: Mapping[Guard, G]
    denied: Mapping[Guard, D]
    deny: Callable[[G], D]
    ruling: Ruling[G, D] = field(default_factory=Ruling)

    def judge(self, places: Iterable[Place], rows: tuple[Fetch, ...], holder: G | None) -> bool:
        """Rule on places whose parents' rows come from any of these fetches; is anything to be read from those rows?

        A field on the open list inside a guarded one is read by its holder's grant.
        """
        is_read = False
        for place in places:
            asked = argument_guards(self.prepared, place)
            denial = self._denial(place.site.guards, asked)
            if denial is None:
                grant = self._grant((*place.site.guards, *asked)) or holder
                is_read |= self._allow(place, grant, rows)
            else:
                self.ruling.withheld.append((place, denial))
                if not isinstance(place.site.declared, Edge):
                    self.ruling.hidden.add(place.site.coordinate)
        return is_read

    def _allow(self, place: Place, grant: G | None, rows: tuple[Fetch, ...]) -> bool:
        declared = place.site.declared
        is_edge = isinstance(declared, Edge)
        inside = declared.fetches if isinstance(declared, Edge) else rows
        if declared is not None and grant is not None:
            for fetch in rows or inside:
                self.ruling.shown[fetch][place.site.coordinate] = grant
                self._widen(self.ruling.columns[fetch], declared.columns, grant)
            for fetch in (*rows, *inside):
                # A page of hits is open and what is on it is not: the first of its fields that is granted opens it.
                self.ruling.grants.setdefault(fetch, grant)
        is_opened = False
        for parts in place.parts.values():
            is_opened |= self.judge(parts, inside, grant)
        if is_edge and (grant is not None or is_opened):
            self.ruling.followed[place.within] = place
        return grant is not None or (is_opened and not is_edge)

    @staticmethod
    def _widen(columns: dict[str, G], names: Iterable[str], grant: G) -> None:
        for name in names:
            # Two fields may need one column: the mask wins, since it shows less.
            if name not in columns or grant.is_masked:
                columns[name] = grant

    def _denial(self, guards: tuple[Guard, ...], asked: tuple[Guard, ...]) -> D | None:
        """The denial that counts: one that nothing would turn before one that a step-up would."""
        denials = [self.denied[guard] for guard in (*guards, *asked) if guard in self.denied]
        denials += [
            self.deny(self.granted[guard])
            for guard in asked
            if guard not in self.denied and self.granted[guard].is_masked
        ]
        return min(denials, key=lambda denial: bool(denial.needs)) if denials else None

    def _grant(self, guards: tuple[Guard, ...]) -> G | None:
        grants = [self.granted[guard] for guard in guards]
        return max(grants, key=lambda grant: grant.is_masked) if grants else None
