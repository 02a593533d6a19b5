"""One level of an execution: all fetches that its objects need run side by side, and then the values are completed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import partial
from typing import Any

from graphql import default_field_resolver, is_list_type, is_non_null_type

from engine.awaitables import gather_settled, is_pending, settle
from engine.completion import ValueCompleter
from engine.declarations import Edge, Fetch, Lookup, LookupResult
from engine.errors import FetchFailed, FetchOverLimit, InvalidValue
from engine.execution_state import ExecutionState, MissingValues
from engine.field_completion import FieldCompleter, Parent
from engine.program import CompiledField
from engine.response import ResponseBuilder
from engine.rows import as_mapping

PendingFields = list[tuple[Sequence[CompiledField], list[Parent]]]
"""Fields that wait for a level, with the objects that they belong to."""

VALUE, LIST, RESOLVER = "value", "list", "resolver"

Slot = tuple[Any, Any]
"""Where one parent's value will come from: (fetch, key), (RESOLVER, index), (LIST, slots) or (VALUE, the value)."""

ReadValues = Callable[[], list[Any]]
"""Returns the values of one field for all its parents, after the level's fetches."""


class Level:
    """The fields of one level, and the results of their fetches."""

    def __init__(self, state: ExecutionState, response: ResponseBuilder, completer: ValueCompleter) -> None:
        self._state = state
        self._response = response
        self._completer = completer
        self._keys: dict[Fetch, dict[Hashable, None]] = defaultdict(dict)
        self._prefetched_keys: dict[Fetch, dict[Hashable, None]] = defaultdict(dict)
        self._fetch_results: dict[Any, Any] = {}
        self._awaitables: list[Any] = []
        self._fields = FieldCompleter(state, response, completer)

    async def execute(self, pending: PendingFields) -> None:
        """Fetch and complete pending fields. Fields inside them become pending for the next level."""
        time_slice, registered = self._state.time_slice, []
        for fields, parents in pending:
            for field in fields:
                if time_slice.is_over:
                    await time_slice.pause()
                registered.append((field, parents, self._register(field, parents)))
        time_slice.suspend()
        await self._fetch()
        await time_slice.resume()
        for field, parents, (values, repeats) in registered:
            if time_slice.is_over:
                await time_slice.pause()
            await self._fields.complete(field, parents, values(), repeats)

    def _register(self, field: CompiledField, parents: list[Parent]) -> tuple[ReadValues, int]:
        """Register the keys of a field. Returns how its values are read, and how often one row may be among them."""
        edge = field.planned.spec.declaration
        if not isinstance(edge, Edge):
            slots = [self._resolve(field, response_object, row) for response_object, row in parents]
            return partial(self._slot_values, field, parents, slots), 1
        if field.read_keys is not None and field.is_visible and not self._state.loader.has_invalid_values:
            try:
                return self._register_keys(field, edge, parents, field.read_keys(parents))
            except Exception:  # noqa: BLE001 - any error: one parent at a time, so that each gets its own error
                self._state.slow_paths += 1
        arguments = self._state.prepared.arguments(field.planned)
        if not field.is_visible:
            slots = [(VALUE, self._withheld(field, edge, arguments)) for _ in parents]
            return partial(self._slot_values, field, parents, slots), 1
        slots = [self._slot(field, edge, as_mapping(row, field.row_layout), arguments) for _, row in parents]
        return partial(self._slot_values, field, parents, slots), _repeats(slots)

    def _register_keys(
        self, field: CompiledField, edge: Edge, parents: list[Parent], keys: list[Hashable]
    ) -> tuple[ReadValues, int]:
        """Register keys of one fetch; None is no key."""
        (fetch,) = edge.fetches
        distinct = dict.fromkeys(keys)
        if None in distinct:
            del distinct[None]
            self._state.sources_without_key.add(fetch.source)
        self._add_keys(field, fetch, distinct)

        def values() -> list[Any]:
            results = self._fetch_results[fetch] if distinct else {}
            if isinstance(results, Exception):
                slots = [(VALUE, edge.when_no_key()) if key is None else (fetch, key) for key in keys]
                return self._slot_values(field, parents, slots)
            return [
                results[key] if key in results else edge.when_no_key() if key is None else fetch.when_missing()
                for key in keys
            ]

        return values, len(keys) - keys.count(None) - len(distinct) + 1

    def _slot(self, field: CompiledField, edge: Edge, row: Any, arguments: dict[str, Any]) -> Slot:
        try:
            if self._state.loader.has_invalid_values:
                invalid = [each for each in map(row.get, edge.columns) if isinstance(each, InvalidValue)]
                if invalid:
                    return VALUE, invalid[0]
            lookup = self._lookup(field, edge, row, arguments)
        except Exception as error:  # noqa: BLE001 - any error is the field's error
            return VALUE, error
        if lookup is None:
            self._state.sources_without_key.update(fetch.source for fetch in edge.fetches)
            return VALUE, edge.when_no_key()
        if isinstance(lookup, Lookup):
            self._add_keys(field, lookup.fetch, {lookup.key: None})
            return lookup
        keys: dict[Fetch, dict[Hashable, None]] = defaultdict(dict)
        for fetch, key in lookup:
            keys[fetch][key] = None
        for fetch, distinct in keys.items():
            self._add_keys(field, fetch, distinct)
        return LIST, lookup

    def _lookup(self, field: CompiledField, edge: Edge, row: Any, arguments: dict[str, Any]) -> LookupResult:
        root_lookups = self._state.root_lookups
        if field.planned in root_lookups:
            return root_lookups[field.planned]
        return edge.lookup(row, arguments, self._state.request_context)

    def _add_keys(self, field: CompiledField, fetch: Fetch, keys: dict[Hashable, None]) -> None:
        """Add keys of a field to the level's fetches."""
        self._keys[fetch].update(keys)
        for prefetched in field.prefetch.get(fetch, ()):
            self._prefetched_keys[prefetched].update(keys)

    def _withheld(self, field: CompiledField, edge: Edge, arguments: dict[str, Any]) -> Any:
        """The value of a non-null edge that may not be followed."""
        if not (is_non_null_type(field.definition.type) and is_list_type(field.definition.type.of_type)):
            return edge.placeholder()
        # Only a root field is such a list, as long as its argument.
        if edge.list_size is not None:
            return [None] * edge.list_size(arguments)
        lookups = edge.lookup({}, arguments, self._state.request_context)
        return [None] * len(lookups) if isinstance(lookups, list) else edge.placeholder()

    def _resolve(self, field: CompiledField, response_object: dict[str, Any], row: Any) -> Slot:
        """Call an ordinary resolver."""
        source = as_mapping(row, field.row_layout) if field.parent_field else None
        try:
            info = self._completer.resolve_info(field, self._fields.path(field, response_object))
            arguments = self._state.prepared.arguments(field.planned)
            value = (field.definition.resolve or default_field_resolver)(source, info, **arguments)
        except Exception as error:  # noqa: BLE001 - any error is the field's error
            return VALUE, error
        if not is_pending(value):
            return VALUE, value
        self._awaitables.append(value)
        return RESOLVER, len(self._awaitables) - 1

    async def _fetch(self) -> None:
        """Await all batches and all resolvers of the level, side by side."""
        fetches: list[Any] = [fetch for fetch, keys in self._keys.items() if keys]
        loader = self._state.loader
        awaitables: list[Awaitable[Any]] = [loader.load_all(fetch, list(self._keys[fetch])) for fetch in fetches]
        if self._awaitables:
            awaitables.append(gather_settled([settle(each) for each in self._awaitables]))
            fetches.append(RESOLVER)
        # Their results are dropped here: the next level loads them from the loader's cache.
        awaitables += [loader.prefetch(fetch, list(keys)) for fetch, keys in self._prefetched_keys.items() if keys]
        settled = await gather_settled(awaitables)
        self._fetch_results = dict(zip(fetches, settled[: len(fetches)], strict=True))

    def _slot_values(self, field: CompiledField, parents: list[Parent], slots: list[Slot]) -> list[Any]:
        placeholder = _placeholder(field)
        pairs = zip(parents, slots, strict=True)
        return [self._slot_value(field, parent, slot, placeholder) for (parent, _), slot in pairs]

    def _slot_value(
        self, field: CompiledField, parent: dict[str, Any], slot: Slot, placeholder: Callable[[], Any]
    ) -> Any:
        kind, content = slot
        if kind is VALUE:
            return content
        if kind is not LIST:
            results = self._fetch_results[kind]
            missing = self._missing(field, results)
            if missing is not None:
                missing.add(parent)
                return placeholder()
            return _result(results, kind, content)
        fetched = self._fetch_results
        if not any(isinstance(fetched[fetch], Exception) for fetch in {fetch for fetch, _ in content}):
            return [fetched[fetch][key] if key in fetched[fetch] else fetch.when_missing() for fetch, key in content]
        items = []
        for index, (fetch, key) in enumerate(content):
            results = self._fetch_results[fetch]
            missing = self._missing(field, results)
            if missing is not None:
                missing.add(parent, index)
            elif isinstance(results, Exception):
                # An unexpected error of a batch is the error of the whole list; one bad row is a null in it.
                return results
            items.append(_result(results, fetch, key) if missing is None else None)
        return items

    def _missing(self, field: CompiledField, results: Any) -> MissingValues | None:
        """The record for a value that did not arrive; None if it did, or if an unexpected error is its value."""
        if isinstance(results, FetchFailed):
            return self._state.failed(field.planned, results.source)
        return self._state.over_size_limit(field.planned) if isinstance(results, FetchOverLimit) else None


def _result(results: Any, fetch: Any, key: Any) -> Any:
    if isinstance(results, Exception):
        return results
    return results[key] if fetch is RESOLVER or key in results else fetch.when_missing()


def _repeats(slots: list[Slot]) -> int:
    """How often one row may be among the values of slots: 1 if no two lookups are equal."""
    if len(slots) == 1 and slots[0][0] is not LIST:
        return 1
    lookups = [each for kind, content in slots for each in (content if kind is LIST else ((kind, content),))]
    fetched = [each for each in lookups if each[0] is not VALUE]
    return len(fetched) - len(set(fetched)) + 1


def _placeholder(field: CompiledField) -> Callable[[], Any]:
    """Makes the value of a field that did not arrive."""
    edge = field.planned.spec.declaration
    return edge.placeholder if isinstance(edge, Edge) and is_non_null_type(field.definition.type) else _null


def _null() -> None:
    return None
