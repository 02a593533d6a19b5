"""Fetches: each reads rows of one source for many keys in one batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.declarations import Layout, Lookup
from policy.grants import Denied, Grant, Scope
from resolvers.record import RecordKind
from resolvers.relation import OWN, WITHHELD, related_subject, relation_flags
from resolvers.table import META_COLUMN_COUNT, GrantedColumns, Table
from sources.source import Rows, Source

KEY, NUMBER, RELATION = range(META_COLUMN_COUNT)


@dataclass(slots=True)
class BatchResult:
    """Result of one batch.

    found:   rows by key; a key without rows is absent.
    records: ids of the records that were read, as the journal writes them.
    flags:   what an auditor should see, such as a caller asking for their own record.
    denied:  the denials of withheld rows. In `found`, a `RelatedSubject` stands for the row, or for the list with it.
    added_bytes: bytes of JSON that the rows have more than the results they were made from.
    """

    found: Mapping[Any, Any] = field(default_factory=dict)
    records: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    denied: set[Denied] = field(default_factory=set)
    added_bytes: int = 0


FetchFn = Callable[[Source, Grant, Sequence[Any], GrantedColumns], Awaitable[BatchResult]]


@dataclass(frozen=True, eq=False)
class Fetch:
    """One way to read one source for many keys at once: `engine.declarations.Fetch`.

    Shape: P keys in, at most P out; a key without rows gets what `when_missing` makes.
    `layout` is the index of each column in its rows; None if its rows are mappings.
    `table` is the table that its columns are in.
    `record` is set if the key is the record's own number: then the journal can name the record before it is read.
    `term` is the kind of search term that its keys are: the journal has a keyed hash of those that are searched for.
    """

    name: str
    source: str
    read: FetchFn
    when_missing: Callable[[], Any] = lambda: None
    layout: Layout | None = None
    record: RecordKind | None = None
    key_columns: tuple[str, ...] = ()
    decides_visibility: bool = False
    table: str = ""
    term: str = ""

    def of(self, key: Hashable) -> Lookup:
        """A lookup of one key."""
        return Lookup(self, key)


def by_key(
    source_name: str,
    table: Table,
    suffix: str,
    by: tuple[str, ...],
    *,
    many: bool = False,
    decides_visibility: bool = False,
    term: str = "",
) -> Fetch:
    """A fetch of a table's rows by one of its keys: one request for any number of keys.

    A key of several columns is a tuple. The fetch is named "<source>.by_<suffix>": `warrants.by_person`.
    Raises: SourceUnavailable if the source has no result by its deadline.
    """

    async def read(source: Source, grant: Grant, keys: Sequence[Any], columns: GrantedColumns) -> BatchResult:
        rows = await source.fetch(table.request(by, keys, columns, grant))
        return group_rows(table, rows, grant.scope, composite=len(by) > 1, many=many)

    record = table.record if table.record and by == (table.record.column,) else None
    when_missing: Callable[[], Any] = list if many else lambda: None
    name = f"{source_name}.by_{suffix}"
    layout = table.layout
    return Fetch(name, source_name, read, when_missing, layout, record, by, decides_visibility, table.name, term)


def group_rows(table: Table, rows: Rows, scope: Scope, *, composite: bool = False, many: bool = False) -> BatchResult:
    """Group the rows of `Table.request` by key."""
    batch, withheld = BatchResult(), {}
    if composite:
        for row in rows:
            row[KEY] = row[KEY] and tuple(row[KEY])
    relations = {row[RELATION] for row in rows} if table.is_own is not None else ()
    if any(relations):
        batch.flags = relation_flags(relations)
        if any(relation & WITHHELD for relation in relations):
            withheld = {row[KEY]: related_subject(row[RELATION], scope) for row in rows if row[RELATION] & WITHHELD}
        rows = [row for row in rows if row[RELATION] != OWN and not row[RELATION] & WITHHELD]
    if table.record:
        batch.records = table.record.ids([row[NUMBER] for row in rows])
    if many:
        batch.found = lists = defaultdict(list)
        for row in rows:
            lists[row[KEY]].append(row)
    else:
        # The first row of a key counts.
        batch.found = {row[KEY]: row for row in reversed(rows)}
    if withheld:
        batch.denied = {each.denied for each in withheld.values()}
        batch.found = {**batch.found, **withheld}
    return batch
