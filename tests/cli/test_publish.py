"""`needtoknow publish` and `needtoknow revoke`."""

import asyncio
import json
from pathlib import Path

import orjson
import pytest
from joserfc.jwk import ECKey

from audit.changes import Change, ChangeKind
from audit.postgres.changes import read_changes
from bench.postgres_server import PostgresServer
from policy.table import MATRIX, Policy
from tests.audit.postgres.databases import Database, new_journal
from tests.command_line import Run


@pytest.fixture
def database(postgres: PostgresServer, run: Run, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A journal's database, which NEEDTOKNOW_JOURNAL names as its administrator."""
    database = asyncio.run(new_journal(postgres))
    monkeypatch.setenv("NEEDTOKNOW_JOURNAL", database.as_administrator.url)
    return database


def changes(database: Database) -> list[Change]:
    return [each.change for each in asyncio.run(read_changes(database.as_server))]


def test_changes_are_published_and_listed(database: Database, run: Run, tmp_path: Path) -> None:
    jwks = tmp_path / "jwks.json"
    jwks.write_bytes(orjson.dumps({"keys": [ECKey.generate_key("P-256", {"kid": "a"}).as_dict(private=False)]}))
    results = [
        run("publish", "policy", MATRIX),
        run("publish", "keys", jwks),
        run("revoke", "u-1", "4f1c"),
        run("revoke", "--restore", "u-1"),
    ]

    assert [(result.status, result.err) for result in results] == [(0, "")] * 4
    assert [result.out for result in results] == [
        f"Policy {Policy.load().version} is published.\n",
        "Keys are published: 1.\n",
        "Revoked: 2.\n",
        "Restored: 1.\n",
    ]
    assert changes(database) == [
        Change(ChangeKind.POLICY, MATRIX.read_text("utf-8")),
        Change(ChangeKind.KEYS, jwks.read_text("utf-8")),
        Change(ChangeKind.REVOKE, "u-1"),
        Change(ChangeKind.REVOKE, "4f1c"),
        Change(ChangeKind.RESTORE, "u-1"),
    ]
    listed = [json.loads(line) for line in run("publish", "list", "--json").out.splitlines()]
    assert [(each["number"], each["kind"]) for each in listed] == [
        (1, "POLICY"), (2, "KEYS"), (3, "REVOKE"), (4, "REVOKE"), (5, "RESTORE"),
    ]  # fmt: skip
    assert {each["user"].startswith("database:administrator_of_") for each in listed} == {True}


def test_what_no_server_could_use_is_not_published(database: Database, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "other"
    file.write_text("{}")
    results = [
        run("publish", "policy", file),
        run("publish", "keys", file),
        run("publish", "keys", tmp_path),
        run("revoke", "u-1", "two words"),
        run("revoke", ""),
    ]

    assert [result.status for result in results] == [1, 1, 1, 2, 2]
    assert [len(result.err.splitlines()) for result in results] == [1] * 5
    assert changes(database) == []


def test_a_role_without_the_right_publishes_nothing(
    database: Database, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEEDTOKNOW_JOURNAL", database.as_server.url)
    result = run("revoke", "u-1")

    assert result.status == 1
    assert result.err.endswith(": permission denied for function publish.\n")
    assert changes(database) == []


def test_a_journal_in_a_file_has_nothing_published(run: Run) -> None:
    assert run("revoke", "u-1").err == (
        "needtoknow: NEEDTOKNOW_JOURNAL names no database. One machine has files: "
        "NEEDTOKNOW_POLICY, NEEDTOKNOW_JWKS and NEEDTOKNOW_REVOKED.\n"
    )
