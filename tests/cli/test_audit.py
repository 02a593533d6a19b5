"""`needtoknow audit`: whether the journal is whole, who asked about whom, and that looking is noticed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run

STOP = b'{ person(id: "P0000001") { id } }'
QUESTION = b'query Stop @inquiry(purpose: C, reason: TRAFFIC_STOP, attention: "Lee 4417") ' + STOP


@pytest.fixture
def asked(run: Run, data: Path) -> Path:
    """A data folder of which patrol and then records have asked about one person."""
    for role in ("patrol", "records"):
        assert run("ask", "--data", data, "--as", role, "-", stdin=QUESTION).status == 0
    return data


def entries(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_whole_journal_is_told_so_with_an_anchor_to_keep(run: Run, asked: Path) -> None:
    ended = run("audit", "verify", "--data", asked)
    anchor = ended.out.split()[-1]

    assert (ended.status, ended.out.splitlines()[0]) == (0, "The journal is whole. Entries: 4")
    assert run("audit", "verify", "--data", asked, "--anchor", anchor).status == 0
    assert run("audit", "verify", "--data", asked, "--anchor", f"4:{'0' * 64}").status == 1


def test_the_first_entry_that_was_changed_is_named(run: Run, asked: Path) -> None:
    with closing(sqlite3.connect(asked / "journal.db", isolation_level=None)) as journal:
        for (trigger,) in journal.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            journal.execute(f"DROP TRIGGER {trigger}")
        journal.execute("UPDATE entry SET body = replace(body, 'demo-patrol', 'demo-jail') WHERE sequence = 2")

    ended = run("audit", "verify", "--data", asked)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("needtoknow: The journal is not whole. Entry 2: ")


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--user", "demo-patrol"), [2, 1]),
        (("--subject", "P0000001"), [4, 3, 2, 1]),
        (("--subject", "persons/P0000001", "--user", "demo-records"), [4, 3]),
        (("--subject", "P0000002"), []),
        (("--agency", "CA0380100"), [4, 3]),
        (("--since", "2020-01-01", "--user", "demo-patrol"), [2, 1]),
        (("--until", "2020-01-01T00:00-08:00"), []),
        (("--after", "3"), [2, 1]),
        (("--limit", "1", "--agency", "CA0194200"), [2]),
    ],
)
def test_entries_are_found_newest_first(run: Run, asked: Path, options: tuple[str, ...], found: list[int]) -> None:
    ended = run("audit", "search", "--data", asked, "--json", *options)

    assert ended.status == 0
    assert [entry["sequence"] for entry in entries(ended.out)] == found


def test_a_page_that_is_not_the_last_says_how_to_go_on(run: Run, asked: Path) -> None:
    first = run("audit", "search", "--data", asked, "--json", "--user", "demo-patrol", "--limit", 1)
    last = run("audit", "search", "--data", asked, "--json", "--user", "demo-patrol", "--limit", 2)

    assert (first.err, last.err) == ("There are more: --after 2\n", "")


def test_whoever_reads_the_journal_is_in_it(run: Run, asked: Path) -> None:
    run("audit", "search", "--data", asked, "--user", "demo-patrol")

    newest, *_ = entries(run("audit", "search", "--data", asked, "--json", "--after", 6).out)

    assert (newest["kind"], newest["filters"]) == ("READ", ["user=demo-patrol"])
    assert str(newest["user"]).startswith("local:")


def test_what_cannot_be_noted_is_not_shown(run: Run, asked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.journal.NOTE_DEADLINE_S", 0.3)
    with closing(sqlite3.connect(asked / "journal.db", isolation_level=None)) as journal:
        journal.execute("BEGIN IMMEDIATE")
        ended = run("audit", "search", "--data", asked)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.count("\n") == 1


def test_a_person_reads_it_as_a_table(run: Run, asked: Path) -> None:
    ended = run("audit", "search", "--data", asked, "--user", "demo-patrol", "--limit", 1)

    (row,) = (line for line in ended.out.splitlines() if "demo-patrol" in line)
    words = [word.strip() for word in row.split("│")]
    assert [words[place] for place in (1, 3, 4, 5, 6, 7, 9)] == [
        "2", "RELEASE", "demo-patrol", "patrol", "CA0194200", "C TRAFFIC_STOP", "persons/P0000001",
    ]  # fmt: skip
