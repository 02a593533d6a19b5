"""Which rows and columns of a history leave the source, for every combination of what a caller may see.

The rule is written a second time here, in Python and from its text alone, and compared over a seeded file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from engine.rows import as_mapping
from resolvers.criminal_history import (
    by_cii,
    charges_by_cycle,
    cycles_by_cii,
    programs_by_cii,
    relief_by_cii,
    supervision_by_cii,
)
from resolvers.errors import RelatedSubject
from resolvers.subject_columns import SQL_FUNCTIONS
from sources.sqlite.source import SqliteSource
from tests.file_renewal import renewed
from tests.resolvers.columns import granted
from tests.resolvers.conftest import MakeGrant

FLAGS = ("sees_convictions", "sees_arrests", "sees_supervision", "sees_sealed", "sees_juvenile")
COMBINATIONS = [dict(zip(FLAGS, each, strict=True)) for each in product((False, True), repeat=len(FLAGS))]
ARREST_COLUMNS = ("arrested_on", "agency_ori", "booking_number", "custody_status", "custody_facility_ori")
PRETRIAL_COLUMNS = ("pretrial_release", "pretrial_arraigned_on", "pretrial_bail_set_cents", "pretrial_conditions")
DIVERSION_COLUMNS = ("diversion_kind", "diversion_status", "diversion_program", "diversion_conditions")
OPEN_DIVERSIONS = {"UNDER_WAY", "TERMINATED"}
SUPERVISION_COLUMNS = ("supervision_kind", "supervision_status", "supervision_starts_on", "supervision_ends_on")

PARTS = {
    "relief": "(id, cii_number, cycle, kind, granted_on) VALUES (:id, :cii, :cycle, 'PARDON', '2020-01-01')",
    "program": "(id, cii_number, cycle, kind, name, status, started_on)"
    " VALUES (:id, :cii, :cycle, 'EDUCATION', 'X', 'ENROLLED', '2020-01-01')",
}

# The source, and all its rows of cycles and of charges.
History = tuple[SqliteSource, list[dict[str, Any]], list[dict[str, Any]]]
Read = Callable[..., Awaitable[Any]]


def combination(flags: dict[str, bool]) -> str:
    return "+".join(name.removeprefix("sees_") for name, sees in flags.items() if sees) or "nothing"


def sees_arrest(cycle: dict[str, Any], flags: dict[str, bool]) -> bool:
    """A conviction is for those who may know convictions, an arrest without one for those who may know arrests."""
    return flags["sees_convictions"] if cycle["has_conviction"] else flags["sees_arrests"]


def is_sealed(cycle: dict[str, Any]) -> bool:
    """A completed diversion seals an arrest, and so does one of which nothing is known."""
    kind, status = cycle["diversion_kind"], cycle["diversion_status"]
    return bool(cycle["is_sealed"]) or (status not in OPEN_DIVERSIONS and (kind, status) != (None, None))


def sees_cycle(cycle: dict[str, Any], flags: dict[str, bool]) -> bool:
    if is_sealed(cycle) and not flags["sees_sealed"]:
        return False
    if cycle["is_juvenile"] and not flags["sees_juvenile"]:
        return False
    return sees_arrest(cycle, flags) or (cycle["supervision_kind"] is not None and flags["sees_supervision"])


@pytest.fixture
async def history(data: Path) -> AsyncIterator[History]:
    """The seeded histories, with every kind of cycle among them, also those that the seed does not make."""
    file = sqlite3.connect(data / "criminal_history.db")
    file.execute(
        "UPDATE cycle SET supervision_kind = 'PROBATION', supervision_status = 'ACTIVE'"
        " WHERE NOT has_conviction AND id % 3 = 0"
    )
    for place, (kind, status) in enumerate(product(("DRUG", None), ("UNDER_WAY", "COMPLETED", "completed", "", None))):
        file.execute(
            "UPDATE cycle SET diversion_kind = ?, diversion_status = ?, is_sealed = 0, supervision_kind = 'PROBATION'"
            " WHERE NOT has_conviction AND id % 20 = ?",
            (kind, status, place),
        )
    for sealed, juvenile, kind in product((0, 1), (0, 1), (None, "PAROLE")):
        (last,) = file.execute("SELECT max(id) FROM cycle").fetchone()
        for has_conviction in (0, 1):
            if sealed and has_conviction:
                continue
            number = f"A9{sealed}{juvenile}{has_conviction}{int(kind is None)}000"
            file.execute("INSERT INTO subject VALUES (?, ?, 'ODD', NULL, NULL, 0)", (number, f"F{number}"))
            last += 1
            file.execute(
                "INSERT INTO cycle (id, cii_number, sequence, arrested_on, agency_ori, status, is_sealed, is_juvenile,"
                " has_conviction, supervision_kind, supervision_terms)"
                " VALUES (?, ?, 1, '2020-01-01', 'X', 'X', ?, ?, ?, ?, '[]')",
                (last, number, sealed, juvenile, has_conviction, kind),
            )
            for table in ("relief", "program"):
                file.execute(f"INSERT INTO {table} {PARTS[table]}", {"id": last, "cii": number, "cycle": last})
    file.execute("UPDATE cycle SET pretrial_release = 'CUSTODY', pretrial_next_appearance_on = '2026-02-01'")
    file.commit()
    file.row_factory = sqlite3.Row
    cycles = [dict(row) for row in file.execute("SELECT * FROM cycle")]
    charges = [dict(row) for row in file.execute("SELECT * FROM charge")]
    file.close()
    path = data / "criminal_history.db"
    source = SqliteSource("criminal_history", path, connections=1, deadline_s=30, functions=SQL_FUNCTIONS)
    yield source, cycles, charges
    await source.close()


@pytest.fixture
def read(grant: MakeGrant) -> Read:
    async def read(fetch: Any, source: Any, keys: Any, columns: Any, flags: Any) -> Any:
        given = grant(**flags)
        batch = await fetch.read(source, given, sorted(keys), granted(columns))
        for key, rows in batch.found.items() if fetch is not by_cii else ():
            batch.found[key] = [as_mapping(row, fetch.layout) for row in rows]
        return batch

    return read


def test_the_file_holds_every_kind_of_cycle(history: History) -> None:
    _, cycles, _ = history
    kinds = {
        (bool(c["is_sealed"]), bool(c["is_juvenile"]), bool(c["has_conviction"]), c["supervision_kind"] is not None)
        for c in cycles
    }

    # A sealed arrest is no conviction: a CHECK of the file refuses it.
    assert kinds == {each for each in product((False, True), repeat=4) if not (each[0] and each[2])}


@pytest.mark.parametrize("flags", COMBINATIONS, ids=combination)
async def test_a_cycle_is_visible_to_callers_who_may_know_of_it(
    history: History, read: Read, flags: dict[str, bool]
) -> None:
    source, cycles, _ = history
    batch = await read(cycles_by_cii, source, {cycle["cii_number"] for cycle in cycles}, ("id",), flags)

    visible = {row["id"] for rows in batch.found.values() for row in rows}
    assert visible == {cycle["id"] for cycle in cycles if sees_cycle(cycle, flags)}
    assert all(batch.found.values())


@pytest.mark.parametrize("flags", COMBINATIONS, ids=combination)
async def test_a_subject_without_a_visible_cycle_is_absent(
    history: History, read: Read, flags: dict[str, bool]
) -> None:
    source, cycles, _ = history
    keys = {cycle["cii_number"] for cycle in cycles}
    batch = await read(by_cii, source, keys, ("cii_number",), flags)

    assert set(batch.found) == {cycle["cii_number"] for cycle in cycles if sees_cycle(cycle, flags)}
    assert set(batch.records) == {f"criminal_history/{number}" for number in batch.found}


@pytest.mark.parametrize("flags", COMBINATIONS, ids=combination)
async def test_a_cycle_visible_for_its_supervision_shows_nothing_else(
    history: History, read: Read, flags: dict[str, bool]
) -> None:
    source, cycles, _ = history
    columns = ("id", *ARREST_COLUMNS, *SUPERVISION_COLUMNS)
    batch = await read(cycles_by_cii, source, {cycle["cii_number"] for cycle in cycles}, columns, flags)
    by_id = {cycle["id"]: cycle for cycle in cycles}

    for row in (row for rows in batch.found.values() for row in rows):
        cycle = by_id[row["id"]]
        assert [row[name] for name in ARREST_COLUMNS] == [
            cycle[name] if sees_arrest(cycle, flags) else None for name in ARREST_COLUMNS
        ]
        assert [row[name] for name in SUPERVISION_COLUMNS] == [
            cycle[name] if flags["sees_supervision"] else None for name in SUPERVISION_COLUMNS
        ]


@pytest.mark.parametrize("flags", COMBINATIONS, ids=combination)
async def test_bail_and_diversion_are_shown_within_a_visible_arrest_only(
    history: History, read: Read, flags: dict[str, bool]
) -> None:
    """A diversion and a hearing to come tell of a charge without a conviction."""
    source, cycles, _ = history
    columns = ("id", "status", "pretrial_next_appearance_on", *PRETRIAL_COLUMNS, *DIVERSION_COLUMNS)
    batch = await read(cycles_by_cii, source, {cycle["cii_number"] for cycle in cycles}, columns, flags)
    by_id = {cycle["id"]: cycle for cycle in cycles}

    for row in (row for rows in batch.found.values() for row in rows):
        cycle = by_id[row["id"]]
        sees = sees_arrest(cycle, flags)
        sees_open = sees and flags["sees_arrests"]
        assert row["status"] == (cycle["status"] if sees_open else "DISPOSED" if sees else None)
        assert (row["pretrial_next_appearance_on"] is not None) == sees_open
        assert [row[name] for name in PRETRIAL_COLUMNS] == [cycle[name] if sees else None for name in PRETRIAL_COLUMNS]
        assert [row[name] for name in DIVERSION_COLUMNS] == [
            cycle[name] if sees_open else None for name in DIVERSION_COLUMNS
        ]


@pytest.mark.parametrize("flags", COMBINATIONS, ids=combination)
async def test_relief_and_programs_are_hidden_with_their_cycle(
    history: History, read: Read, flags: dict[str, bool]
) -> None:
    source, cycles, _ = history
    by_id = {cycle["id"]: cycle for cycle in cycles}
    for table, fetch, day in (("relief", relief_by_cii, "granted_on"), ("program", programs_by_cii, "started_on")):
        with closing(sqlite3.connect(source.path)) as file:
            stored = [(by_id[cycle], on) for cycle, on in file.execute(f"SELECT cycle, {day} FROM {table}")]
        batch = await read(fetch, source, {cycle["cii_number"] for cycle in cycles}, (day,), flags)

        shown = sorted((key, row[day]) for key, rows in batch.found.items() for row in rows)
        assert shown == sorted(
            (cycle["cii_number"], on)
            for cycle, on in stored
            if sees_cycle(cycle, flags)
            and (table == "program" or (cycle["has_conviction"] and flags["sees_convictions"]))
        )


@pytest.mark.parametrize("flags", COMBINATIONS, ids=combination)
async def test_supervision_of_a_completed_diversion_is_of_nobody(
    history: History, read: Read, flags: dict[str, bool]
) -> None:
    source, cycles, _ = history
    keys = {cycle["cii_number"] for cycle in cycles}
    batch = await read(supervision_by_cii, source, keys, ("supervision_starts_on",), flags)
    shown = [
        cycle["cii_number"]
        for cycle in cycles
        if flags["sees_supervision"] and cycle["supervision_kind"] and not is_sealed(cycle) and not cycle["is_juvenile"]
    ]

    assert sorted(key for key, rows in batch.found.items() for _ in rows) == sorted(shown)


@pytest.mark.parametrize("flags", COMBINATIONS, ids=combination)
async def test_a_charge_is_visible_as_conviction_or_as_arrest(
    history: History, read: Read, flags: dict[str, bool]
) -> None:
    source, _, charges = history
    batch = await read(charges_by_cycle, source, {each["cycle"] for each in charges}, ("code",), flags)

    visible = sorted((cycle, row["code"]) for cycle, rows in batch.found.items() for row in rows)
    assert visible == sorted(
        (each["cycle"], each["code"])
        for each in charges
        if flags["sees_convictions" if each["disposition_kind"] == "CONVICTED" else "sees_arrests"]
    )


@pytest.mark.parametrize("sees_related", [False, True], ids=["withheld", "flagged"])
async def test_cycles_are_visible_exactly_if_their_subject_is(
    history: History, grant: MakeGrant, data: Path, sees_related: bool
) -> None:
    source, cycles, _ = history
    given = grant(sees_related=sees_related, **dict.fromkeys(FLAGS, True))
    keys = sorted({cycle["cii_number"] for cycle in cycles})
    with renewed(data / "criminal_history.db") as file:
        for table, number in product(PARTS, keys[:3]):
            (cycle,) = file.execute("SELECT id FROM cycle WHERE cii_number = ?", (number,)).fetchone()
            file.execute(
                "UPDATE cycle SET has_conviction = 1, diversion_status = NULL, is_sealed = 0 WHERE id = ?", (cycle,)
            )
            values = {"id": 10**9 + cycle, "cii": number, "cycle": cycle}
            file.execute(f"INSERT INTO {table} {PARTS[table]}", values)
    relations = {
        "subject_user": given.scope.user,
        "subject_surname": given.scope.surname,
        "subject_ori": given.scope.ori,
    }
    with renewed(data / "criminal_history.db") as file:
        for number, (column, value) in zip(keys, relations.items(), strict=False):
            file.execute(f"UPDATE subject SET {column} = ? WHERE cii_number = ?", (value, number))

    subjects = await by_cii.read(source, given, keys, granted(()))
    withheld = {key for key, each in subjects.found.items() if isinstance(each, RelatedSubject)}
    relieved = "relief JOIN cycle ON cycle.id = relief.cycle AND has_conviction"
    for fetch, tables in ((cycles_by_cii, "cycle"), (relief_by_cii, relieved), (programs_by_cii, "program")):
        with closing(sqlite3.connect(source.path)) as file:
            having = {number for (number,) in file.execute(f"SELECT {tables.split()[0]}.cii_number FROM {tables}")}
        assert {*keys[:3]} <= having
        found = await fetch.read(source, given, keys, granted(()))
        assert set(found.found) == (set(subjects.found) - withheld) & having
    assert (len(subjects.found), len(withheld)) == (len(keys) - 1, 0 if sees_related else 2)
