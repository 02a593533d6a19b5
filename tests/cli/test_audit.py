"""`needtoknow audit search`: what it finds, how it prints it, and that it is recorded."""

from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from audit.entry import Entry, Kind
from audit.sqlite.journal import SqliteJournal
from tests.cli.conftest import DataAfter
from tests.cli.inquiries import STOP, entries
from tests.command_line import Run


@pytest.fixture
def journalled(data_after: DataAfter) -> Path:
    """A data folder in which patrol and then records made an inquiry about one person."""
    return data_after("patrol", "records", operation=STOP)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--user", "demo-patrol"), [2, 1]),
        (("--subject", "P0000001"), [4, 3, 2, 1]),
        (("--subject", "persons/P0000001", "--user", "demo-records"), [4, 3]),
        (("--subject", "P0000002"), []),
        (("--agency", "CA9380100"), [4, 3]),
        (("--since", "2020-01-01", "--user", "demo-patrol"), [2, 1]),
        (("--until", "2020-01-01T00:00-08:00"), []),
        (("--after", "3"), [2, 1]),
        (("--limit", "1", "--agency", "CA9194200"), [2]),
        (("--record", "P0000001", "--kind", "RELEASE"), [4, 2]),
        (("--case", "26-1"), []),
        (("--outcome", "ANSWERED"), [4, 2]),
        (("--flag", "own-record"), []),
        (("--kind", "release"), [4, 2]),
    ],
)
def test_entries_are_found_newest_first(run: Run, journalled: Path, options: tuple[str, ...], found: list[int]) -> None:
    result = run("audit", "search", "--data", journalled, "--json", *options)

    assert result.status == 0
    assert [entry["sequence"] for entry in entries(result.out)] == found


def test_a_page_that_is_not_the_last_names_the_next_one(run: Run, journalled: Path) -> None:
    first = run("audit", "search", "--data", journalled, "--json", "--user", "demo-patrol", "--limit", 1)
    last = run("audit", "search", "--data", journalled, "--json", "--user", "demo-patrol", "--limit", 2)

    assert (first.err, last.err) == ("There are more entries: --after 2\n", "")


def test_a_search_is_recorded_in_the_journal(run: Run, journalled: Path) -> None:
    run("audit", "search", "--data", journalled, "--user", "demo-patrol")

    newest, *_ = entries(run("audit", "search", "--data", journalled, "--json", "--after", 6).out)

    assert (newest["kind"], newest["filters"]) == ("READ", ["user=demo-patrol"])
    assert str(newest["user"]).startswith("local:")


def test_nothing_is_shown_if_the_read_cannot_be_recorded(
    run: Run, journalled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.sqlite.journal.APPEND_ONCE_DEADLINE_S", 0.3)
    with closing(sqlite3.connect(journalled / "journal.db", isolation_level=None)) as journal:
        journal.execute("BEGIN IMMEDIATE")
        result = run("audit", "search", "--data", journalled)

    assert (result.status, result.out) == (1, "")
    assert result.err.count("\n") == 1


def test_a_search_prints_a_table(run: Run, journalled: Path) -> None:
    result = run("audit", "search", "--data", journalled, "--user", "demo-patrol", "--limit", 1)

    (row,) = (line for line in result.out.splitlines() if "demo-patrol" in line)
    options = ("--json", "--user", "demo-patrol", "--limit", 1)
    (entry,) = entries(run("audit", "search", "--data", journalled, *options).out)
    cells = [cell.strip() for cell in row.split("│")]
    assert [cells[index] for index in (1, 2, 4, 5, 6, 7, 8, 10, 11)] == [
        "2", str(entry["id"])[:8], "RELEASE", "demo-patrol", "patrol", "CA9194200", "C TRAFFIC_STOP",
        "persons/P0000001", "ANSWERED",
    ]  # fmt: skip


def test_csv_has_a_line_for_each_entry_and_a_column_for_each_field(run: Run, journalled: Path) -> None:
    result = run("audit", "search", "--data", journalled, "--format", "csv", "--record", "P0000001")
    heading, *lines = csv.reader(io.StringIO(result.out))
    newest = dict(zip(heading, lines[0], strict=True))

    assert (result.status, len(lines), heading[:4]) == (0, 4, ["sequence", "kind", "id", "parent_id"])
    assert newest["sequence"] == "4"
    assert newest["user"] == "demo-records"
    assert newest["released"] == "Person.id; Query.person"
    assert newest["exclusions"].split("; ")[0] == "JUVENILE juvenile-file"
    assert newest["sources"] == "persons OK"


@pytest.fixture
def many(journalled: Path) -> Path:
    """A folder with 230 entries of one user."""

    async def write() -> None:
        journal = await SqliteJournal.open(journalled / "journal.db")
        await asyncio.gather(*(journal.append(Entry(kind=Kind.INTENT, user="busy")) for _ in range(230)))
        await journal.close()

    asyncio.run(write())
    return journalled


@pytest.mark.slow
def test_a_table_has_a_hundred_entries_and_other_formats_all(run: Run, many: Path) -> None:
    for form in ("jsonl", "csv"):
        result = run("audit", "search", "--data", many, "--user", "busy", "--format", form)
        assert len(result.out.splitlines()) == 230 + (form == "csv")
        assert result.err == ""

    table = run("audit", "search", "--data", many, "--user", "busy")
    assert table.out.count(" busy ") == 100
    assert table.err == "There are more entries: --after 135\n"

    whole = run("audit", "search", "--data", many, "--user", "busy", "--limit", 1000)
    assert whole.out.count(" busy ") == 230
    assert whole.err == ""


def test_there_are_no_more_entries_if_none_was_found(run: Run, many: Path) -> None:
    result = run("audit", "search", "--data", many, "--after", 9_999)

    assert (result.out[:14], result.err) == ("Nothing found.", "")


@pytest.mark.parametrize("columns", [80, 120, 250])
def test_a_table_fits_the_width_of_the_terminal(
    run: Run, journalled: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    result = run("audit", "search", "--data", journalled, "--record", "P0000001")

    assert max(map(len, result.out.splitlines())) <= columns
    for text in ("demo-patrol", "demo-records", "TRAFFIC_STOP", "persons/P0000001", "ANSWERED"):
        assert text in result.out


def test_a_table_names_the_flags_and_the_terminal(run: Run, journalled: Path) -> None:
    async def write() -> None:
        journal = await SqliteJournal.open(journalled / "journal.db")
        records = tuple(f"persons/P{number:07}" for number in range(7))
        known = {"flags": ("NO_CASE", "OWN_RECORD"), "terminal": "unit\x9b 7", "record_ids": records}
        await journal.append(Entry(kind=Kind.RELEASE, user="lee", searched=("surname=a", "name=b"), **known))
        await journal.close()

    asyncio.run(write())
    result = run("audit", "search", "--data", journalled, "--user", "lee")
    (row,) = (line for line in result.out.splitlines() if " lee " in line)
    cells = [cell.strip() for cell in row.split("│")]

    assert cells[10] == "persons/P0000000 persons/P0000001 persons/P0000002 and 5 more"
    assert cells[-3:-1] == ["NO_CASE OWN_RECORD", r"unit\u009b 7"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--user", "nobody"), "A user is written as in the token"),
        (("--subject", "P9999999"), "A record is named as P0000001"),
        (("--case", "27-1"), "A case number is found only as it was written"),
        (("--since", "2400-01-01"), ""),
    ],
)
def test_nothing_found_is_said_with_an_example(
    run: Run, journalled: Path, options: tuple[str, ...], words: str
) -> None:
    result = run("audit", "search", "--data", journalled, *options)

    assert (result.status, result.err) == (0, "")
    assert result.out.startswith(f"Nothing found. {words}".strip())
    assert result.out.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--flag", "OWNRECORD"), "there is no OWNRECORD. Did you mean OWN_RECORD"),
        (("--kind", "RELEASED"), "there is no RELEASED. Did you mean RELEASE"),
        (("--flag", ""), "Did you mean BAD_CLAIM"),
        (("--subject", ""), "this is no record's number"),
        (("--subject", "Victor Thornquist"), "for a name or a plate use --searched"),
        (("--searched", "Reyes"), "kinds are name, license, ssn, cii, fbi, plate, vin"),
        (("--searched", "ssn=1"), "--searched: ssn must be written NNN-NN-NNNN"),
    ],
)
def test_a_condition_that_can_find_nothing_is_refused(
    run: Run, journalled: Path, options: tuple[str, ...], words: str
) -> None:
    result = run("audit", "search", "--data", journalled, *options)

    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    assert words in result.err


def test_a_trace_id_leads_to_its_entries(run: Run, journalled: Path) -> None:
    *_, first = entries(run("audit", "search", "--data", journalled, "--json", "--user", "demo-patrol").out)
    header = f"00-{first['trace_id']}-{'d' * 16}-01"

    found = entries(run("audit", "search", "--data", journalled, "--json", "--trace", header).out)

    assert [entry["sequence"] for entry in found] == [2, 1]


@pytest.mark.parametrize("text", ["", "4bf9", "g" * 32, f"01-{'c' * 32}", f"{'c' * 32}\n{'c' * 32}"])
def test_a_search_for_no_trace_id_says_what_one_is(run: Run, journalled: Path, text: str) -> None:
    result = run("audit", "search", "--data", journalled, "--trace", text)

    assert (result.status, result.out) == (2, "")
    assert "--trace is a trace id of 32 hexadecimal digits, or a traceresponse header." in result.err
