"""Nulls of a response that stand because of a denial, a failed fetch or a limit: their paths, after execution.

The paths follow from the data and the places that the state lists, so a record that is hidden and one that is absent
give the same. Only the branches of the response that lead to such a place are visited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain
from typing import Any

from engine.deferral import ANY_INDEX, DeferredPart
from engine.execution_state import ExecutionState, MissingValues
from engine.plan import PlannedField, TypePath
from engine.response import Path, Root

CHUNK_OBJECTS = 1_000

Object = tuple[Mapping[str, Any], Path]
"""An object of the response, and its path."""


class Reason(Enum):
    """Why a value is not in the response."""

    DENIED = "denied"
    INVALID = "invalid arguments"
    FAILED = "failed"
    ROW_LIMIT = "row limit"
    SIZE_LIMIT = "size limit"


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A field with nulls to explain.

    nulls:   where its nulls are, from its value on: `PlannedField.null_paths` without the path of the field.
    detail:  the denial, the sentence about invalid arguments, or the source that did not answer.
    missing: the values that did not arrive; None if all of them are null by the plan.
    """

    planned: PlannedField
    reason: Reason
    nulls: tuple[tuple[str, ...], ...]
    detail: Any = None
    missing: MissingValues | None = None


@dataclass(slots=True)
class _Node:
    """One step of the paths that lead to places: the next steps, by concrete type and response key.

    ungranted: the first place inside an open edge in which nothing is granted. A null on the way to it is its own.
    """

    places: list[Place] = field(default_factory=list)
    steps: dict[tuple[str, str], _Node] = field(default_factory=dict)
    ungranted: Place | None = None

    def inside(self, type_path: TypePath) -> _Node:
        """The node at the end of a path; one without steps if no place is on it."""
        node = self
        for step in type_path:
            node = node.steps.get(step) or _Node()
        return node


Report = Callable[[Place, list[Path]], None]
"""Called with a place and the paths of some of its nulls, for each chunk of the objects that it belongs to."""


async def report_nulls(
    state: ExecutionState,
    roots: Iterable[Root],
    report: Report,
    part: DeferredPart | None = None,
    *,
    with_denied: bool,
) -> None:
    """Report the path of each null to explain in a part, once.

    A null with two reasons has the first: limits, then failures.
    """
    first, ungranted_edges = _Node(), state.authorized_plan.ungranted_edges
    for place in places(state, with_denied=with_denied):
        if state.authorized_plan.part_of(place.planned) is not part:
            continue
        node, path, is_ungranted = first, place.planned.type_path, False
        for length, step in enumerate(path, start=1):
            if is_ungranted and node.ungranted is None:
                node.ungranted = place
            node = node.steps.setdefault(step, _Node())
            is_ungranted = is_ungranted or path[:length] in ungranted_edges
        node.places.append(place)
    objects: dict[TypePath, list[Object]] = {}
    for root in roots:
        if root.data is not None:
            objects.setdefault(root.type_path, []).append((root.data, root.path))
    for type_path, found in objects.items():
        await _visit(state, first.inside(type_path), found, report)


def places(state: ExecutionState, *, with_denied: bool) -> Iterator[Place]:
    """The fields with nulls to explain."""
    withheld = state.authorized_plan.withheld
    denied = {null for planned, _ in withheld for null in planned.null_paths}

    def nulls(planned: PlannedField) -> tuple[tuple[str, ...], ...]:
        # In an object that stands for one that did not arrive, a denied field is null by its denial.
        own = {planned.path, (*planned.path, ANY_INDEX)}
        return tuple(null[len(planned.path) :] for null in planned.null_paths if null in own or null not in denied)

    for reason, fields in (
        (Reason.ROW_LIMIT, state.fields_over_row_limit),
        (Reason.SIZE_LIMIT, state.fields_over_size_limit),
        (Reason.FAILED, state.failed_fields),
    ):
        for missing in fields.values():
            yield Place(missing.planned, reason, nulls(missing.planned), missing.source, missing)
    for planned, sentence in state.authorized_plan.invalid:
        yield Place(planned, Reason.INVALID, nulls(planned), sentence)
    if with_denied:
        for planned, denial in withheld:
            inside = tuple(null[len(planned.path) :] for null in planned.null_paths)
            yield Place(planned, Reason.DENIED, inside, denial)


async def _visit(state: ExecutionState, node: _Node, objects: list[Object], report: Report) -> None:
    types = state.object_types
    for (type_name, key), inner in node.steps.items():
        for start in range(0, len(objects), CHUNK_OBJECTS):
            if state.time_slice.is_over:
                await state.time_slice.pause()
            chunk = objects[start : start + CHUNK_OBJECTS]
            if types:
                chunk = [each for each in chunk if types.of(each[0]) in {None, type_name}]
            _report_chunk(inner, key, chunk, report)
            if inner.steps:
                # A field on the way may be in another part; then what is inside it begins at a root of its own.
                values = ((parent[key], (*path, key)) for parent, path in chunk if key in parent)
                await _visit(state, inner, list(chain.from_iterable(_objects(*each) for each in values)), report)


def _report_chunk(node: _Node, key: str, objects: list[Object], report: Report) -> None:
    found = [(place, list(_nulls(place, key, objects))) for place in node.places]
    if node.ungranted is not None:
        found.append((node.ungranted, [(*path, key) for parent, path in objects if parent.get(key, path) is None]))
    seen: set[Path] = set()
    for place, paths in found:
        new = [each for each in paths if each not in seen] if seen else paths
        if len(found) > 1:
            seen.update(new)
        if new:
            report(place, new)


def _objects(value: Any, path: Path) -> Iterator[Object]:
    """The objects in a value that is one, or a list of them."""
    if value.__class__ is dict:
        yield value, path
    elif value.__class__ is list:
        for index, each in enumerate(value):
            yield from _objects(each, (*path, index))


def _nulls(place: Place, key: str, objects: Iterable[Object]) -> Iterator[Path]:
    """The paths of a place's nulls in these objects."""
    missing = place.missing
    for parent, path in objects:
        indices = None
        if missing is not None and not missing.is_everywhere:
            if id(parent) not in missing.parents:
                continue
            indices = missing.parents[id(parent)][1]
        if indices is not None:
            items = parent[key]
            yield from ((*path, key, index) for index in indices if items is not None and items[index] is None)
        else:
            for steps in place.nulls:
                yield from _nulls_at(parent[key], steps, (*path, key))


def _nulls_at(value: Any, steps: tuple[str, ...], path: Path) -> Iterator[Path]:
    """The paths at which a value is null after these steps, for every index if one is "@"."""
    if not steps:
        if value is None:
            yield path
    elif value is not None:
        keys = range(len(value)) if steps[0] == ANY_INDEX else (steps[0],) if steps[0] in value else ()
        for step in keys:
            yield from _nulls_at(value[step], steps[1:], (*path, step))
