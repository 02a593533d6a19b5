"""Statements of every fetch: which rows and columns they read, in which order, and by which index."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.rows import as_mapping
from resolvers import criminal_history, persons, protective_orders, vehicles, warrants
from resolvers.catalogue import FETCHES, NAMES, TABLES, open_sources
from resolvers.errors import NotGranted
from resolvers.fetch import BatchResult, Fetch
from resolvers.source_tables import empty_copy
from resolvers.table import Table
from sources.source import Source
from tests.harness import RecordingSource, sql_text
from tests.resolvers.columns import granted
from tests.resolvers.conftest import MakeGrant, SelectRows
from tests.resolvers.searching import query_plan, with_functions

_COMPARABLE = (
    "SELECT DISTINCT replace(replace(replace({0}, ' ', ''), '-', ''), 'O', '0') FROM property_report WHERE {0} NOT NULL"
)
# Selects keys that exist, where that is not every value of the key's columns.
KEYS = {
    "criminal_history.by_subject": "SELECT DISTINCT cii_number FROM cycle WHERE supervision_kind IS NOT NULL",
    "alerts.by_member": "SELECT DISTINCT subject_fbi FROM gang_membership WHERE purge_on > '2026-03-02'",
    "vehicles.by_plate": "SELECT plate_state, plate FROM vehicle WHERE plate IS NOT NULL",
    "firearms.by_serial": "SELECT DISTINCT replace(serial, 'O', '0') FROM firearm",
    "firearms.by_serial_and_make": "SELECT DISTINCT make, replace(serial, 'O', '0') FROM firearm",
    "firearms.by_report": "SELECT number FROM firearm_report",
    "firearms.by_owner": "SELECT DISTINCT owner_license_state, owner_license FROM firearm_transfer WHERE is_current",
    "vehicles.by_plate_of_any_state": "SELECT DISTINCT plate FROM vehicle WHERE plate IS NOT NULL",
    "missing_persons.by_plate": "SELECT DISTINCT plate_state, plate FROM missing_person WHERE plate IS NOT NULL",
    "property.by_plate": "SELECT DISTINCT plate_state, plate FROM property_report WHERE plate IS NOT NULL",
    "property.by_plate_of_any_state": "SELECT DISTINCT plate FROM property_report WHERE plate IS NOT NULL",
    "property.by_vehicle": "SELECT DISTINCT vin, plate_state, plate FROM property_report WHERE vin IS NOT NULL",
    "property.by_serial": _COMPARABLE.format("serial"),
    "property.by_hull": _COMPARABLE.format("hull_number"),
    "property.by_owner_applied": _COMPARABLE.format("owner_applied_number"),
    "accidents.by_driver": """SELECT DISTINCT license_state, license_number FROM accident_party
        WHERE role = '1' AND fault <> 'ANOTHER_AT_FAULT' AND license_number IS NOT NULL""",
    "accidents.by_vehicle": "SELECT DISTINCT vin FROM accident_vehicle WHERE vin IS NOT NULL",
}


def keys_of(fetch: Fetch) -> str:
    """SQL of keys that exist."""
    columns, known = ", ".join(fetch.key_columns), " AND ".join(f"{name} IS NOT NULL" for name in fetch.key_columns)
    return KEYS.get(fetch.name, f"SELECT DISTINCT {columns} FROM {fetch.table} WHERE {known}")


def named(it: Any) -> str:
    return str(it.name)


@pytest.fixture
async def sources(seeded: Path) -> Any:
    opened = open_sources(seeded, connections=1, deadline_s=30)
    yield opened
    for source in opened.values():
        await source.close()


def table_of(fetch: Fetch) -> Table:
    return next(table for table in TABLES if table.layout is fetch.layout)


async def read_all(fetch: Fetch, source: Source, keys: list[Any], grant: MakeGrant, **scope: Any) -> BatchResult:
    return await fetch.read(source, grant(**scope), keys, granted(table_of(fetch).columns))


@pytest.mark.parametrize("fetch", FETCHES, ids=named)
async def test_a_thousand_keys_are_one_statement_by_an_index(
    fetch: Fetch, sources: dict[str, Source], rows: SelectRows, grant: MakeGrant, seeded: Path
) -> None:
    found = rows(fetch.source, keys_of(fetch))
    keys = [row if len(row) > 1 else row[0] for row in found][:900]
    absent = [f"none{number}" for number in range(1000 - len(keys))]
    keys += [("XX", number) for number in absent] if isinstance(keys[0], tuple) else absent
    recording = RecordingSource(sources[fetch.source], [])

    batch = await read_all(fetch, recording, keys, grant)

    assert set(batch.found) == {row if len(row) > 1 else row[0] for row in found[:900]}
    ((_, request),) = recording.log
    assert request.keys == 1000
    with closing(empty_copy(seeded / f"{fetch.source}.db")) as file:
        plan = query_plan(file, request)
    table = table_of(fetch).name
    assert [step for step in plan if step.split()[:2] == ["SCAN", table]] == [], plan
    assert any(step.startswith(f"SEARCH {table} USING ") for step in plan), plan


def test_every_fetch_has_a_known_source_and_a_unique_name() -> None:
    assert {fetch.source for fetch in FETCHES} == set(NAMES)
    assert len({fetch.name for fetch in FETCHES}) == len(FETCHES)


@pytest.mark.parametrize("fetch", FETCHES, ids=named)
def test_a_batch_without_a_grant_is_refused(fetch: Fetch) -> None:
    with pytest.raises(NotGranted):
        table_of(fetch).request(("id",), ["x"], (), "a grant")


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_a_column_that_is_not_granted_is_not_read(table: Table, grant: MakeGrant, seeded: Path) -> None:
    source = next(fetch.source for fetch in FETCHES if table_of(fetch) is table)
    key = table.record.column if table.record else "id"
    file = with_functions(sqlite3.connect(seeded / f"{source}.db", cached_statements=0))
    read: set[str] = set()

    def record(action: int, where: str | None, column: str | None, *_: Any) -> int:
        if action == sqlite3.SQLITE_READ and where == table.name:
            read.add(str(column))
        return sqlite3.SQLITE_OK

    file.set_authorizer(record)

    def columns_read(names: Any) -> set[str]:
        request = table.request((key,), ["x"], granted(names), grant())
        read.clear()
        file.execute(sql_text(request), request.parameters)
        return set(read)

    for_rules = columns_read(())  # the key, the order, and what decides whether a row is visible
    for name in set(table.columns) - for_rules - {"is_confidential"}:  # it decides the mask of an address
        others = columns_read(set(table.columns) - {name})
        only = columns_read([name])
        assert name not in others
        assert name in only or name == "aliases"
        assert only - for_rules <= {name, "is_confidential"}
    file.close()


async def test_lists_are_in_the_order_of_their_table(
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
        batch = await read_all(fetch, sources[fetch.source], keys[::-1], grant, **sees_all)
        assert max(len(found) for found in batch.found.values()) > 1, "nothing to sort"
        for one, found in batch.found.items():
            matches = " AND ".join(f"{name} = ?" for name in key.split(", "))
            values = one if isinstance(one, tuple) else (one,)
            expected = rows(fetch.source, f"SELECT {number} FROM {table} WHERE {matches} ORDER BY {order}", *values)
            assert [as_mapping(row, fetch.layout)[number] for row in found] == [row[0] for row in expected]


async def test_a_masked_ssn_keeps_four_digits(sources: dict[str, Source], rows: SelectRows, grant: MakeGrant) -> None:
    ((number, ssn),) = rows("persons", "SELECT id, ssn FROM person WHERE ssn IS NOT NULL LIMIT 1")
    for is_masked, shown in ((False, ssn), (True, f"***-**-{ssn[-4:]}")):
        batch = await persons.by_id.read(sources["persons"], grant(), [number], granted(["ssn"], is_masked=is_masked))
        assert as_mapping(batch.found[number], persons.PERSON.layout)["ssn"] == shown


@pytest.mark.parametrize(
    ("fetch", "number"), [(persons.by_id, "id"), (vehicles.by_vin, "vin")], ids=["person", "vehicle"]
)
async def test_a_flagged_address_leaves_its_source_only_with_a_grant_for_it(
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
            batch = await fetch.read(sources[fetch.source], given, [key], granted(parts))
            hidden = [None, None, None, "ADDRESS CONFIDENTIAL"]
            row = as_mapping(batch.found[key], fetch.layout)
            assert [row[part] for part in parts] == (hidden if is_flagged and not sees else stored)


async def test_a_flagged_protected_party_cannot_be_reached(
    sources: dict[str, Source], rows: SelectRows, grant: MakeGrant
) -> None:
    ((order,),) = rows("protective_orders", "SELECT order_number FROM protected_party WHERE is_confidential LIMIT 1")
    fetch = protective_orders.parties_by_order
    batch = await read_all(fetch, sources["protective_orders"], [order], grant, sees_confidential=False)

    parties = [as_mapping(row, fetch.layout) for row in batch.found[order]]
    flagged = [party for party in parties if party["is_confidential"]]
    assert flagged
    reach = ("street", "city", "state", "postal_code", "phone")
    assert {tuple(party[name] for name in reach) for party in flagged} == {("ADDRESS CONFIDENTIAL", *[None] * 4)}


async def test_aliases_come_as_json_in_order_of_name(
    sources: dict[str, Source], rows: SelectRows, grant: MakeGrant
) -> None:
    ((number,),) = rows("persons", "SELECT person FROM alias GROUP BY person ORDER BY count(*) DESC, person LIMIT 1")
    batch = await persons.by_id.read(sources["persons"], grant(), [number], granted(["aliases"]))
    expected = rows(
        "persons",
        "SELECT given, middle, surname, suffix FROM alias WHERE person = ? ORDER BY surname, given, middle",
        number,
    )

    aliases = orjson.loads(as_mapping(batch.found[number], persons.PERSON.layout)["aliases"])
    assert [tuple(alias.values()) for alias in aliases] == expected
