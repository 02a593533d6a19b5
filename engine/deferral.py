"""Deferred parts of a plan: the fields that `@defer` lets arrive after the rest.

A fragment is a part of its own if anything in it is fetched, resolved or derived. What is read from a row that is there
anyway is not deferred: it would save no time, and cost a part. A field of several deferred fragments belongs to the
first of them, and the others are delivered with that one or after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.declarations import Read
from engine.graphql_core import DeferUsage, FieldDetails

Shape = dict[str, "Shape | None"]
"""The response keys of a fragment, each with those inside it; None for a leaf."""

Path = tuple[str, ...]

ANY_INDEX = "@"
"""Stands for every list index in a path."""


@dataclass(slots=True, eq=False)
class DeferredPart:
    """One deferred fragment at one path of a plan.

    number:   from 1, in an order in which every part comes after those that it waits for.
    label:    the document's.
    path:     of the objects that the fragment stands in, with "@" for every index.
    parent:   the part that those objects are in; None for the initial part.
    requires: the parts that must be delivered before it or with it.
    shape:    the response keys that the fragment selects, without those of fragments that are deferred inside it, and
              those that arrive with it: what is only read in a fragment arrives with its object.
    """

    label: str | None
    path: Path
    parent: DeferredPart | None
    order: tuple[int, int]
    number: int = 0
    requires: set[DeferredPart] = field(default_factory=set)
    shape: Shape = field(default_factory=dict)

    def is_within(self, other: DeferredPart | None) -> bool:
        """Whether it is another part, or in one; every part is in the initial part."""
        part: DeferredPart | None = self
        while part is not other and part is not None:
            part = part.parent
        return part is other

    def add_key(self, path: Path, *, is_object: bool) -> None:
        """Add the key at a path inside the objects of the fragment to its shape."""
        *outer, last = [key for key in path[len(self.path) :] if key != ANY_INDEX]
        shape = self.shape
        for key in outer:
            inside = shape.setdefault(key, {})
            assert inside is not None  # not a leaf: a path goes on from there
            shape = inside
        shape.setdefault(last, {} if is_object else None)


@dataclass(slots=True)
class Deferrals:
    """Collects the deferred parts while a plan is built."""

    _by_place: dict[tuple[Path, int, DeferredPart | None], DeferredPart] = field(default_factory=dict)
    _by_usage: dict[int, DeferredPart] = field(default_factory=dict)
    # graphql-core makes one for each selection that it collects; its identity counts while it is here.
    _usages: list[DeferUsage] = field(default_factory=list)
    _used: dict[DeferredPart, None] = field(default_factory=dict)

    def add(self, usages: Iterable[DeferUsage], path: Path) -> tuple[DeferredPart, ...]:
        """Add the fragments that are deferred in the objects at a path."""
        found: dict[DeferredPart, None] = {}
        for usage in usages:
            parent = self._by_usage[id(usage.parent_defer_usage)] if usage.parent_defer_usage else None
            # The selections of several concrete types share the fragments that are in all of them.
            key = path, id(usage.directive_node), parent
            if key not in self._by_place:
                depth = parent.order[0] + 1 if parent else 1
                part = DeferredPart(usage.label, path, parent, (depth, len(self._by_place)))
                self._by_place[key] = part
            self._by_usage[id(usage)] = self._by_place[key]
            self._usages.append(usage)
            found[self._by_place[key]] = None
        return tuple(found)

    def part_of(
        self, declaration: object, nodes: Iterable[FieldDetails], within: DeferredPart | None
    ) -> DeferredPart | None:
        """The part of a field whose object is in the part `within`."""
        if isinstance(declaration, Read):
            return within
        parts = set(self._parts(nodes))
        if None in parts or not parts:
            return within
        owner, *others = sorted((each for each in parts if each), key=lambda part: part.order)
        if within is not None and within.is_within(owner):
            owner = within
        elif within is not None and not owner.is_within(within):
            owner.requires.add(within)
        self._used[owner] = None
        for other in others:
            if not owner.is_within(other):
                # A client waits for each fragment by its label, even if all of it has arrived with the owner.
                self._used[other] = None
                other.requires.add(owner)
        return owner

    def shapes_inside(
        self, shapes: Mapping[DeferredPart, Shape], nodes: Iterable[FieldDetails], key: str, path: Path
    ) -> dict[DeferredPart, Shape]:
        """The shapes of the fragments that select a field, from its value on; adds the field to them."""
        inside: dict[DeferredPart, Shape] = {}
        is_object = any(each.node.selection_set for each in nodes)
        for part in set(self._parts(nodes)):
            if part is not None:
                outer = part.shape if part.path == path else shapes.get(part)
                if outer is not None:
                    found = outer.setdefault(key, {} if is_object else None)
                    if found is not None:
                        inside[part] = found
        return inside

    def numbered(self, last: Iterable[DeferredPart]) -> tuple[DeferredPart, ...]:
        """The parts that wait for a field, numbered. `last` are those that tell of all others."""
        parts = sorted(self._used, key=lambda part: part.order)
        last = set(last)
        for part in parts:
            while part.parent is not None and part.parent not in self._used:
                part.parent = part.parent.parent
            part.requires &= self._used.keys()
        for part in last:
            part.requires |= {each for each in parts if each not in last and not each.is_within(part)}
        parts.sort(key=lambda part: (any(part.is_within(each) for each in last), part.order))
        for number, part in enumerate(parts, start=1):
            part.number = number
        return tuple(parts)

    def _parts(self, nodes: Iterable[FieldDetails]) -> Iterator[DeferredPart | None]:
        for each in nodes:
            yield None if each.defer_usage is None else self._by_usage.get(id(each.defer_usage))


def project(value: Any, shape: Shape | None, added: Mapping[int, Iterable[Mapping[str, Any]]]) -> Any:
    """The fields of a shape in a completed value. `added` are the deferred fields of its objects, by identity."""
    if value.__class__ is list:
        return [project(each, shape, added) for each in value]
    if value.__class__ is not dict or shape is None:
        return value
    whole = dict(value)
    for each in added.get(id(value), ()):
        whole |= each
    return {key: project(whole[key], inside, added) for key, inside in shape.items() if key in whole}
