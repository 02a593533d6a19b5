"""What an operation would ask of whom, level by level, read off its plan and a ruling on it. Nothing is asked.

A root's arguments say which of its fetches it asks, and for which keys. Below it, and of a subscription at it too, the
keys are in rows that nobody has read, so there are as many as costs are reckoned with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.authorization import AuthorizedPlan, authorize
from engine.cost import rows
from engine.declarations import Edge, Fetch, Guard, Key, Lookup, Read
from engine.plan import PlannedField, Prepared


@dataclass(slots=True)
class ExplainedFetch:
    """One fetch at one level: at which places, under which guards, for which keys where they are known."""

    fetch: Fetch
    places: list[PlannedField] = field(default_factory=list)
    guards: set[Guard] = field(default_factory=set)
    keys: set[Hashable] = field(default_factory=set)
    rows: int = 0
    """About how many it gives."""


ExplainedLevel = dict[Fetch, ExplainedFetch]


class AllowAll:
    """To read anything as it is. It is no grant: no source would take it."""

    is_masked = False


def authorize_all(prepared: Prepared) -> AuthorizedPlan[Any]:
    """The ruling on a plan if nothing were withheld."""
    denied: dict[Guard, Any] = {}
    return authorize(prepared, dict.fromkeys(prepared.guards, AllowAll()), denied, lambda _leave: None)


def levels(prepared: Prepared, ruling: AuthorizedPlan[Any], ambient: Any) -> list[ExplainedLevel]:
    """What is asked at each level, which waits for the one before. Raises what a root raises at its arguments."""
    reader = _Reader(prepared, ruling, ambient)
    reader.read(prepared.plan.places, 0, (), 1)
    return [reader.levels[number] for number in sorted(reader.levels)]


class _Reader:
    def __init__(self, prepared: Prepared, ruling: AuthorizedPlan[Any], ambient: Any) -> None:
        self.prepared = prepared
        self.ruling = ruling
        self.ambient = ambient
        self.withheld = {place.within for place, _ in ruling.withheld}
        self.levels: dict[int, ExplainedLevel] = defaultdict(dict)

    def read(self, places: Iterable[PlannedField], level: int, holders: tuple[ExplainedFetch, ...], count: int) -> None:
        """Read off places that are in so many rows of their holders."""
        for place in places:
            declared = place.site.declared
            below, inside, number = level, holders, count
            if isinstance(declared, Edge):
                if place.within not in self.ruling.followed:
                    continue
                number *= rows(place, self.prepared)
                # What is asked with the keys of its holders is asked beside them.
                at = level - 1 if holders and _is_beside(declared, holders) else level
                below, inside = at + 1, self._ask(place, declared, at, number)
            elif place.within in self.withheld:
                continue
            elif not isinstance(declared, Read):
                below, inside, number = level + 1, (), number * rows(place, self.prepared)
            for asked in inside:
                asked.guards.update(place.site.guards)
            for parts in place.parts.values():
                self.read(parts, below, inside, number)

    def _ask(self, place: PlannedField, edge: Edge, level: int, number: int) -> tuple[ExplainedFetch, ...]:
        keys: dict[Fetch, list[Hashable]] = {fetch: [] for fetch in edge.fetches}
        if len(place.within) == 1 and not self.prepared.plan.is_subscription:
            asks = edge.ask({}, self.prepared.arguments(place), self.ambient)
            keys = defaultdict(list)
            for ask in [asks] if isinstance(asks, Lookup) else asks or ():
                keys[ask.fetch].append(ask.key)
        here = self.levels[level]
        found = tuple(here.setdefault(fetch, ExplainedFetch(fetch)) for fetch in keys)
        for asked in found:
            asked.places.append(place)
            asked.guards.update(self.prepared.called_for.get(place, ()))
            asked.keys.update(keys[asked.fetch])
            asked.rows += number
        return found


def _is_beside(edge: Edge, holders: tuple[ExplainedFetch, ...]) -> bool:
    ask = edge.ask
    return isinstance(ask, Key) and ask.fetch.is_whole and all(each.fetch.key == ask.columns for each in holders)
