"""A fetch: one way to ask one source for many keys at once. Knows nothing of GraphQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.declarations import Layout, Lookup
from policy.flags import Flag
from policy.grants import Grant
from resolvers.record import RecordKind
from resolvers.table import MARKS, Columns, Table
from sources.source import Rows, Source

KEY, NUMBER, CLOSE = range(MARKS)
OWN = 1
FLAGS = {OWN: Flag.OWN_RECORD, 2: Flag.SAME_SURNAME, 4: Flag.COLLEAGUE}


def flags_of(marks: Iterable[int]) -> set[str]:
    """What an auditor should see of rows with these marks, as `resolvers.table` makes them."""
    return {flag for mark in set(marks) for bit, flag in FLAGS.items() if mark & bit}


@dataclass(slots=True)
class BatchResult:
    """What a source gave for some keys.

    found:   by key; a key without an answer is absent.
    records: the numbers of the records that were read, as the journal writes them.
    flags:   what an auditor should see, such as a caller asking for their own record.
    """

    found: Mapping[Any, Any] = field(default_factory=dict)
    records: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)


FetchFn = Callable[[Source, Grant, Sequence[Any], Columns], Awaitable[BatchResult]]


@dataclass(frozen=True, eq=False)
class Fetch:
    """One batched question.

    Shape: P keys in, at most P out; a key without an answer gets what `absent` makes.
    `layout` says where each column stands in its rows; None where they are mappings.
    `record` is set where the key is the record's own number, and then what was asked can be journalled.
    `key` and `is_whole` say what may be asked beside it: `engine.declarations.Fetch`.
    """

    name: str
    source: str
    ask: FetchFn
    absent: Callable[[], Any] = lambda: None
    layout: Layout | None = None
    record: RecordKind | None = None
    key: tuple[str, ...] = ()
    is_whole: bool = False

    def of(self, key: Hashable) -> Lookup:
        """One key for this fetch."""
        return Lookup(self, key)

    def record_id(self, key: Hashable) -> str | None:
        """The record that a key names, if it names one."""
        return self.record.id(key) if self.record else None


def by_key(
    source: str, table: Table, word: str, by: tuple[str, ...], *, many: bool = False, is_whole: bool = False
) -> Fetch:
    """A fetch of a table's rows by one of its keys: one statement, however many keys.

    A key of several columns is a tuple. `word` is what stands behind "by" in its name: `warrants.by_person`.
    Raises: SourceUnavailable if the source does not answer by its deadline.
    """

    async def ask(asked: Source, grant: Grant, keys: Sequence[Any], columns: Columns) -> BatchResult:
        rows = await asked.fetch(table.select(by, keys, columns, grant))
        return group_rows(table, rows, composite=len(by) > 1, many=many)

    record = table.record if table.record and by == (table.record.column,) else None
    return Fetch(f"{source}.by_{word}", source, ask, list if many else lambda: None, table.layout, record, by, is_whole)


def group_rows(table: Table, rows: Rows, *, composite: bool = False, many: bool = False) -> BatchResult:
    """Rows of `Table.select` by key."""
    batch = BatchResult()
    if table.is_about_somebody and any(row[CLOSE] for row in rows):
        batch.flags = flags_of(row[CLOSE] for row in rows)
        rows = [row for row in rows if row[CLOSE] != OWN]
    if table.record:
        batch.records = table.record.ids([row[NUMBER] for row in rows])
    if composite:
        for row in rows:
            row[KEY] = tuple(row[KEY])
    if many:
        batch.found = lists = defaultdict(list)
        for row in rows:
            lists[row[KEY]].append(row)
    else:
        # The first of several counts.
        batch.found = {row[KEY]: row for row in reversed(rows)}
    return batch
