"""Sources in a database: `needtoknow seed --to`, `needtoknow sources`, and a server whose sources are there."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bench.postgres_server import PostgresServer
from resolvers.catalogue import NAMES, SPECS
from resolvers.warrants import WARRANT
from schema.column_checks import column_checks
from seed.postgres import tables_of
from sources.postgres.address import Address
from sources.postgres.record_check import check_database
from sources.record_check import BATCH_ROWS
from tests.harness import PEOPLE_COUNT, running_app
from tests.postgres import new_database

COMMAND = Path(sys.executable).with_name("needtoknow")


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, which has an event loop of its own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
    command = [COMMAND, *map(str, arguments)]
    return subprocess.run(command, env=own | environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def world(postgres: PostgresServer) -> str:
    """The name of a database with the world of `seeded`."""
    url = asyncio.run(new_database(postgres))
    done = run("seed", "--people", PEOPLE_COUNT, "--rng", 1, "--to", url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{PEOPLE_COUNT:,} people in 127.0.0.1:")
    return url.rpartition("/")[2]


@pytest.fixture
async def database(postgres: PostgresServer, world: str) -> str:
    """The address of a copy of it."""
    return await new_database(postgres, like=world)


@pytest.mark.slow
async def test_a_database_has_the_same_rows_as_the_files(database: str, seeded: Path) -> None:
    connection = await asyncpg.connect(database)
    count = 0
    for spec in SPECS:
        with closing(sqlite3.connect(seeded / f"{spec.name}.db")) as file:
            for table in (table for metadata in tables_of(spec.name) for table in metadata.sorted_tables):
                select = f"SELECT {', '.join(column.name for column in table.columns)} FROM {table.name}"
                stored = {tuple(row) for row in await connection.fetch(select)}
                assert stored == set(file.execute(select))
                count += len(stored)
    await connection.close()
    assert count > 5 * PEOPLE_COUNT


@pytest.mark.slow
async def test_a_world_in_a_database_is_not_overwritten_by_chance(database: str) -> None:
    again = run("seed", "--people", PEOPLE_COUNT, "--to", database)
    anew = run("seed", "--people", PEOPLE_COUNT + 5, "--rng", 2, "--to", database, "--overwrite")

    assert again.returncode == 1
    assert again.stderr.endswith("already holds a world; --overwrite writes another in its place.\n")
    assert (anew.returncode, anew.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://u:s3cret@db.example/records?sslmode=disable", "sslmode"),
        ("mysql://u:s3cret@127.0.0.1/records", "postgresql://"),
        ("postgresql://u:s3cret@127.0.0.1:1/records", "ConnectionRefusedError"),
    ],
)
def test_an_address_that_cannot_be_used_is_one_line(url: str, why: str) -> None:
    done = run("seed", "--people", 40, "--to", url)

    assert done.returncode == 1
    assert why in done.stderr
    assert "s3cret" not in done.stderr + done.stdout
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
async def test_sources_says_where_each_is_and_what_is_missing(database: str, seeded: Path) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("ALTER TABLE warrant DROP COLUMN bail_cents")
    await connection.execute("DROP INDEX cycle_subject")
    await connection.close()
    addresses = {f"NEEDTOKNOW_SOURCE_{name.upper()}": database for name in NAMES}
    addresses["NEEDTOKNOW_SOURCE_VEHICLES"] = f"sqlite:///{seeded}/vehicles.db"
    addresses["NEEDTOKNOW_SOURCE_PROTECTIVE_ORDERS"] = "postgresql://u:s3cret@127.0.0.1:1/records"
    done = run("sources", "--json", **addresses)
    found = {each["name"]: each for each in json.loads(done.stdout)["sources"]}

    assert done.stderr == ""
    assert {name: (each["kind"], each["status"]) for name, each in found.items()} == {
        **dict.fromkeys(NAMES, ("postgresql", "OK")),
        "vehicles": ("sqlite", "OK"),
        "warrants": ("postgresql", "DOWN"),
        "protective_orders": ("postgresql", "DOWN"),
        "criminal_history": ("postgresql", "DOWN"),
        "firearms": ("postgresql", "OK"),
    }
    assert found["warrants"]["cause"] == "table warrant: column warrant.bail_cents does not exist"
    assert found["protective_orders"]["cause"] == "it cannot be read: nothing listens there (ConnectionRefusedError)"
    assert "table cycle: no index for cii_number" in found["criminal_history"]["cause"]
    assert "s3cret" not in done.stdout + run("sources", **addresses).stdout


BAD_ROWS = {
    "persons": (
        "UPDATE person SET race = 'SECRETVALUE' WHERE id IN ('P0000001', 'P0000002')",
        """UPDATE person SET cautions = '["00", "99"]' WHERE id = 'P0000003'""",
        "UPDATE person SET fbi_number = '000001 DM0' WHERE id = 'P0000001'",
        "UPDATE person SET subject_surname = 'Рейес' WHERE id = 'P0000004'",
    ),
    "warrants": (
        "UPDATE warrant SET number = 'w-000000001' WHERE number = 'W000000001'",
        "UPDATE warrant SET subject_surname = 'SECRETVALUE ', subject_ori = 'ca-9190000' WHERE number = 'w-000000001'",
    ),
    "vehicles": (
        "UPDATE vehicle SET registration_expires_on = 'NONEXP', subject_user = 'JOÃO' WHERE plate = '1NTK009'",
    ),
}
FOUND = ("columns", "notFolded", "rowsWithFaults")


@pytest.mark.slow
async def test_sources_finds_the_same_bad_rows_in_a_database_as_in_files(database: str, data: Path) -> None:
    connection = await asyncpg.connect(database)
    for source, statements in BAD_ROWS.items():
        with closing(sqlite3.connect(data / f"{source}.db")) as file, file:
            for statement in statements:
                await connection.execute(statement)
                file.execute(statement)
    await connection.close()
    addresses = {f"NEEDTOKNOW_SOURCE_{name.upper()}": database for name in NAMES}
    printed = [run("sources", "--json", "--data", data).stdout, run("sources", "--json", **addresses).stdout]
    files, rows = ({each["name"]: each for each in json.loads(text)["sources"]} for text in printed)

    assert {name: {key: rows[name][key] for key in FOUND} for name in NAMES} == {
        name: {key: files[name][key] for key in FOUND} for name in NAMES
    }
    assert rows["persons"]["rowsWithFaults"] == 4
    assert rows["warrants"]["notFolded"] == {"warrant.subject_surname": 1, "warrant.subject_ori": 1}
    assert all(each["checked"] == each["rows"] > 0 for each in rows.values())
    assert "SECRETVALUE" not in "".join(printed)


async def test_the_rows_of_a_database_are_read_in_batches_until_time_is_over(database: str) -> None:
    tables, batches = [WARRANT.stored], list[int]()
    connection = await asyncpg.connect(database)
    others = ", ".join(column.name for column in WARRANT.stored.columns if column.name != "number")
    await connection.execute(f"""
        INSERT INTO warrant (number, {others}) SELECT 'X' || i, {others}
        FROM (SELECT * FROM warrant LIMIT 1) AS one, generate_series(1, 12000) AS i
    """)
    await connection.close()
    address = Address.parse(database, "prefer-standby")
    (whole,) = [each async for each in check_database(address, tables, column_checks(), {}, on_rows=batches.append)]
    (part,) = [
        each
        async for each in check_database(
            address, tables, column_checks(), {}, is_over=lambda: len(batches) > 3, on_rows=batches.append
        )
    ]

    assert (whole.checked, whole.faults) == (whole.rows, {"number": 12_000})
    assert batches[:2] == [BATCH_ROWS] * 2
    assert (part.rows, part.checked) == (whole.rows, BATCH_ROWS)


STOP = """query @inquiry(purpose: C, reason: TRAFFIC_STOP) {
    person(id: "P0000001") { name { full } vehicles { vin } warrants { number } protectiveOrders { number } }
}"""


async def test_a_server_answers_alike_from_files_and_from_a_database(database: str, data: Path, tmp_path: Path) -> None:
    answers: list[Any] = []
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    for folder, addresses in ((data, {}), (elsewhere, dict.fromkeys(NAMES, database))):
        async with running_app(folder, addresses=addresses) as world:
            response = await world.execute(STOP)
            answers.append((response.data, response.errors, response.sources))

    assert answers[0] == answers[1]
    assert answers[0][0]["person"]["name"]["full"]
    assert set(answers[0][2].values()) <= {"OK", "EMPTY", "NO_NUMBER", "NOT_ASKED"}


@pytest.mark.slow
async def test_ask_needs_no_world_here_if_all_sources_are_elsewhere(database: str, tmp_path: Path) -> None:
    addresses = {f"NEEDTOKNOW_SOURCE_{name.upper()}": database for name in NAMES}
    question = tmp_path / "stop.graphql"
    question.write_text(STOP)
    done = run("ask", "--as", "patrol", "--data", tmp_path, question, **addresses)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["data"]["person"]["name"]["full"]
