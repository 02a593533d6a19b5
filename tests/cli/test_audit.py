"""`needtoknow audit search` and `audit show`: what they find, how they print it, and that they are recorded."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from audit.entry import Entry, Kind
from audit.policy_archive import FOLDER
from audit.sqlite.journal import SqliteJournal
from policy.table import Policy
from tests.cli.conftest import DataAfter
from tests.cli.inquiries import PERSON, STOP, entries
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
        (("--flag", "OWN_RECORD"), []),
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
    cells = [cell.strip() for cell in row.split("│")]
    assert [cells[index] for index in (1, 3, 4, 5, 6, 7, 9)] == [
        "2", "RELEASE", "demo-patrol", "patrol", "CA9194200", "C TRAFFIC_STOP", "persons/P0000001",
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
    assert newest["sources"].startswith("persons OK; vehicles NOT_ASKED; ")


@pytest.fixture
def many(journalled: Path) -> Path:
    """A folder with 230 entries of one user."""

    async def write() -> None:
        journal = await SqliteJournal.open(journalled / "journal.db")
        await asyncio.gather(*(journal.append(Entry(kind=Kind.INTENT, user="busy")) for _ in range(230)))
        await journal.close()

    asyncio.run(write())
    return journalled


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


@pytest.fixture
def withheld(run: Run, data: Path) -> str:
    """The id of an inquiry whose response was partly masked and partly withheld."""
    operation = b"""query Stop @inquiry(purpose: C, reason: TRAFFIC_STOP) {
      person(id: "P0000001") { id ssn criminalHistory { cycles { charges { code } } } } }"""
    response = json.loads(run("ask", "--data", data, "--as", "patrol", "-", stdin=operation).out)
    return str(response["extensions"]["inquiry"]["id"])


def test_an_inquiry_is_shown_with_its_fields_and_replayed(run: Run, data: Path, withheld: str) -> None:
    result = run("audit", "show", withheld, "--data", data)
    rows = [[word.strip() for word in line.split("│")[1:-1]] for line in result.out.splitlines() if "│" in line]

    assert (result.status, result.err) == (0, "")
    assert ["user", "demo-patrol"] in rows
    assert ["record ids", "persons/P0000001"] in rows
    assert ["Person.id", "IDENTITY", "right-to-know", "", "RELEASED", "RELEASED"] in rows
    assert ["Person.ssn", "SSN", "social-security", "", "MASKED", "MASKED"] in rows
    needs = "CASE_NUMBER AAL2"
    assert ["Cycle.charges", "CONVICTION", "criminal-history", needs, "WITHHELD", "WITHHELD"] in rows
    assert ["(rows)", "JUVENILE", "juvenile-file", "", "LEFT_OUT", "LEFT_OUT"] in rows
    version = Policy.load().version
    assert result.out.splitlines()[-1] == f"Decided again under policy {version}: Decided the same, field by field."


def test_without_the_policy_of_its_day_an_inquiry_is_not_replayed(run: Run, data: Path, withheld: str) -> None:
    for policy in (data / FOLDER).iterdir():
        policy.unlink()

    shown = json.loads(run("audit", "show", withheld, "--data", data, "--json").out)

    assert shown["replay"]["outcome"] == "UNKNOWN"
    assert {line["decided"] for line in shown["replay"]["lines"]} == {None}
    assert [entry["kind"] for entry in shown["entries"]] == ["RELEASE", "INTENT"]


def test_a_refusal_is_shown_without_a_replay(run: Run, data: Path) -> None:
    run("ask", "--data", data, "--as", "patrol", "-", stdin=PERSON)
    (refusal,) = entries(run("audit", "search", "--data", data, "--kind", "REFUSAL", "--format", "jsonl").out)

    result = run("audit", "show", refusal["id"], "--data", data)

    assert "PURPOSE_REQUIRED" in result.out
    assert result.out.splitlines()[-1] == "The entry has no decision that could be made again."


def test_an_unknown_inquiry_is_an_error_and_the_read_is_recorded(run: Run, journalled: Path) -> None:
    result = run("audit", "show", "0" * 32, "--data", journalled)
    newest, *_ = entries(run("audit", "search", "--data", journalled, "--kind", "READ", "--json", "--after", 6).out)

    assert (result.status, result.out) == (1, "")
    assert result.err == f"needtoknow: There is no inquiry {'0' * 32} in the journal.\n"
    assert newest["filters"] == [f"id={'0' * 32}"]


def test_a_trace_id_leads_to_its_entries_and_its_inquiry(run: Run, journalled: Path) -> None:
    *_, first = entries(run("audit", "search", "--data", journalled, "--json", "--user", "demo-patrol").out)
    header = f"00-{first['trace_id']}-{'d' * 16}-01"

    found = entries(run("audit", "search", "--data", journalled, "--json", "--trace", header).out)
    shown = json.loads(run("audit", "show", first["trace_id"], "--data", journalled, "--json").out)

    assert [entry["sequence"] for entry in found] == [2, 1]
    assert [entry["id"] for entry in shown["entries"]] == [first["id"]] * 2


def test_a_trace_id_of_several_inquiries_shows_none_of_them(run: Run, data: Path) -> None:
    async def write() -> None:
        journal = await SqliteJournal.open(data / "journal.db")
        await asyncio.gather(*(journal.append(Entry(kind=Kind.INTENT, trace_id="c" * 32)) for _ in range(2)))
        await journal.close()

    asyncio.run(write())
    result = run("audit", "show", "c" * 32, "--data", data)

    assert (result.status, result.out) == (1, "")
    assert result.err == (
        f"needtoknow: Several inquiries have this trace id: needtoknow audit search --trace {'c' * 32}\n"
    )


@pytest.mark.parametrize("text", ["", "4bf9", "g" * 32, f"01-{'c' * 32}", f"{'c' * 32}\n{'c' * 32}"])
def test_a_search_for_no_trace_id_says_what_one_is(run: Run, journalled: Path, text: str) -> None:
    result = run("audit", "search", "--data", journalled, "--trace", text)

    assert (result.status, result.out) == (2, "")
    assert "--trace is a trace id of 32 hexadecimal digits, or a traceresponse header." in result.err
