"""Payloads of a response that is sent in parts, in the formats that clients have for `@defer`.

Each payload is what one part of the HTTP response holds. Both formats give the same data: the older one sends every
field of a fragment, the newer one leaves out those that were sent before. A field that is sent again has its error
again: Relay replaces the field, and would take its null for a value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from itertools import count
from typing import Any, NamedTuple

from api.operation import errors
from api.operation.messages import GraphQLRequest, GraphQLResponse
from engine.deferral import DeferredPart, Shape, project
from engine.incremental import Part
from engine.reply_size import size_of
from engine.response import Path, Root

Errors = list[dict[str, Any]]


class PartFormat(Enum):
    """Format of the payloads.

    A client of SUBSCRIPTION_10 takes events, and its queries are answered whole.
    """

    DEFER_20220824 = "deferSpec=20220824"
    """`incremental` entries with a path and a label: Apollo Client, Apollo Kotlin, Relay, urql."""
    INCREMENTAL_V02 = "incrementalSpec=v0.2"
    """`pending`, `incremental` and `completed` entries with an identifier: graphql-js 17, Apollo Client, urql."""
    SUBSCRIPTION_10 = "subscriptionSpec=1.0"
    """`payload` entries, one for each event: Apollo Client, Apollo Kotlin."""


class StreamForm(NamedTuple):
    """Formats that a client takes, and when it asked: the format of parts, and whether it takes events."""

    part_format: PartFormat
    takes_events: bool
    asked_at: datetime


StreamHandler = Callable[[GraphQLRequest, StreamForm], AsyncGenerator[GraphQLResponse]]
"""Executes a request, and gives its parts or its events; the response of another has no more to come."""


class CompletedPart(NamedTuple):
    """A part that is complete, with its errors."""

    part: Part
    errors: Errors


class DataTooLarge(Exception):
    """The fields that are sent again would exceed the size of a reply."""


class Instance(NamedTuple):
    """One deferred fragment in one object of the response."""

    declared: DeferredPart
    path: Path


@dataclass(slots=True)
class PartPayloads:
    """Makes the payloads of one response, in order.

    data_limit: bytes that all fragments may take, with all that is sent again; a fragment beyond it has no data.
    """

    format: PartFormat
    data_limit: int
    _data: dict[str, Any] | None = None
    _added: dict[int, list[Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    _errors: Errors = field(default_factory=list)
    _identifiers: dict[Instance, str] = field(default_factory=dict)
    _roots: list[tuple[Part, Root]] = field(default_factory=list)
    _sent: set[DeferredPart | None] = field(default_factory=set)
    _open: dict[Instance, None] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def initial(self, parts: Sequence[CompletedPart]) -> dict[str, Any]:
        """The first payload, without `hasNext`: the initial part, and parts that have nothing to say of any object."""
        first = parts[0]
        self._data = first.part.response.data
        payload: dict[str, Any] = {"data": self._data}
        if first.errors:
            payload["errors"] = first.errors
            self._errors += first.errors
        return payload | self._pending(parts)

    def next(self, parts: Sequence[CompletedPart]) -> dict[str, Any]:
        """The payload of further parts, without `hasNext`."""
        for each in parts:
            for root in present_roots(each.part):
                if root.data is not None:
                    self._added[id(root.owner)].append(root.data)
        if self.format is PartFormat.DEFER_20220824:
            incremental = [entry for each in parts for entry in self._labelled(each)]
            self._pending(parts)
            return {"incremental": incremental} if incremental else {}
        pending = self._pending(parts)
        incremental, completed = [], []
        for each in parts:
            for instance, roots in _instances(each.part).items():
                identifier = self._identifiers[instance]
                self._open.pop(instance, None)
                faults = _errors_of(each, roots)
                if any(root.data is None for root in roots):
                    completed.append({"id": identifier, "errors": [error for found in faults for error in found]})
                    continue
                for root, found in zip(roots, faults, strict=True):
                    if not root.data and not found:
                        continue  # all its fields have come with another part
                    steps = list(root.path[len(instance.path) :])
                    entry = {"id": identifier, **({"subPath": steps} if steps else {}), "data": root.data}
                    incremental.append(entry | ({"errors": found} if found else {}))
                completed.append({"id": identifier})
        payload = pending | ({"incremental": incremental} if incremental else {})
        return payload | ({"completed": completed} if completed else {})

    def refused(self, fault: Mapping[str, Any]) -> dict[str, Any]:
        """The last payload, without `hasNext`, if no other part can be sent: this error in the place of each."""
        entries = []
        for instance in self._open:
            path = list(instance.path)
            found = [{**fault, "path": path}]
            if self.format is PartFormat.DEFER_20220824:
                entries.append({"path": path, **_label(instance.declared), "data": None, "errors": found})
            else:
                entries.append({"id": self._identifiers[instance], "errors": found})
        return {"incremental" if self.format is PartFormat.DEFER_20220824 else "completed": entries}

    def _pending(self, parts: Sequence[CompletedPart]) -> dict[str, Any]:
        """Announce the fragments in the objects of these parts, whose own fragment has been sent."""
        self._sent |= {each.part.declared for each in parts}
        self._roots += [inner for each in parts for inner in each.part.inner if not inner[1].is_removed]
        waiting, pending = [], []
        for part, root in self._roots:
            declared = part.declared
            assert declared is not None
            if declared.parent not in self._sent:
                waiting.append((part, root))
                continue
            instance = _instance(declared, root)
            if instance not in self._identifiers:
                self._identifiers[instance] = str(next(self._numbers))
                self._open[instance] = None
                identifier = self._identifiers[instance]
                pending.append({"id": identifier, "path": list(instance.path), **_label(declared)})
        self._roots = waiting
        return {"pending": pending} if pending and self.format is PartFormat.INCREMENTAL_V02 else {}

    def _labelled(self, completed: CompletedPart) -> Iterator[dict[str, Any]]:
        declared = completed.part.declared
        assert declared is not None
        sent = _by_object(self._errors, declared)
        for instance, roots in _instances(completed.part).items():
            found = [error for each in _errors_of(completed, roots) for error in each]
            self._open.pop(instance, None)
            entry: dict[str, Any] = {"path": list(instance.path), **_label(declared), "data": None}
            if all(root.data is not None for root in roots):
                before = sent.get(instance.path, [])
                try:
                    entry["data"] = self._whole(instance, before)
                    self._errors += found
                    found = before + found
                except DataTooLarge:
                    found = [errors.too_much_data(instance.path)]
            yield entry | ({"errors": found} if found else {})

    def _whole(self, instance: Instance, before: Errors) -> Any:
        """All fields of a fragment, with those that were sent before and have these errors. Raises: DataTooLarge."""
        whole = project(self._value_at(instance.path), instance.declared.shape, self._added)
        self.data_limit -= size_of(whole) + size_of(before)
        if self.data_limit < 0:
            raise DataTooLarge
        return whole

    def _value_at(self, path: Path) -> Any:
        value: Any = self._data
        for step in path:
            if isinstance(step, str) and step not in value:
                value = next(each[step] for each in self._added[id(value)] if step in each)
            else:
                value = value[step]
        return value


def _label(declared: DeferredPart) -> dict[str, str]:
    return {} if declared.label is None else {"label": declared.label}


def present_roots(part: Part) -> list[Root]:
    """The data of a part whose objects are still in the response."""
    return [root for root in part.response.roots.values() if not root.is_removed]


def _instances(part: Part) -> dict[Instance, list[Root]]:
    """The data of a deferred part, by the object that its fragment stands in."""
    assert part.declared is not None
    found: dict[Instance, list[Root]] = {}
    for root in present_roots(part):
        found.setdefault(_instance(part.declared, root), []).append(root)
    return found


def _instance(declared: DeferredPart, root: Root) -> Instance:
    return Instance(declared, root.path[: len(declared.path)])


def _by_object(found: Errors, declared: DeferredPart) -> dict[Path, Errors]:
    """The errors at fields of a fragment, by the path of the object that it stands in."""
    by_object: dict[Path, Errors] = {}
    for error in found:
        path = tuple(error.get("path", ()))
        if _is_selected(path[len(declared.path) :], declared.shape):
            by_object.setdefault(path[: len(declared.path)], []).append(error)
    return by_object


def _is_selected(path: Path, shape: Shape | None) -> bool:
    for key in path:
        if isinstance(key, str):
            if shape is None or key not in shape:
                return False
            shape = shape[key]
    return bool(path)


def _errors_of(completed: CompletedPart, roots: Sequence[Root]) -> list[Errors]:
    """The errors of each root; those of no root, such as one that is removed, are left out."""
    by_path: dict[Path, Errors] = {root.path: [] for root in roots}
    for error in completed.errors:
        path = tuple(error.get("path", ()))
        starts = (path[:end] for end in range(len(path), -1, -1))
        own = next((start for start in starts if start in completed.part.response.roots), None)
        if own in by_path:
            by_path[own].append(error)
    return list(by_path.values())
