"""`needtoknow audit` on a journal in a PostgreSQL database."""

import asyncio
import json
from pathlib import Path

import pytest

from audit.entry import Entry, Kind
from audit.postgres.store import PostgresStore
from bench.postgres_server import PostgresServer
from sources.postgres.address import Address
from tests.audit.postgres.databases import PASSWORD, new_journal
from tests.command_line import Run
from tests.postgres import new_database

ID = "ab" * 16


@pytest.fixture
def store(postgres: PostgresServer, run: Run, monkeypatch: pytest.MonkeyPatch) -> PostgresStore:
    """A journal with an intent and its release, which NEEDTOKNOW_JOURNAL names."""
    address = asyncio.run(new_journal(postgres)).as_server
    store = PostgresStore(address)
    for kind in (Kind.INTENT, Kind.RELEASE):
        entry = Entry(id=ID, kind=kind, user="a", role="patrol", record_ids=("persons/P0000001",))
        asyncio.run(store.append_once(entry))
    monkeypatch.setenv("NEEDTOKNOW_JOURNAL", address.url)
    return store


def test_the_journal_is_verified(store: PostgresStore, run: Run, tmp_path: Path) -> None:
    result = run("audit", "verify", "--data", tmp_path)

    assert result.status == 0
    assert result.out.splitlines()[0] == "The journal is whole. Entries: 2"


def test_a_search_is_recorded_and_finds_the_entries(store: PostgresStore, run: Run, tmp_path: Path) -> None:
    result = run("audit", "search", "--data", tmp_path, "--subject", "P0000001", "--json")

    assert [json.loads(line)["kind"] for line in result.out.splitlines()] == ["RELEASE", "INTENT"]
    assert [found.entry.filters for found in store.search(kind="READ")] == [("subject=persons/P0000001",)]


def test_an_inquiry_is_shown(store: PostgresStore, run: Run, tmp_path: Path) -> None:
    result = run("audit", "show", ID, "--data", tmp_path, "--json")

    assert [entry["kind"] for entry in json.loads(result.out)["entries"]] == ["RELEASE", "INTENT"]


def test_a_report_counts_the_inquiries(store: PostgresStore, run: Run, tmp_path: Path) -> None:
    result = run("audit", "report", "--data", tmp_path)

    assert result.status == 0
    assert result.out.splitlines()[1].startswith("Inquiries: 1. Officers: 1.")


def test_the_journal_is_created_by_a_command(
    postgres: PostgresServer, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NEEDTOKNOW_JOURNAL", asyncio.run(new_database(postgres)))

    before = run("audit", "verify", "--data", tmp_path)
    created, again = run("audit", "migrate"), run("audit", "migrate", "--reader", "pg_monitor")
    unknown = run("audit", "migrate", "--writer", "nobody-knows-this-role")

    assert (before.status, before.err.endswith("there is no journal in this database; `needtoknow audit migrate`"
                                               " creates it.\n")) == (1, True)  # fmt: skip
    assert created.out.endswith(" was created.\n")
    assert again.out.endswith(" was there.\n")
    assert unknown.err.endswith('role "nobody-knows-this-role" does not exist.\n')


def test_a_journal_in_a_file_is_not_migrated(run: Run) -> None:
    result = run("audit", "migrate")

    assert result.err == (
        "needtoknow: NEEDTOKNOW_JOURNAL names no database. A server creates a journal in a file by itself.\n"
    )


def test_no_password_is_printed(
    postgres: PostgresServer, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    address = asyncio.run(new_journal(postgres)).as_server
    monkeypatch.setenv("NEEDTOKNOW_JOURNAL", Address.parse(address.url.replace("/test_", "/missing_")).url)

    printed = [run("audit", *arguments, "--data", tmp_path) for arguments in (["verify"], ["search"], ["show", ID])]

    assert {result.status for result in printed} == {1}
    assert PASSWORD not in "".join(result.out + result.err for result in printed)
