"""Programs: a plan for one way of authorizing it, as the selections and fields that are completed together.

A program holds nothing of any caller except which fields are visible. Callers who see the same fields share it.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)

from engine.declarations import Derived, Edge, Fetch, KeyColumns, Layout, Read
from engine.deferral import DeferredPart
from engine.plan import INPUTS_SUFFIX, Plan, PlannedField, PlannedSelection, TypePath
from engine.rows import value_layout

Complete = Callable[[Any, Any], Any]
"""Completes a value with a ValueCompleter. Raises any exception if the value needs the slow path."""


@dataclass(frozen=True, slots=True)
class SizeBound:
    """The most that one fetched field may add to the size of the reply.

    value:  bytes of each value, without its rows.
    row:    bytes of each row, without strings.
    item:   bytes of each item of the lists in a row, by list field, without strings.
    uses:   how often the text of one column of a row may be in the reply: once for each alias.
    chunk_rows: how many rows are completed before the size is compared with its limit.
    """

    value: int
    row: int
    item: Mapping[CompiledField, int]
    uses: int
    chunk_rows: int

    def of(self, values: int, rows: int, row_bytes: int, items: Mapping[CompiledField, int]) -> int:
        """The bound for so many values, rows and items, if the rows were read as `row_bytes` bytes of JSON."""
        size = values * self.value + rows * self.row + self.uses * row_bytes
        if items:
            size += sum([number * self.item[field] for field, number in items.items()])
        return size


@dataclass(slots=True, eq=False)
class CompiledField:
    """One field at one path: the value at `key` in the result of its parent object.

    parent_type:  the concrete type that it is a field of.
    parent_field: the field that it is nested in; None at the root.
    is_list:      is its value a list?
    nests_lists:  is its value a list of lists?
    row_layout:   of the row that it is read from.
    value_layout: of the rows that its value is made of.
    selections:   the selection on its value, by the value's concrete type.
    pending_selections: numbers of the selections in it whose objects may wait for the next level.
    prefetch:     by each of its fetches, those to prefetch with the same keys: edges in it have the same keys.
    is_prefetched: is it prefetched with its parent field, so that its result is there when its level starts?
    complete:     completes a value of it; only if it needs a fetch or is derived.
    size_bound:   bounds what it adds to the reply; only if it needs a fetch.
    read_keys:    its keys in the rows of parents that wait for it; only if its lookup is declared as KeyColumns.
    """

    key: str
    planned: PlannedField
    parent_type: GraphQLObjectType
    definition: GraphQLField
    parent_field: CompiledField | None
    is_visible: bool
    is_list: bool
    nests_lists: bool
    row_layout: Layout | None
    value_layout: Layout | None
    selections: Mapping[str, Selection] = field(default_factory=dict)
    pending_selections: tuple[int, ...] = ()
    prefetch: Mapping[Fetch, tuple[Fetch, ...]] = field(default_factory=dict)
    is_prefetched: bool = False
    complete: Complete | None = None
    size_bound: SizeBound | None = None
    read_keys: Callable[[Any], list[Any]] | None = None

    @property
    def is_always_null(self) -> bool:
        """Whether it is null for any data."""
        return not self.is_visible and not is_non_null_type(self.definition.type)

    @property
    def is_derived(self) -> bool:
        """Whether its value is derived from other fields, when those are completed."""
        return isinstance(self.planned.spec.declaration, Derived) and self.is_visible

    @property
    def needs_fetch(self) -> bool:
        """Whether its value is fetched or resolved at the next level, and not read from its parent's row."""
        return not isinstance(self.planned.spec.declaration, Read | Derived) and not self.is_always_null


@dataclass(slots=True, eq=False)
class Selection:
    """The selected fields of one concrete type at one path. A key without a field is __typename.

    type_path: of its objects: of the field that they are the value of.
    derived_fields: those that are completed when all levels are.
    deferred: the selections of the same objects that arrive in other parts.
    part: the part that it arrives in; None for the initial part.
    number: the index of its list among the pending objects of a level.
    """

    object_type: GraphQLObjectType
    fields: dict[str, CompiledField | None]
    fetched_fields: tuple[CompiledField, ...]
    derived_fields: tuple[CompiledField, ...]
    row_layout: Layout | None
    number: int
    type_path: TypePath = ()
    deferred: tuple[Selection, ...] = ()
    part: DeferredPart | None = None
    complete: Complete | None = None


@dataclass(slots=True, eq=False, weakref_slot=True)
class Program:
    """Selections, the outermost last, and the derived fields of all."""

    selections: list[Selection] = field(default_factory=list)
    derived_fields: list[CompiledField] = field(default_factory=list)
    file_name: str = ""

    @property
    def root(self) -> Selection:
        """The selection of the operation itself."""
        return self.selections[-1]

    @property
    def source(self) -> str:
        """The generated Python source."""
        return "".join(linecache.getlines(self.file_name))


class ProgramBuilder:
    """Builds a program without its generated functions."""

    def __init__(self, hidden: Set[str], allowed_edges: Set[TypePath]) -> None:
        self.hidden = hidden
        self.allowed_edges = allowed_edges
        self.program = Program()

    def build(self, plan: Plan) -> Program:
        """The program of a plan: inner selections before outer ones."""
        self._selection(plan.root, None, None)
        return self.program

    def _selection(
        self,
        planned: PlannedSelection,
        parent_field: CompiledField | None,
        layout: Layout | None,
        part: DeferredPart | None = None,
    ) -> Selection:
        keys: dict[DeferredPart | None, dict[str, CompiledField | None]] = {part: dict.fromkeys(planned.response_keys)}
        for each in planned.fields:
            key = each.type_path[-1][1]
            compiled = self._field(planned.object_type, each, parent_field, layout)
            # The inputs of a derived field that is denied are in no response.
            is_unused = compiled.is_always_null and key.endswith(INPUTS_SUFFIX)
            if each.part is not part or is_unused:
                del keys[part][key]
            if not is_unused:
                keys.setdefault(each.part, {})[key] = compiled
        for fragment in planned.fragments:
            if fragment.number:
                # Each object has the part, even if all its fields arrive with another, or belong to objects inside.
                keys.setdefault(fragment, {})
        own, *deferred = [
            self._part_selection(planned.object_type, fields, parent_field, layout, each)
            for each, fields in keys.items()
        ]
        own.deferred = tuple(deferred)
        # Inner selections come before outer ones, and the outermost is the last.
        for selection in (*deferred, own):
            selection.number = len(self.program.selections)
            self.program.selections.append(selection)
        return own

    def _part_selection(
        self,
        object_type: GraphQLObjectType,
        fields: dict[str, CompiledField | None],
        parent_field: CompiledField | None,
        layout: Layout | None,
        part: DeferredPart | None,
    ) -> Selection:
        """The fields of one object that arrive in one part; not numbered yet."""
        fetched = tuple(each for each in fields.values() if each is not None and each.needs_fetch)
        derived = tuple(each for each in fields.values() if each is not None and each.is_derived)
        self.program.derived_fields += derived
        type_path = parent_field.planned.type_path if parent_field else ()
        return Selection(object_type, fields, fetched, derived, layout, 0, type_path, part=part)

    def _field(
        self,
        parent_type: GraphQLObjectType,
        planned: PlannedField,
        parent_field: CompiledField | None,
        layout: Layout | None,
    ) -> CompiledField:
        field = CompiledField(
            key=planned.type_path[-1][1],
            planned=planned,
            parent_type=parent_type,
            definition=planned.definition,
            parent_field=parent_field,
            is_visible=self._is_visible(planned),
            is_list=is_list_type(get_nullable_type(planned.definition.type)),
            nests_lists=_nests_lists(planned.definition.type),
            row_layout=layout,
            value_layout=value_layout(planned.spec.declaration, layout),
        )
        if not field.is_always_null:
            field.selections = {
                each.object_type.name: self._selection(each, field, field.value_layout, planned.part)
                for each in planned.selections
            }
            field.pending_selections = tuple(_pending_selections(field.selections.values()))
            field.prefetch = _prefetch(field)
        return field

    def _is_visible(self, planned: PlannedField) -> bool:
        declaration = planned.spec.declaration
        if isinstance(declaration, Edge):
            return planned.type_path in self.allowed_edges
        # Its column may be in the row for another field.
        return not isinstance(declaration, Read | Derived) or planned.spec.coordinate not in self.hidden


def _nests_lists(kind: GraphQLOutputType) -> bool:
    nullable = get_nullable_type(kind)
    return is_list_type(nullable) and is_list_type(get_nullable_type(nullable.of_type))


def _pending_selections(selections: Iterable[Selection]) -> Iterator[int]:
    for selection in selections:
        if selection.fetched_fields:
            yield selection.number
        yield from (each.number for each in selection.deferred)
        for each in selection.fields.values():
            if each is not None and not each.needs_fetch:
                yield from each.pending_selections


def _prefetch(field: CompiledField) -> dict[Fetch, tuple[Fetch, ...]]:
    """The fetches to prefetch with each fetch of a field; marks the fields that they serve."""
    edge = field.planned.spec.declaration
    if not isinstance(edge, Edge) or not field.is_visible:
        return {}
    prefetch: dict[Fetch, tuple[Fetch, ...]] = {}
    for child in (each for selection in field.selections.values() for each in selection.fetched_fields):
        declaration = child.planned.spec.declaration
        lookup = declaration.lookup if isinstance(declaration, Edge) and child.is_visible else None
        if isinstance(lookup, KeyColumns) and lookup.fetch.decides_visibility:
            same_key = [fetch for fetch in edge.fetches if fetch.key_columns == lookup.columns]
            child.is_prefetched = len(same_key) == len(edge.fetches)
            for fetch in same_key:
                prefetch[fetch] = tuple({*prefetch.get(fetch, ()), lookup.fetch})
    return prefetch
