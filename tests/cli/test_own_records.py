"""docs/your-own-records.md: its tables of columns, and what `needtoknow sources` says of each mistake that it lists."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bench.postgres_server import PostgresServer
from resolvers.catalogue import NAMES
from seed.postgres import copy_world
from sources.postgres.address import Address
from tests.command_line import Run
from tests.postgres import new_database
from tests.remote_server import remote_server
from tests.server_process import CHECKOUT
from tests.tls_files import Authority

PAGE = CHECKOUT / "docs" / "your-own-records.md"
SECTION = PAGE.read_text("utf-8").partition("## What `needtoknow sources` says")[2].partition("\n## ")[0]
LISTED = {(kind, says) for kind, says in re.findall(r"^\| .+? \| (.+?) \| `(.+)` \|$", SECTION, re.MULTILINE)}
ROWS = {
    "UPDATE warrant SET status = 'GONE' WHERE number = 'W000000001'": "1 rows: warrant.status 1",
    "UPDATE warrant SET number = 'w-000000001' WHERE number = 'W000000001'": "1 rows: warrant.number 1",
    "UPDATE warrant SET subject_surname = 'Рейес' WHERE number = 'W000000001'": "1 rows: warrant.subject_surname 1",
    "UPDATE warrant SET subject_surname = 'Reyes' WHERE number = 'W000000001'": "not folded: warrant.subject_surname 1",
    "DROP INDEX warrant_subject": "table warrant: no index for subject_fbi",
}
IN_FILE = {
    "DROP TABLE warrant": "table warrant: no such table: warrant",
    "ALTER TABLE warrant DROP COLUMN bail_cents": "table warrant: no such column: warrant.bail_cents",
    "DROP TABLE surname_key": "searches: no such table: surname_key",
    "DROP INDEX vehicle_looks": "searches: no such index: vehicle_looks",
}
IN_DATABASE = {
    "DROP TABLE warrant": 'table warrant: relation "warrant" does not exist',
    "ALTER TABLE warrant DROP COLUMN bail_cents": "table warrant: column warrant.bail_cents does not exist",
    "DROP TABLE surname_key": 'searches: relation "surname_key" does not exist',
    """ALTER TABLE cycle DROP CONSTRAINT IF EXISTS cycle_is_juvenile_check, ALTER is_juvenile TYPE boolean
       USING is_juvenile = 1""": "table cycle: operator does not exist: boolean = integer",
}


def test_the_tables_of_columns_are_those_of_the_catalogue() -> None:
    spec = importlib.util.spec_from_file_location("record_columns", CHECKOUT / "docs" / "record_columns.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)

    assert PAGE.read_text("utf-8") == writer.page(), "rewrite it with: make docs"


def source_of(statement: str) -> str:
    """The source whose table or index a statement changes."""
    names = {"cycle": "criminal_history", "surname_key": "persons", "vehicle": "vehicles"}
    return next((source for name, source in names.items() if name in statement), "warrants")


def fault_of(run: Run, data: Path, source: str = "warrants") -> str:
    """The last column of a source's line, as it is printed for a wide terminal."""
    found = {each["name"]: each for each in json.loads(run("sources", "--data", data, "--json").out)["sources"]}
    printed = " ".join(run("sources", "--data", data).out.split())
    assert source in printed
    return str(found[source]["cause"] or printed)


@pytest.mark.parametrize(("statement", "says"), (ROWS | IN_FILE).items())
def test_a_mistake_in_a_file_is_said_as_the_page_says(run: Run, data: Path, statement: str, says: str) -> None:
    source = source_of(statement)
    with closing(sqlite3.connect(data / f"{source}.db")) as file, file:
        file.execute(statement)

    assert says in fault_of(run, data, source)
    assert ("any but remote" if statement in ROWS else "file", says) in LISTED


def test_a_file_that_is_none_is_said_as_the_page_says(run: Run, data: Path) -> None:
    (data / "warrants.db").write_bytes(b"no database" * 1_000)
    (data / "vehicles.db").unlink()

    for source in ("warrants", "vehicles"):
        assert ("file", fault_of(run, data, source)) in LISTED


@pytest.fixture(scope="module")
def template(postgres: PostgresServer, seeded: Path) -> str:
    """The name of a database with the world of `seeded`."""
    url = asyncio.run(new_database(postgres))
    copy_world(seeded, Address.parse(url))
    return url.rpartition("/")[2]


@pytest.mark.parametrize(("statement", "says"), (ROWS | IN_DATABASE).items())
def test_a_mistake_in_a_database_is_said_as_the_page_says(
    run: Run,
    data: Path,
    postgres: PostgresServer,
    template: str,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    says: str,
) -> None:
    async def changed() -> str:
        url = await new_database(postgres, like=template)
        connection = await asyncpg.connect(url)
        await connection.execute(statement)
        await connection.close()
        return url

    url = asyncio.run(changed())
    for name in NAMES:
        monkeypatch.setenv(f"NEEDTOKNOW_SOURCE_{name.upper()}", url)

    assert says in fault_of(run, data, source_of(statement))
    assert ("any but remote" if statement in ROWS else "database", says) in LISTED


@contextmanager
def silent() -> Iterator[str]:
    """A listener that accepts connections and sends nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


@contextmanager
def incomplete(data: Path) -> Iterator[str]:
    """The example, which says of no reply that it is complete."""
    program = data.parent / "server.py"
    source = (CHECKOUT / "docs" / "remote_warrants" / "server.py").read_text("utf-8")
    program.write_text(source.replace('"complete": True', '"complete": False'), "utf-8")
    with remote_server(data / "warrants.db", program=program) as url:
        yield url


@pytest.mark.slow
def test_a_mistake_of_a_remote_source_is_said_as_the_page_says(
    run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, other = Authority(tmp_path, "authority"), Authority(tmp_path, "other")
    pair = authority.pair("records", "127.0.0.1")
    tokens = [tmp_path / "theirs.txt", tmp_path / "ours.txt"]
    for file in tokens:
        file.touch(0o600)
        file.write_text(file.stem)
    tls = {"certificate": pair.certificate, "key": pair.key}
    systems: list[tuple[Any, dict[str, Path]]] = [
        (nullcontext("http://127.0.0.1:1/"), {}),
        (remote_server(data / "vehicles.db"), {}),
        (remote_server(data / "warrants.db", token=tokens[0]), {"TOKEN": tokens[1]}),
        (remote_server(data / "warrants.db", **tls), {"CA": other.certificate}),
        (silent(), {}),
        (incomplete(data), {}),
    ]
    said = set()
    for system, files in systems:
        with system as url, monkeypatch.context() as settings:
            settings.setenv("NEEDTOKNOW_SOURCE_WARRANTS", url)
            for name, file in files.items():
                settings.setenv(f"NEEDTOKNOW_SOURCE_WARRANTS_{name}", str(file))
            said.add(("remote", fault_of(run, data)))

    assert said == {(kind, says) for kind, says in LISTED if kind == "remote"}


def test_every_mistake_of_the_page_is_made() -> None:
    made: dict[str, Callable[[], set[str]]] = {
        "any but remote": lambda: {*ROWS.values()},
        "database": lambda: {*IN_DATABASE.values()},
        "file": lambda: {*IN_FILE.values(), "there is no such file", "SQLite cannot read it: SQLITE_NOTADB"},
    }

    assert {(kind, says) for kind, says in LISTED if kind != "remote"} == {
        (kind, says) for kind, sentences in made.items() for says in sentences()
    }
