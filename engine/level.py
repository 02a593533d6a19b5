"""One level of a run: everything that its objects wait for is asked for at once, awaited together and completed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from graphql import default_field_resolver, is_list_type, is_non_null_type

from engine.answer import Answer, Path
from engine.declare import Ask, Edge, Fetch
from engine.errors import FetchFailed
from engine.exact import Exact
from engine.pending import all_come, all_settled, is_pending
from engine.program import Field

if TYPE_CHECKING:
    from engine.run import Run

Holder = tuple[dict[str, Any], Any]
"""An object of the answer, and the value that it was made of."""

READY, SEVERAL, PENDING = "ready", "several", "pending"

Waiting = list[tuple[Sequence[Field], list[Holder]]]
"""Objects that wait, with the fields that they wait for."""

Mark = tuple[Any, Any]
"""Where the value for one object will be: (fetch, index), (PENDING, index), (SEVERAL, marks) or (READY, the value)."""


class Level:
    """The fields of one level, and what came for them."""

    def __init__(self, run: Run, answer: Answer, exact: Exact) -> None:
        self._run = run
        self._answer = answer
        self._exact = exact
        self._asked: dict[Fetch, list[Hashable]] = defaultdict(list)
        self._came: dict[Any, Any] = {}
        self._pending: list[Any] = []
        self._paths: dict[int, Path] | None = None

    async def take(self, waiting: Waiting) -> None:
        """Answer the fields of objects that wait for them. What is found inside waits for the next level."""
        asked = [(field, holders, self._ask(field, holders)) for fields, holders in waiting for field in fields]
        await self._wait()
        for field, holders, marks in asked:
            self._complete(field, holders, list(self._values(field, marks)))

    def _ask(self, field: Field, holders: list[Holder]) -> list[Mark]:
        edge = field.place.site.declared
        if isinstance(edge, Edge):
            arguments = self._run.prepared.arguments(field.place)
            if field.is_shown:
                return [self._mark(edge, row, arguments) for _, row in holders]
            return [(READY, self._withheld(field, edge, arguments)) for _ in holders]
        return [self._call(field, made, value) for made, value in holders]

    def _mark(self, edge: Edge, row: Any, arguments: dict[str, Any]) -> Mark:
        try:
            ask = edge.ask(row, arguments, self._run.ambient)
            if ask is None:
                return READY, edge.nothing()
            if isinstance(ask, Ask):
                return self._put(ask)
            return SEVERAL, [self._put(one) for one in ask]
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is the field's error
            return READY, fault

    def _put(self, ask: Ask) -> Mark:
        keys = self._asked[ask.fetch]
        keys.append(ask.key)
        return ask.fetch, len(keys) - 1

    def _withheld(self, field: Field, edge: Edge, arguments: dict[str, Any]) -> Any:
        """What stands for an edge that is not followed and must not be null."""
        if not (is_non_null_type(field.of.type) and is_list_type(field.of.type.of_type)):
            return edge.blank()
        # Such a list stands only at the root, where its length is what the caller asked for.
        asks = edge.ask({}, arguments, self._run.ambient)
        return [None] * len(asks) if isinstance(asks, list) else edge.blank()

    def _call(self, field: Field, made: dict[str, Any], value: Any) -> Mark:
        """Call an ordinary resolver."""
        source = value if field.above else None
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
        loads = [self._run.loads.load_all(fetch, keys) for fetch, keys in self._asked.items()]
        if not loads and not self._pending:
            return
        *came, resolved = await all_come([*loads, all_settled(self._pending)])
        self._came = dict(zip(self._asked, came, strict=True)) | {PENDING: resolved}

    def _values(self, field: Field, marks: list[Mark]) -> Iterator[Any]:
        edge = field.place.site.declared
        blank = edge.blank if isinstance(edge, Edge) and is_non_null_type(field.of.type) else _null
        for where, at in marks:
            if where is READY:
                yield at
            elif where is SEVERAL:
                items = [self._value(field, fetch, index, _null) for fetch, index in at]
                # A batch that broke breaks the list; one that did not come, or an error in one, is a null in it.
                broken = (each for each, (fetch, _) in zip(items, at, strict=True) if each is self._came[fetch])
                yield next(broken, items)
            else:
                yield self._value(field, where, at, blank)

    def _value(self, field: Field, where: Any, at: int, blank: Callable[[], Any]) -> Any:
        came = self._came[where]
        if isinstance(came, FetchFailed):
            self._run.failed[field.place.within, came.source] = (field.place, came.source)
            return blank()
        return came if isinstance(came, Exception) else came[at]

    def _complete(self, field: Field, holders: list[Holder], values: list[Any]) -> None:
        key, make, waiting = field.key, field.make, self._exact.waiting
        assert make is not None
        before = [len(each) for each in waiting]
        try:
            for (made, _), value in zip(holders, values, strict=True):
                made[key] = make(value, self._exact)
        except Exception:  # noqa: BLE001 - whatever it is, the exact way says what to make of it
            for each, length in zip(waiting, before, strict=True):
                del each[length:]
            self._complete_exactly(field, holders, values)

    def _complete_exactly(self, field: Field, holders: list[Holder], values: list[Any]) -> None:
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


def _null() -> None:
    return None
