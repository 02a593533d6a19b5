"""The statements of every fetch: which rows and columns they read, in what order, and by which index."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.rows import as_mapping as by_name
from resolvers import criminal_history, persons, protective_orders, vehicles, warrants
from resolvers.catalogue import NAMES, open_sources
from resolvers.errors import NotGranted
from resolvers.fetch import Fetch, by_key
from resolvers.record import RecordKind
from resolvers.table import Column, Table
from sources.source import Source, Statement
from sources.sqlite.source import SqliteSource
from tests.resolvers.conftest import MakeGrant, SelectRows
from tests.resolvers.seen import seen

ROOMS = (criminal_history, persons, protective_orders, vehicles, warrants)
FETCHES = [each for room in ROOMS for each in vars(room).values() if isinstance(each, Fetch)]
TABLES = [each for room in ROOMS for each in vars(room).values() if isinstance(each, Table)]

# Where each fetch has its keys from, to ask for what is there.
KEYS = {
    "criminal_history.by_cii": "SELECT cii_number FROM subject",
    "criminal_history.by_cii_number": "SELECT DISTINCT cii_number FROM cycle",
    "criminal_history.by_cycle": "SELECT DISTINCT cycle FROM charge",
    "persons.by_id": "SELECT id FROM person",
    "persons.by_license": "SELECT license_state, license_number FROM person WHERE license_number IS NOT NULL",
    "persons.by_ssn": "SELECT ssn FROM person WHERE ssn IS NOT NULL",
    "persons.by_cii": "SELECT cii_number FROM person WHERE cii_number IS NOT NULL",
    "persons.by_fbi": "SELECT fbi_number FROM person WHERE fbi_number IS NOT NULL",
    "persons.by_carpos": "SELECT carpos_number FROM person WHERE carpos_number IS NOT NULL",
    "protective_orders.by_number": "SELECT number FROM protective_order",
    "protective_orders.by_restrained": "SELECT DISTINCT restrained_carpos FROM protective_order",
    "protective_orders.by_order": "SELECT DISTINCT order_number FROM protected_party",
    "vehicles.by_vin": "SELECT vin FROM vehicle",
    "vehicles.by_plate": "SELECT plate_state, plate FROM vehicle WHERE plate IS NOT NULL",
    "vehicles.by_owner": "SELECT DISTINCT owner_license_state, owner_license FROM vehicle"
    " WHERE owner_license IS NOT NULL",
    "warrants.by_number": "SELECT number FROM warrant",
    "warrants.by_person": "SELECT DISTINCT subject_fbi FROM warrant",
}


def named(it: Any) -> str:
    return str(it.name)


@pytest.fixture
async def sources(seeded: Path) -> Any:
    opened = open_sources(seeded, connections=1, deadline_s=30)
    yield opened
    for source in opened.values():
        await source.close()


class Heard:
    """A source that remembers its statements."""

    answered_at = None

    def __init__(self, inner: Source) -> None:
        self.inner, self.name = inner, inner.name
        self.statements: list[Any] = []

    async def fetch(self, statement: Any) -> Any:
        self.statements.append(statement)
        return await self.inner.fetch(statement)

    async def close(self) -> None: ...


def table_of(fetch: Fetch) -> Table:
    (table,) = [each.cell_contents for each in fetch.ask.__closure__ if isinstance(each.cell_contents, Table)]
    return table


async def answered(fetch: Fetch, source: Source, keys: list[Any], grant: MakeGrant, **scope: Any) -> Any:
    given = grant(**scope)
    return await fetch.ask(source, given, keys, seen(table_of(fetch).columns))


@pytest.mark.parametrize("fetch", FETCHES, ids=named)
async def test_a_thousand_keys_are_one_statement_by_an_index(
    fetch: Fetch, sources: dict[str, Source], rows: SelectRows, grant: MakeGrant, seeded: Path
) -> None:
    found = rows(fetch.source, KEYS[fetch.name])
    keys = [row if len(row) > 1 else row[0] for row in found][:900]
    nobody = [f"none{place}" for place in range(1000 - len(keys))]
    keys += [("XX", number) for number in nobody] if isinstance(keys[0], tuple) else nobody
    heard = Heard(sources[fetch.source])

    batch = await answered(fetch, heard, keys, grant)

    assert set(batch.found) == {row if len(row) > 1 else row[0] for row in found[:900]}
    (statement,) = heard.statements
    assert statement.keys == 1000
    plan = plan_of(seeded / f"{fetch.source}.db", statement)
    table = table_of(fetch).name
    assert [step for step in plan if step.split()[:2] == ["SCAN", table]] == [], plan
    assert any(step.startswith(f"SEARCH {table} USING ") for step in plan), plan


def plan_of(path: Path, statement: Statement) -> list[str]:
    with closing(sqlite3.connect(path)) as file:
        return [row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {statement.text}", statement.parameters)]


def test_every_fetch_has_a_source_that_there_is_and_a_name_of_its_own() -> None:
    assert {fetch.source for fetch in FETCHES} == set(NAMES)
    assert len({fetch.name for fetch in FETCHES}) == len(FETCHES) == len(KEYS)


@pytest.mark.parametrize("fetch", FETCHES, ids=named)
def test_a_batch_cannot_be_asked_for_without_a_grant(fetch: Fetch) -> None:
    with pytest.raises(NotGranted):
        table_of(fetch).select(("id",), ["x"], (), "a grant")


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_a_column_that_is_not_granted_is_not_read(table: Table, grant: MakeGrant, seeded: Path) -> None:
    source = next(fetch.source for fetch in FETCHES if table_of(fetch) is table)
    key = table.number if table.record else "id"
    file = sqlite3.connect(seeded / f"{source}.db", cached_statements=0)
    read: set[str] = set()

    def note(action: int, where: str | None, column: str | None, *_: Any) -> int:
        if action == sqlite3.SQLITE_READ and where == table.name:
            read.add(str(column))
        return sqlite3.SQLITE_OK

    file.set_authorizer(note)

    def columns_read(names: Any) -> set[str]:
        statement = table.select((key,), ["x"], seen(names), grant())
        read.clear()
        file.execute(statement.text, statement.parameters)
        return set(read)

    for_rules = columns_read(())  # the key, the order, and what decides whether a row may be seen
    for name in set(table.columns) - for_rules - {"is_confidential"}:  # which the address is masked by
        others = columns_read(set(table.columns) - {name})
        only = columns_read([name])
        assert name not in others
        assert name in only or name == "aliases"
        assert only - for_rules <= {name, "is_confidential"}
    file.close()


async def test_lists_are_in_the_order_that_their_table_says(
    sources: dict[str, Source], rows: SelectRows, grant: MakeGrant
) -> None:
    sees_all = dict.fromkeys(("sees_convictions", "sees_arrests", "sees_sealed", "sees_juvenile"), True)
    for fetch, key, order, number in [
        (vehicles.by_owner, "owner_license_state, owner_license", "year DESC, vin", "vin"),
        (warrants.by_person, "subject_fbi", "issued_on DESC, number", "number"),
        (criminal_history.cycles_by_cii, "cii_number", "arrested_on DESC, sequence DESC", "id"),
    ]:
        table = table_of(fetch).name
        keys = rows(fetch.source, f"SELECT DISTINCT {key} FROM {table}")
        keys = [row if len(row) > 1 else row[0] for row in keys if None not in row]
        batch = await answered(fetch, sources[fetch.source], keys[::-1], grant, **sees_all)
        assert max(len(found) for found in batch.found.values()) > 1, "nothing to put in order"
        for one, found in batch.found.items():
            places = " AND ".join(f"{name} = ?" for name in key.split(", "))
            values = one if isinstance(one, tuple) else (one,)
            expected = rows(fetch.source, f"SELECT {number} FROM {table} WHERE {places} ORDER BY {order}", *values)
            assert [by_name(row, fetch.layout)[number] for row in found] == [row[0] for row in expected]


@pytest.fixture
async def marked(tmp_path: Path) -> Any:
    """Five rows that differ only in whom they are about."""
    path = tmp_path / "marked.db"
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE thing (id TEXT, value TEXT, subject_surname TEXT, subject_user TEXT, subject_ori TEXT)")
    file.executemany(
        "INSERT INTO thing VALUES (?, ?, ?, ?, ?)",
        [
            ("stranger", "v1", "OTHER", None, None),
            ("officer", "v2", "OTHER", "u-2", "CA0009999"),
            ("own", "v3", "NOBODY", "u-1", "CA0000000"),
            ("own elsewhere", "v4", "MARRIED", "u-1", None),
            ("namesake", "v5", "NOBODY", None, None),
            ("colleague", "v6", "OTHER", "u-3", "CA0000000"),
            ("colleague without account", "v7", "OTHER", None, "CA0000000"),
        ],
    )
    file.commit()
    file.close()
    source = SqliteSource("marked", path, connections=1, deadline_s=30)
    yield source
    await source.close()


THING = Table(
    "thing", {"value": Column("value", masked="'***' || substr(value, -1)")}, record=RecordKind("things", "id", ".+")
)
EVERYBODY = [
    *("stranger", "officer", "own", "own elsewhere", "namesake", "colleague", "colleague without account", "none"),
]


async def test_a_caller_who_has_stepped_up_sees_all_but_their_own(marked: Source, grant: MakeGrant) -> None:
    fetch = by_key("marked", THING, "id", ("id",))
    batch = await answered(fetch, marked, EVERYBODY, grant, is_stepped_up=True)

    assert set(batch.found) == set(EVERYBODY) - {"own", "own elsewhere", "none"}
    assert batch.flags == {"OWN_RECORD", "SAME_SURNAME", "COLLEAGUE"}
    assert sorted(batch.records) == sorted(f"things/{key}" for key in batch.found)


@pytest.mark.parametrize(
    ("key", "flags"),
    [
        ("stranger", set()),
        ("own", {"OWN_RECORD"}),
        ("namesake", {"SAME_SURNAME"}),
        ("colleague", {"COLLEAGUE"}),
        ("none", set()),
    ],
)
async def test_what_a_record_is_to_the_caller_is_marked(
    marked: Source, grant: MakeGrant, key: str, flags: set[str]
) -> None:
    batch = await answered(by_key("marked", THING, "id", ("id",)), marked, [key], grant, is_stepped_up=True)

    assert batch.flags == flags


async def test_a_caller_who_has_not_sees_strangers_only(marked: Source, grant: MakeGrant) -> None:
    fetch = by_key("marked", THING, "id", ("id",))
    batch = await answered(fetch, marked, EVERYBODY, grant, is_stepped_up=False)

    assert set(batch.found) == {"stranger", "officer"}


@pytest.mark.parametrize("key", ["own", "own elsewhere"])
@pytest.mark.parametrize("is_stepped_up", [False, True])
async def test_of_the_caller_s_own_record_only_a_mark_leaves_the_source(
    marked: Source, grant: MakeGrant, key: str, is_stepped_up: bool
) -> None:
    given = grant(is_stepped_up=is_stepped_up)
    found = await marked.fetch(THING.select(("id",), [key], seen(["value"]), given))

    assert found == [[None, None, 1]]


@pytest.mark.parametrize("key", ["namesake", "colleague", "none"])
async def test_who_is_out_of_sight_looks_like_nobody(marked: Source, grant: MakeGrant, key: str) -> None:
    given = grant(is_stepped_up=False)

    assert await marked.fetch(THING.select(("id",), [key], seen(["value"]), given)) == []


async def test_a_mask_is_made_by_the_source(marked: Source, grant: MakeGrant) -> None:
    given = grant(is_masked=True)

    found = await marked.fetch(THING.select(("id",), ["stranger"], seen(["value"], is_masked=True), given))

    assert found == [["stranger", "stranger", 0, "***1"]]


async def test_a_masked_ssn_keeps_four_digits(sources: dict[str, Source], rows: SelectRows, grant: MakeGrant) -> None:
    ((number, ssn),) = rows("persons", "SELECT id, ssn FROM person WHERE ssn IS NOT NULL LIMIT 1")
    for is_masked, shown in ((False, ssn), (True, f"***-**-{ssn[-4:]}")):
        batch = await persons.by_id.ask(sources["persons"], grant(), [number], seen(["ssn"], is_masked=is_masked))
        assert by_name(batch.found[number], persons.PERSON.layout)["ssn"] == shown


@pytest.mark.parametrize(
    ("fetch", "number"), [(persons.by_id, "id"), (vehicles.by_vin, "vin")], ids=["person", "vehicle"]
)
async def test_a_flagged_address_leaves_its_source_only_for_those_who_may_see_it(
    sources: dict[str, Source], rows: SelectRows, grant: MakeGrant, fetch: Fetch, number: str
) -> None:
    table = table_of(fetch).name
    parts = ("city", "postal_code", "state", "street")
    for is_flagged in (0, 1):
        ((key, *stored),) = rows(
            fetch.source,
            f"SELECT {number}, {', '.join(parts)} FROM {table} WHERE is_confidential = ? LIMIT 1",
            is_flagged,
        )
        for sees in (False, True):
            given = grant(sees_confidential=sees)
            batch = await fetch.ask(sources[fetch.source], given, [key], seen(parts))
            hidden = [None, None, None, "ADDRESS CONFIDENTIAL"]
            row = by_name(batch.found[key], fetch.layout)
            assert [row[part] for part in parts] == (hidden if is_flagged and not sees else stored)


async def test_a_flagged_protected_party_cannot_be_reached(
    sources: dict[str, Source], rows: SelectRows, grant: MakeGrant
) -> None:
    ((order,),) = rows("protective_orders", "SELECT order_number FROM protected_party WHERE is_confidential LIMIT 1")
    fetch = protective_orders.parties_by_order
    batch = await answered(fetch, sources["protective_orders"], [order], grant, sees_confidential=False)

    parties = [by_name(row, fetch.layout) for row in batch.found[order]]
    flagged = [party for party in parties if party["is_confidential"]]
    assert flagged
    reach = ("street", "city", "state", "postal_code", "phone")
    assert {tuple(party[name] for name in reach) for party in flagged} == {("ADDRESS CONFIDENTIAL", *[None] * 4)}


async def test_aliases_come_as_json_in_order_of_name(
    sources: dict[str, Source], rows: SelectRows, grant: MakeGrant
) -> None:
    ((number,),) = rows("persons", "SELECT person FROM alias GROUP BY person ORDER BY count(*) DESC, person LIMIT 1")
    batch = await persons.by_id.ask(sources["persons"], grant(), [number], seen(["aliases"]))
    expected = rows(
        "persons",
        "SELECT given, middle, surname, suffix FROM alias WHERE person = ? ORDER BY surname, given, middle",
        number,
    )

    aliases = orjson.loads(by_name(batch.found[number], persons.PERSON.layout)["aliases"])
    assert [tuple(alias.values()) for alias in aliases] == expected


def test_statements_of_one_shape_are_one_text(grant: MakeGrant) -> None:
    one, other = (THING.select(("id",), keys, seen(["value"]), grant()) for keys in (["a"], ["b", "c"]))

    assert one.text is other.text
