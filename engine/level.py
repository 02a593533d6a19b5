"""One level of a run: everything that its objects wait for is asked for at once, awaited together and completed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import default_field_resolver, is_list_type, is_non_null_type

from engine.awaitables import all_come, gather_settled, is_pending
from engine.completion import ValueCompleter
from engine.declarations import Edge, Fetch, Lookup
from engine.errors import FetchFailed
from engine.program import Field
from engine.response import Path, ResponseBuilder
from engine.rows import as_mapping

if TYPE_CHECKING:
    from engine.execution import Execution

Parent = tuple[dict[str, Any], Any]
"""An object of the answer, and the value that it was made of."""

READY, SEVERAL, PENDING = "ready", "several", "pending"

Waiting = list[tuple[Sequence[Field], list[Parent]]]
"""Objects that wait, with the fields that they wait for."""

Slot = tuple[Any, Any]
"""Where the value for one object will be: (fetch, key), (PENDING, index), (SEVERAL, marks) or (READY, the value)."""

Values = Callable[[], list[Any]]
"""The values for all objects that wait for a field, once everything has come."""


class Level:
    """The fields of one level, and what came for them."""

    def __init__(self, run: Execution, answer: ResponseBuilder, exact: ValueCompleter) -> None:
        self._run = run
        self._answer = answer
        self._exact = exact
        self._asked: dict[Fetch, dict[Hashable, None]] = defaultdict(dict)
        self._ahead: dict[Fetch, dict[Hashable, None]] = defaultdict(dict)
        self._came: dict[Any, Any] = {}
        self._pending: list[Any] = []
        self._paths: dict[int, Path] | None = None

    async def take(self, waiting: Waiting) -> None:
        """Answer the fields of objects that wait for them. What is found inside waits for the next level."""
        asked = [(field, holders, self._ask(field, holders)) for fields, holders in waiting for field in fields]
        await self._wait()
        for field, holders, values in asked:
            self._complete(field, holders, self._bounded(field, values()))

    def _ask(self, field: Field, holders: list[Parent]) -> Values:
        edge = field.place.site.declared
        if not isinstance(edge, Edge):
            return partial(self._marked, field, [self._call(field, made, value) for made, value in holders])
        if field.keys is not None and field.is_shown:
            try:
                return self._ask_all(field, edge, field.keys(holders))
            except Exception:  # noqa: BLE001, S110 - one by one, then, with an error for each that is not as expected
                pass
        arguments = self._run.prepared.arguments(field.place)
        if field.is_shown:
            marks = [self._mark(field, edge, as_mapping(row, field.layout), arguments) for _, row in holders]
        else:
            marks = [(READY, self._withheld(field, edge, arguments)) for _ in holders]
        return partial(self._marked, field, marks)

    def _ask_all(self, field: Field, edge: Edge, keys: list[Hashable]) -> Values:
        """Every key of one fetch; a None is none."""
        (fetch,) = edge.fetches
        asked = dict.fromkeys(keys)
        asked.pop(None, None)
        self._asked[fetch].update(asked)
        for beside in field.ahead.get(fetch, ()):
            self._ahead[beside].update(asked)

        def values() -> list[Any]:
            came = self._came[fetch] if asked else {}
            if isinstance(came, Exception):
                blank = _blank(field)
                return [self._value(field, fetch, key, blank) if key is not None else edge.nothing() for key in keys]
            return [came[key] if key in came else edge.nothing() if key is None else fetch.absent() for key in keys]

        return values

    def _mark(self, field: Field, edge: Edge, row: Any, arguments: dict[str, Any]) -> Slot:
        try:
            ask = edge.ask(row, arguments, self._run.ambient)
            if ask is None:
                return READY, edge.nothing()
            if isinstance(ask, Lookup):
                return self._put(field, ask)
            return SEVERAL, [self._put(field, one) for one in ask]
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is the field's error
            return READY, fault

    def _put(self, field: Field, ask: Lookup) -> Slot:
        self._asked[ask.fetch][ask.key] = None
        for beside in field.ahead.get(ask.fetch, ()):
            self._ahead[beside][ask.key] = None
        return ask

    def _withheld(self, field: Field, edge: Edge, arguments: dict[str, Any]) -> Any:
        """What stands for an edge that is not followed and must not be null."""
        if not (is_non_null_type(field.of.type) and is_list_type(field.of.type.of_type)):
            return edge.blank()
        # Such a list stands only at the root, where its length is what the caller asked for.
        asks = edge.ask({}, arguments, self._run.ambient)
        return [None] * len(asks) if isinstance(asks, list) else edge.blank()

    def _call(self, field: Field, made: dict[str, Any], value: Any) -> Slot:
        """Call an ordinary resolver."""
        source = as_mapping(value, field.layout) if field.above else self._run.event
        try:
            info = self._exact.info(field, self._path(field, made))
            arguments = self._run.prepared.arguments(field.place)
            result = (field.of.resolve or default_field_resolver)(source, info, **arguments)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is the field's error
            return READY, fault
        if not is_pending(result):
            return READY, result
        self._pending.append(result)
        return PENDING, len(self._pending) - 1

    async def _wait(self) -> None:
        """All batches and all resolvers of the level, side by side."""
        fetches: list[Any] = [fetch for fetch, keys in self._asked.items() if keys]
        loads = self._run.loads
        coming: list[Awaitable[Any]] = [loads.load_all(fetch, list(self._asked[fetch])) for fetch in fetches]
        if self._pending:
            coming.append(gather_settled(self._pending))
            fetches.append(PENDING)
        # Last, for what comes of these is for the next level to see.
        coming += [loads.prefetch(fetch, list(keys)) for fetch, keys in self._ahead.items() if keys]
        self._came = dict(zip(fetches, await all_come(coming), strict=False))

    def _bounded(self, field: Field, values: list[Any]) -> list[Any]:
        """The values; none of them if with them the operation had more rows than it may have."""
        edge, run = field.place.site.declared, self._run
        if not isinstance(edge, Edge):
            return values
        kind = field.of.type.of_type if is_non_null_type(field.of.type) else field.of.type
        # A row may itself be a list, of its columns.
        lists = [each for each in values if each.__class__ is list] if is_list_type(kind) else [values]
        rows = sum(map(len, lists))
        if run.rows + rows > run.most_rows:
            run.overfull[field.place.within] = field.place
            blank = _blank(field)
            return [blank() for _ in values]
        run.rows += rows
        run.given.update(edge.fetches)
        return values

    def _marked(self, field: Field, marks: list[Slot]) -> list[Any]:
        blank = _blank(field)
        return [self._at(field, mark, blank) for mark in marks]

    def _at(self, field: Field, mark: Slot, blank: Callable[[], Any]) -> Any:
        where, at = mark
        if where is READY:
            return at
        if where is not SEVERAL:
            return self._value(field, where, at, blank)
        items = [self._value(field, fetch, key, _null) for fetch, key in at]
        # A batch that broke breaks the list; one that did not come, or an error in one, is a null in it.
        return next((each for each, (fetch, _) in zip(items, at, strict=True) if each is self._came[fetch]), items)

    def _value(self, field: Field, where: Any, at: Any, blank: Callable[[], Any]) -> Any:
        came = self._came[where]
        if isinstance(came, FetchFailed):
            self._run.failed[field.place.within, came.source] = (field.place, came.source)
            return blank()
        if isinstance(came, Exception):
            return came
        return came[at] if where is PENDING or at in came else where.absent()

    def _complete(self, field: Field, holders: list[Parent], values: list[Any]) -> None:
        key, make, waiting = field.key, field.make, self._exact.waiting
        assert make is not None
        before = {number: len(waiting[number]) for number in field.waits}
        try:
            for (made, _), value in zip(holders, values, strict=True):
                made[key] = make(value, self._exact)
        except Exception:  # noqa: BLE001 - whatever it is, the exact way says what to make of it
            for number, length in before.items():
                del waiting[number][length:]
            self._complete_exactly(field, holders, values)

    def _complete_exactly(self, field: Field, holders: list[Parent], values: list[Any]) -> None:
        for (made, _), value in zip(holders, values, strict=True):
            path = self._path(field, made)
            made[field.key] = None
            try:
                made[field.key] = self._exact.value(field, field.of.type, value, path)
            except Exception as fault:  # noqa: BLE001 - whatever it is, it is the field's error
                self._answer.fail(field, path, fault)

    def _path(self, field: Field, made: dict[str, Any]) -> Path:
        if self._paths is None:
            self._paths = self._answer.paths()
        return (*self._paths[id(made)], field.key)


def _blank(field: Field) -> Callable[[], Any]:
    """Makes what stands for an answer that did not come."""
    edge = field.place.site.declared
    return edge.blank if isinstance(edge, Edge) and is_non_null_type(field.of.type) else _null


def _null() -> None:
    return None
