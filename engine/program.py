"""Programs: a plan under one way of being ruled on, as the selections and fields that are answered together.

A program holds nothing of any caller but which fields are shown, and is shared by all who are shown the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, is_non_null_type

from engine.declarations import Edge, Fetch, Key, Layout, Read
from engine.rows import child_layout

if TYPE_CHECKING:
    from engine.plan import Plan, PlannedField, Within

Make = Callable[[Any, Any], Any]
"""A value and the level under way, to its part of the answer. Raises anything where the value is not as expected."""


@dataclass(slots=True, eq=False)
class Field:
    """One field at one place: what stands at `key` of the answer of its parent.

    parent: the concrete type that it is a field of.
    above:  the field inside which it stands.
    layout: of the row that it is read from.
    rows:   the layout of the rows that its value is made of.
    inside: what is selected of its value, by the concrete type of that.
    waits:  the numbers of the selections inside it whose objects may wait for the next level.
    ahead:  by fetch of it, what may be asked for the same keys at once: inside it stand edges with the same keys.
    is_ahead: is it asked for with the field above, so that its answer is there when its level comes?
    make:   completes a value of it; only of a field that is a hop.
    keys:   the keys in the rows of those that wait for it; only of a hop whose key is declared as columns.
    """

    key: str
    place: PlannedField
    parent: GraphQLObjectType
    of: GraphQLField
    above: Field | None
    is_shown: bool
    layout: Layout | None
    rows: Layout | None
    child_layout: Mapping[str, Selection] = field(default_factory=dict)
    waits: tuple[int, ...] = ()
    ahead: Mapping[Fetch, tuple[Fetch, ...]] = field(default_factory=dict)
    is_ahead: bool = False
    make: Make | None = None
    keys: Callable[[Any], list[Any]] | None = None

    @property
    def is_null(self) -> bool:
        """Is it null whatever there is?"""
        return not self.is_shown and not (isinstance(self.place.site.declared, Edge) and is_non_null_type(self.of.type))

    @property
    def is_hop(self) -> bool:
        """Is its value elsewhere than in its parent's row?"""
        return not isinstance(self.place.site.declared, Read) and not self.is_null


@dataclass(slots=True, eq=False)
class Selection:
    """What is selected of values of one concrete type at one place. A key without a field asks for the type's name."""

    kind: GraphQLObjectType
    fields: dict[str, Field | None]
    hops: tuple[Field, ...]
    layout: Layout | None
    number: int
    """Of its list among those that wait for the next level."""
    make: Make | None = None


@dataclass(slots=True, eq=False)
class Program:
    """Selections, the outermost last."""

    selections: list[Selection] = field(default_factory=list)
    source: str = ""

    @property
    def root(self) -> Selection:
        """What is selected of the operation itself."""
        return self.selections[-1]


class ProgramBuilder:
    """A program in the making, without its functions."""

    def __init__(self, schema: GraphQLSchema, hidden: Set[str], followed: Set[Within]) -> None:
        self.schema = schema
        self.hidden = hidden
        self.followed = followed
        self.program = Program()

    def draw(self, plan: Plan) -> Program:
        """Every selection of a plan, those inside before those that hold them."""
        root = self.schema.get_root_type(plan.operation.operation)
        assert root is not None  # validation has seen to it
        self._selection(root, plan.places, plan.keys, None, None)
        return self.program

    def _selection(
        self,
        kind: GraphQLObjectType,
        places: tuple[PlannedField, ...],
        keys: tuple[str, ...],
        above: Field | None,
        layout: Layout | None,
    ) -> Selection:
        fields: dict[str, Field | None] = dict.fromkeys(keys)
        for place in places:
            fields[place.within[-1][1]] = self._field(kind, place, above, layout)
        hops = tuple(each for each in fields.values() if each is not None and each.is_hop)
        selection = Selection(kind, fields, hops, layout, len(self.program.selections))
        self.program.selections.append(selection)
        return selection

    def _field(
        self, parent: GraphQLObjectType, place: PlannedField, above: Field | None, layout: Layout | None
    ) -> Field:
        rows = child_layout(place.site.declared, layout)
        made = Field(place.within[-1][1], place, parent, place.field, above, self._is_shown(place), layout, rows)
        if not made.is_null:
            made.child_layout = {
                name: self._selection(self._object(name), places, place.keys[name], made, rows)
                for name, places in place.parts.items()
            }
            made.waits = tuple(_waits(made.child_layout.values()))
            made.ahead = _ahead(made)
        return made

    def _object(self, name: str) -> GraphQLObjectType:
        kind = self.schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        return kind

    def _is_shown(self, place: PlannedField) -> bool:
        declared = place.site.declared
        if isinstance(declared, Edge):
            return place.within in self.followed
        # The column may be in the row for the sake of another field.
        return not isinstance(declared, Read) or place.site.coordinate not in self.hidden


def _waits(selections: Iterable[Selection]) -> Iterator[int]:
    for selection in selections:
        if selection.hops:
            yield selection.number
        for each in selection.fields.values():
            if each is not None and not each.is_hop:
                yield from each.waits


def _ahead(field: Field) -> dict[Fetch, tuple[Fetch, ...]]:
    edge = field.place.site.declared
    if not isinstance(edge, Edge) or not field.is_shown:
        return {}
    ahead: dict[Fetch, tuple[Fetch, ...]] = {}
    for hop in (hop for selection in field.child_layout.values() for hop in selection.hops if hop.is_shown):
        below = hop.place.site.declared
        ask = below.ask if isinstance(below, Edge) else None
        if isinstance(ask, Key) and ask.fetch.is_whole:
            alike = [fetch for fetch in edge.fetches if fetch.key == ask.columns]
            hop.is_ahead = len(alike) == len(edge.fetches)
            for fetch in alike:
                ahead[fetch] = tuple({*ahead.get(fetch, ()), ask.fetch})
    return ahead
