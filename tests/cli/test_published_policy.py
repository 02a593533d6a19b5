"""Policies published in a journal's database: `needtoknow policy` prints them, and `audit show` decides by them."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from audit.entry import Denial, Entry, Kind
from audit.postgres.store import PostgresStore
from bench.postgres_server import PostgresServer
from policy.table import MATRIX, Policy
from tests.audit.postgres.databases import Database, new_journal
from tests.command_line import Run

ID = "cd" * 16


@pytest.fixture
def database(postgres: PostgresServer, run: Run, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A journal's database, which NEEDTOKNOW_JOURNAL names as its administrator."""
    database = asyncio.run(new_journal(postgres))
    monkeypatch.setenv("NEEDTOKNOW_JOURNAL", database.as_administrator.url)
    return database


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """A matrix in which patrol does not see SSNs."""
    file = tmp_path / "matrix.txt"
    file.write_text(re.sub(r"^SSN +M", "SSN D", MATRIX.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    return file


def test_the_policy_in_force_is_printed_with_its_origin(database: Database, run: Run, stricter: Path) -> None:
    before = run("policy", "--as", "patrol")
    assert run("publish", "policy", stricter).status == 0
    after = run("policy", "--as", "patrol")

    assert before.out.splitlines()[-1] == (
        f"Policy {Policy.load().version}: the built-in matrix, because nothing is published in the journal's database."
    )
    origin = (
        f"Policy {Policy.load(stricter).version}: published for all servers as change 1 by database:administrator_of_"
    )
    assert after.out.splitlines()[-1].startswith(origin)
    assert json.loads(run("policy", "--json").out)["version"] == Policy.load(stricter).version
    (row,) = (line for line in after.out.splitlines() if " SSN " in line)
    assert [cell.strip() for cell in row.split("│")][2] == "D"


def test_without_an_answer_of_the_database_no_policy_is_printed(
    run: Run, monkeypatch: pytest.MonkeyPatch, stricter: Path
) -> None:
    monkeypatch.setenv("NEEDTOKNOW_JOURNAL", "postgresql://nobody@127.0.0.1:9/nowhere")
    result = run("policy")

    assert (result.status, result.out, result.err.count("\n")) == (1, "", 1)
    assert "cannot be read" in result.err


def test_an_inquiry_under_a_published_policy_is_decided_again(
    database: Database, run: Run, monkeypatch: pytest.MonkeyPatch, stricter: Path, tmp_path: Path
) -> None:
    """The data folder of the auditor has no archived policy."""
    run("publish", "policy", stricter)
    denial = Denial(field="Person.ssn", record_class="SSN", rule="social-security", needs=())
    known = {"user": "u-1", "role": "patrol", "agency": "CA9194200", "certified_until": "2400-01-01"}
    why = {"assurance": "aal1", "purpose": "C", "reason": "TRAFFIC_STOP"}
    version = Policy.load(stricter).version
    entry = Entry(kind=Kind.RELEASE, id=ID, policy_version=version, denied=(denial,), **known, **why)
    asyncio.run(PostgresStore(database.as_server).append_once(entry))
    monkeypatch.setenv("NEEDTOKNOW_JOURNAL", database.as_server.url)

    replay = json.loads(run("audit", "show", ID, "--data", tmp_path, "--json").out)["replay"]
    ssn = next(line for line in replay["lines"] if line["field"] == "Person.ssn")

    assert (ssn["journalled"], ssn["decided"], ssn["agrees"]) == ("WITHHELD", "WITHHELD", True)
