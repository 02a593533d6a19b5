"""Every kind of source gives the same rows as SQLite: for each fetch, each scope that rules know, and both searches.

A remote source is the server of docs/remote_warrants, a process that is asked over HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from bench.postgres_server import PostgresServer
from policy.grants import Need
from resolvers.catalogue import FETCHES, NAMES, SPECS, TABLES, open_sources
from resolvers.errors import RelatedSubject
from resolvers.fetch import BatchResult, Fetch
from resolvers.name_search import NameSearch, by_name
from resolvers.paging import Page
from resolvers.persons import PERSON
from resolvers.remote_tables import can_be_remote, open_remote
from resolvers.vehicle_search import by_description
from resolvers.vehicles import VEHICLE
from seed.postgres import copy_world
from sources.postgres.address import Address
from sources.postgres.pool import ConnectionPool
from sources.postgres.source import PostgresSource
from sources.remote.address import RemoteAddress
from sources.request import Request
from sources.source import Source
from sources.sql.dialects import POSTGRES
from sources.sql.query import sql_of
from tests.harness import RecordingSource
from tests.postgres import new_database
from tests.remote_server import remote_server
from tests.resolvers.columns import granted
from tests.resolvers.conftest import MakeGrant, SelectRows
from tests.resolvers.searching import CURSORS
from tests.resolvers.test_name_search import SEARCHES, terms
from tests.resolvers.test_table import keys_of, table_of
from tests.resolvers.test_vehicle_search import search_for

SEES = ("sees_convictions", "sees_arrests", "sees_supervision", "sees_sealed", "sees_juvenile", "sees_confidential")
# No statement combines one of these with another flag.
SEES_ALONE = ("sees_foreign_orders", "sees_missing_history", "sees_arrest_biometrics")
REMOTE = [spec.name for spec in SPECS if can_be_remote(spec.name)]
CASES = [(each, "PostgreSQL") for each in FETCHES] + [(each, "remote") for each in FETCHES if each.source in REMOTE]
SOMEBODY = "SELECT subject_surname, subject_ori FROM person WHERE subject_ori IS NOT NULL ORDER BY id LIMIT 1"


@pytest.fixture(scope="session")
def copied(postgres: PostgresServer, seeded: Path) -> Address:
    """The address of a database with the rows of the seeded world."""
    url = asyncio.run(new_database(postgres))
    copy_world(seeded, Address.parse(url))
    return Address.parse(url, "prefer-standby")


@pytest.fixture(scope="session")
def urls(seeded: Path) -> Iterator[dict[str, str]]:
    """The URL of each source that can be remote."""
    with ExitStack() as stack:
        yield {each: stack.enter_context(remote_server(seeded / f"{each}.db")) for each in REMOTE}


@asynccontextmanager
async def both(seeded: Path, name: str, other: Address | str) -> AsyncIterator[tuple[Source, Source]]:
    """One source in a file, and in a database or at a URL."""
    sources = open_sources(seeded, connections=1, deadline_s=30)
    source: Source = (
        open_remote(name, RemoteAddress.parse(other), connections=2, deadline_s=30)
        if isinstance(other, str)
        else PostgresSource(name, other, connections=1, deadline_s=30)
    )
    try:
        yield sources[name], source
    finally:
        for each in (source, *sources.values()):
            await each.close()


def scopes(rows: SelectRows) -> Iterator[dict[str, Any]]:
    """Scopes with every combination of what may be seen, of a stranger and of a namesake and colleague of somebody."""
    ((surname, ori),) = rows("persons", SOMEBODY)
    for values in product((False, True), repeat=len(SEES)):
        yield dict(zip(SEES, values, strict=True)) | dict.fromkeys(SEES_ALONE, values[0])
    yield {**dict.fromkeys(SEES + SEES_ALONE, True), "sees_live": False}
    for sees_related in (False, True):
        related = {"surname": surname, "ori": ori, "sees_related": sees_related, "related_needs": (Need.AAL2,)}
        yield {**dict.fromkeys(SEES + SEES_ALONE, True), **related}


def comparable(batch: BatchResult) -> Any:
    def shown(value: Any) -> Any:
        if isinstance(value, RelatedSubject):
            return str(value.denied)
        if isinstance(value, dict):
            return {name: shown(each) for name, each in value.items()}
        if isinstance(value, str) and value.startswith("[{"):
            return orjson.loads(value)  # PostgreSQL writes JSON with blanks
        return [shown(each) for each in value] if isinstance(value, (list, tuple)) else value

    found = {str(key): shown(each) for key, each in batch.found.items()}
    return found, sorted(batch.records), batch.flags, batch.denied


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0].name} {case[1]}")
def case(request: pytest.FixtureRequest) -> tuple[Fetch, Address | str]:
    """A fetch, and where its source is."""
    fetch, kind = request.param
    return fetch, request.getfixturevalue("urls")[fetch.source] if kind == "remote" else request.getfixturevalue(
        "copied"
    )


async def test_a_fetch_reads_the_same_rows_from_each_kind_of_source(
    seeded: Path, rows: SelectRows, grant: MakeGrant, case: tuple[Fetch, Address | str]
) -> None:
    fetch, other = case
    found = rows(fetch.source, keys_of(fetch))
    keys = [row if len(row) > 1 else row[0] for row in Random(1).sample(found, min(60, len(found)))]
    keys.append(("XX", "nobody's") if isinstance(keys[0], tuple) else "nobody's" if isinstance(keys[0], str) else 0)
    columns = table_of(fetch).columns
    async with both(seeded, fetch.source, other) as (sqlite, source):
        for scope in scopes(rows):
            for is_masked in (False, True):
                asked = (grant(**scope), keys, granted(columns, is_masked=is_masked))
                expected = comparable(await fetch.read(sqlite, *asked))
                assert comparable(await fetch.read(source, *asked)) == expected
        assert expected[0]


@pytest.mark.parametrize("sees_related", [False, True])
async def test_a_search_by_name_finds_the_same_people_in_both_dialects(
    seeded: Path, copied: Address, rows: SelectRows, grant: MakeGrant, sees_related: bool
) -> None:
    ((surname, ori),) = rows("persons", SOMEBODY)
    drawn = rows("persons", "SELECT surname, given, birth_date FROM person ORDER BY id LIMIT 40")
    searches = [*SEARCHES, *(terms(surname, given, born, expand=True) for surname, given, born in drawn)]
    searches += [terms(surname[1:] or surname, given, born) for surname, given, born in drawn]
    hits = 0
    async with both(seeded, "persons", copied) as (sqlite, postgres):
        given = grant(surname=surname, ori=ori, sees_related=sees_related, related_needs=(Need.AAL2,))
        for search in searches:
            for after in (None, (60, 3)):
                key = NameSearch(**search, page=Page(20, after, b"", CURSORS))
                asked = (given, [key], granted(PERSON.columns))
                expected = comparable(await by_name.read(sqlite, *asked))
                assert comparable(await by_name.read(postgres, *asked)) == expected
                hits += len(expected[1])
    assert hits > len(searches)


VEHICLE_TERMS: list[dict[str, Any]] = [
    {"plate_start": "7A"}, {"plate_start": "1NTK0"}, {"plate_start": "IB80Z"}, {"plate_start": "7", "make": "TOYT"},
    {"vin_end": "000002"}, {"vin_end": "0000024", "make": "HOND"}, {"vin_start": "1HGCR2F8"}, {"make": "TOYT"},
    {"make": "TOYT", "color": "WHI", "year_from": 2005, "year_to": 2015}, {"make": "HOND", "model": "acc"},
    {"make": "FORD", "is_stolen": True}, {"make": "FORD", "is_stolen": False, "plate_state": "CA"},
]  # fmt: skip


async def test_a_search_of_vehicles_finds_the_same_in_both_dialects(
    seeded: Path, copied: Address, rows: SelectRows, grant: MakeGrant
) -> None:
    hits = 0
    async with both(seeded, "vehicles", copied) as (sqlite, postgres):
        for asked_terms in VEHICLE_TERMS:
            after: Any = None
            for _ in range(3):
                search = search_for(asked_terms, 5, after)
                asked = (grant(), [search], granted(VEHICLE.columns))
                found = await by_description.read(sqlite, *asked)
                assert comparable(await by_description.read(postgres, *asked)) == comparable(found)
                page = found.found.get(search)
                if not page or not page["has_next_page"]:
                    break
                after = page["edges"][-1]["position"]
                hits += len(page["edges"])
    assert hits > len(VEHICLE_TERMS)


async def test_searches_in_training_find_the_same_in_both_dialects(
    seeded: Path, copied: Address, rows: SelectRows, grant: MakeGrant
) -> None:
    training, hits = grant(sees_live=False), 0
    people = rows("persons", "SELECT surname, given, birth_date FROM person WHERE is_demonstration = 1")
    async with both(seeded, "persons", copied) as (sqlite, postgres):
        for surname, given, born in people:
            key = NameSearch(**terms(surname, given, born), page=Page(20, None, b"", CURSORS))
            asked = (training, [key], granted(PERSON.columns))
            expected = comparable(await by_name.read(sqlite, *asked))
            assert comparable(await by_name.read(postgres, *asked)) == expected
            hits += len(expected[1])
    assert hits >= len(people)
    async with both(seeded, "vehicles", copied) as (sqlite, postgres):
        for asked_terms in VEHICLE_TERMS:
            vehicles = (training, [search_for(asked_terms, 20, None)], granted(VEHICLE.columns))
            found = comparable(await by_description.read(sqlite, *vehicles))
            assert comparable(await by_description.read(postgres, *vehicles)) == found
            hits += len(found[1])
    assert hits > len(people) + 5


@pytest.mark.parametrize("fetch", FETCHES, ids=lambda fetch: fetch.name)
async def test_postgresql_finds_rows_by_an_index_however_few_there_are(
    copied: Address, grant: MakeGrant, fetch: Fetch
) -> None:
    """Of some thousand rows it would read all, because it expects a hundred keys."""
    table = table_of(fetch)
    request = table.request(fetch.key_columns, [], granted(table.columns), grant())
    sql = sql_of(request.query, POSTGRES)
    values = [int(each) if isinstance(each := request.parameters[name], bool) else each for name in sql.names]
    pool = ConnectionPool(copied, connections=1, deadline_s=30, schema="", is_searched=False)
    row = await pool.row(f"EXPLAIN (FORMAT JSON) {sql.text}", values)
    await pool.close()

    assert row is not None
    nodes = [each["Node Type"] for each in plan_nodes(orjson.loads(row[0])[0]["Plan"]) if is_of(each, table.name)]
    assert nodes
    assert {*nodes} <= {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}


async def test_postgresql_plans_a_search_for_its_terms_each_time(copied: Address, grant: MakeGrant) -> None:
    """However often it was executed: a plan for any terms has no index for those that are given."""
    source = PostgresSource("persons", copied, connections=1, deadline_s=30, is_searched=True)
    log: list[tuple[str, Request]] = []
    search = NameSearch(Page(5, None, b"", CURSORS), "Smith", "John", None, None, None)
    await by_name.read(RecordingSource(source, log), grant(), [search], granted(PERSON.columns))
    await source.close()

    (_, request) = log[-1]
    sql = sql_of(request.query, POSTGRES)
    execute = f"EXECUTE search ({', '.join(literal(request.parameters[name]) for name in sql.names)})"
    pool = ConnectionPool(copied, connections=1, deadline_s=30, schema="", is_searched=True)
    await pool.row(f"PREPARE search AS {sql.text}", [])
    for _ in range(8):
        await pool.row(execute, [])
    row = await pool.row(f"EXPLAIN (FORMAT JSON) {execute}", [])
    await pool.close()

    assert row is not None
    assert "$" not in row[0]


def literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return f"{value:d}" if isinstance(value, int) else f"$q${value}$q$"


def plan_nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node of a plan and those below it. A condition in a subquery may read all of another table, and keep it."""
    yield node
    for each in node.get("Plans", ()):
        if each["Parent Relationship"] != "SubPlan":
            yield from plan_nodes(each)


def is_of(node: dict[str, Any], table: str) -> bool:
    return node.get("Relation Name") == table


def test_every_source_and_table_is_compared() -> None:
    assert {fetch.source for fetch in FETCHES} == set(NAMES)
    assert {fetch.table for fetch in FETCHES} == {table.name for table in TABLES}
