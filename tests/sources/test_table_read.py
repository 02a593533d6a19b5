"""Table reads: which tables, keys and columns a query needs, and which queries no remote source can answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Index, MetaData, Select, exists, select

from engine.authorization import Visible
from resolvers.columns import flags, number, record_table, reference, text
from resolvers.name_candidates import request as candidates_request
from resolvers.persons import PERSON
from resolvers.table import Lookup, ShownColumns, Table, plain
from seed.ddl import create_indexes, create_tables
from sources.errors import NotRemote
from sources.remote.address import RemoteAddress
from sources.remote.source import RemoteSource
from sources.remote.table_read import merged_reads, table_reads
from sources.request import Request
from sources.sql.dialects import SQLITE
from sources.sql.query import SelectQuery
from sources.sqlite.source import SqliteSource
from tests.remote_server import remote_server

METADATA = MetaData()
UNIT = record_table("unit", METADATA, number("id"), *text("name"), *flags("is_open"))
REPORT = record_table(
    "report", METADATA, number("number"), *text("person kind"), reference("unit", "unit.id"), *text("secret")
)
OTHER = record_table("other", METADATA, number("id"), *text("person"))
Index("report_person", REPORT.c.person)
Index("other_person", OTHER.c.person)
OPEN = exists(select(1).where(UNIT.c.id == REPORT.c.unit, UNIT.c.is_open == 1).correlate(REPORT))
REPORTS = Table(REPORT, plain(REPORT, "number kind secret"), visible=OPEN, order=(REPORT.c.number,), has_subject=False)
UNRELATED = exists(select(1).where(OTHER.c.person == REPORT.c.person).correlate(REPORT))


def query(table: Table = REPORTS, *keys: str) -> SelectQuery:
    columns = (Visible("kind", is_masked=False), Visible("number", is_masked=False))
    return SelectQuery(
        Lookup(table, keys or ("person",), sees_related=True, sees_live=True), ShownColumns(table, columns)
    )


def test_a_table_that_a_rule_reads_is_asked_for_by_its_foreign_key() -> None:
    report, unit = table_reads(query())

    assert (report.table, report.key.name, report.joined_by) == ("report", "person", None)
    assert [each.name for each in report.columns] == ["number", "person", "kind", "unit"]
    assert (unit.table, unit.key.name, unit.joined_by) == ("unit", "id", REPORT.c.unit)
    assert [each.name for each in unit.columns] == ["id", "is_open"]


def test_reads_of_several_queries_are_one_for_each_key() -> None:
    reads = merged_reads([query(), query(REPORTS, "number"), query()])

    assert [(each.table, each.key.name) for each in reads] == [
        ("report", "person"), ("unit", "id"), ("report", "number"),
    ]  # fmt: skip


async def test_rows_of_joined_tables_give_the_same_as_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "reports.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in (*create_tables(METADATA, SQLITE), *create_indexes(METADATA, SQLITE)):
            connection.execute(statement)
        connection.executemany(
            "INSERT INTO unit (id, name, is_open) VALUES (?, ?, ?)", [("U1", "North", 1), ("U2", "South", 0)]
        )
        rows = [(f"R{each}", f"P{each % 3}", "THEFT", f"U{1 + each % 2}", "s3cret") for each in range(30)]
        connection.executemany("INSERT INTO report (number, person, kind, unit, secret) VALUES (?, ?, ?, ?, ?)", rows)
    request = Request(query(), {"keys": orjson.dumps(["P0", "P1", "nobody"]).decode()})
    sqlite = SqliteSource("reports", file, deadline_s=30)
    with remote_server(file) as url:
        reads, address = merged_reads([query()]), RemoteAddress.parse(url)
        remote = RemoteSource("reports", address, reads=reads, deadline_s=30, functions={})
        found, expected = await remote.fetch(request), await sqlite.fetch(request)
        await remote.close()
    await sqlite.close()

    assert found == expected
    assert {row[0] for row in found} == {"P0", "P1"}
    assert {int(row[3][1:]) % 2 for row in found} == {0}  # of the open unit alone


class Search(Lookup):
    """A lookup whose rule reads a table without a foreign key."""

    def select(self) -> Select[tuple[object]]:
        return super().select().where(UNRELATED)


REFUSED = {
    "a key of two columns": (query(REPORTS, "person", "kind"), "a query is not by the values of one column"),
    "a key that is an expression": (
        query(Table(REPORT, REPORTS.columns, keys={"short": REPORT.c.kind}, has_subject=False), "short"),
        "a query is not by the values of one column",
    ),
    "a search": (candidates_request("Smith", None, None).query, "a query is not by the values of one column"),
    "no foreign key": (
        SelectQuery(Search(REPORTS, ("person",), sees_related=True, sees_live=True), ShownColumns(REPORTS, ())),
        "table other has no foreign key to or from table report",
    ),
}


@pytest.mark.parametrize(("refused", "why"), REFUSED.values(), ids=REFUSED)
def test_a_query_that_needs_more_than_rows_by_a_key_is_refused(refused: SelectQuery, why: str) -> None:
    with pytest.raises(NotRemote) as caught:
        table_reads(refused)

    assert str(caught.value) == why


def test_a_cell_that_reads_another_table_names_it() -> None:
    aliases = ShownColumns(PERSON, (Visible("aliases", is_masked=False),))
    _, alias = table_reads(SelectQuery(Lookup(PERSON, ("fbi_number",), sees_related=True, sees_live=True), aliases))

    assert (alias.table, alias.key.name, alias.joined_by) == ("alias", "person", PERSON.stored.c.id)
