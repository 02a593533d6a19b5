"""`needtoknow audit show`: one inquiry by any of its names, with all that its entries say."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from audit.entry import Entry, Kind
from audit.policy_archive import FOLDER
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.store import SqliteStore
from policy.table import Policy
from tests.cli.conftest import DataAfter
from tests.cli.inquiries import PERSON, STOP, entries
from tests.command_line import Run

PAGE = (Path(__file__).parents[2] / "docs" / "auditor.md").read_text(encoding="utf-8")


def facts(out: str) -> dict[str, str]:
    """The rows of the first table, by name."""
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines() if line.startswith("│")]
    return {row[0]: row[1] for row in rows if len(row) == 2}


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
    assert ["who", "demo-patrol, patrol, CA9194200"] in rows
    assert ["why", "C: Criminal justice. TRAFFIC_STOP: A vehicle or a person stopped on the road."] in rows
    assert ["asked for", "persons/P0000001"] in rows
    assert ["shown", "persons/P0000001"] in rows
    assert ["outcome", "ANSWERED: Every source that was asked answered."] in rows
    assert ["Person.id", "RELEASED", "IDENTITY", "right-to-know"] in rows
    assert ["Person.ssn", "MASKED", "SSN", "social-security"] in rows
    rule = "criminal-history (needs CASE_NUMBER and AAL2)"
    assert ["Cycle.charges", "WITHHELD", "CONVICTION", rule] in rows
    assert ["(rows)", "LEFT_OUT", "JUVENILE", "juvenile-file"] in rows
    assert "LEFT_OUT: such rows are left out, whether any exist or not.\n" in result.out
    version = Policy.load().version
    assert result.out.splitlines()[-1] == f"Decided again under policy {version}: Decided the same, field by field."


def test_without_the_policy_of_its_day_an_inquiry_is_not_replayed(run: Run, data: Path, withheld: str) -> None:
    for policy in (data / FOLDER).iterdir():
        policy.unlink()

    shown = json.loads(run("audit", "show", withheld, "--data", data, "--json").out)

    assert shown["replay"]["outcome"] == "UNKNOWN"
    assert {line["decided"] for line in shown["replay"]["lines"]} == {None}
    assert [entry["kind"] for entry in shown["entries"]] == ["RELEASE", "INTENT"]


def test_a_field_that_is_decided_otherwise_is_shown_with_both_outcomes(run: Run, two: Path) -> None:
    async def write() -> None:
        journal = await SqliteJournal.open(two / "journal.db")
        (entry, *_) = (each.entry for each in SqliteStore(two / "journal.db").search(user="demo-patrol", limit=1))
        await journal.append(replace(entry, id="e" * 32, released=(), masked=("Person.id",)))
        await journal.close()

    asyncio.run(write())
    result = run("audit", "show", "eeee", "--data", two)

    (row,) = (line for line in result.out.splitlines() if "Person.id" in line)
    assert [cell.strip() for cell in row.split("│")][2] == "MASKED, now RELEASED"
    assert result.out.splitlines()[-1].endswith("Something was decided otherwise.")


def test_a_refusal_is_shown_without_a_replay(run: Run, data: Path) -> None:
    run("ask", "--data", data, "--as", "patrol", "-", stdin=PERSON)
    (refusal,) = entries(run("audit", "search", "--data", data, "--kind", "REFUSAL", "--format", "jsonl").out)

    result = run("audit", "show", refusal["id"], "--data", data)

    assert "PURPOSE_REQUIRED" in result.out
    assert result.out.splitlines()[-1] == "The entry has no decision that could be made again."


def test_the_own_record_that_was_asked_for_is_named_as_the_page_shows(run: Run, data_after: DataAfter) -> None:
    """It was not shown, so only the intent names it."""
    own = b'query @inquiry(purpose: C, reason: INVESTIGATION) { person(id: "P0000008") { id ssn } }'
    folder = data_after("investigator", operation=own)
    shown = facts(run("audit", "show", 2, "--data", folder).out)
    example = PAGE.partition("## 3. One finding to its inquiries")[2].partition("\n## ")[0]
    written = dict(re.findall(r"^    (\w+(?: \w+)?) {2,}(.+)$", example, re.MULTILINE))

    assert len(written) == 7
    assert written.items() <= shown.items()
    assert "shown" not in shown


@pytest.fixture
def two(data_after: DataAfter) -> Path:
    return data_after("patrol", "records", operation=STOP)


def test_an_inquiry_is_shown_by_number_id_start_of_its_id_and_trace(run: Run, two: Path) -> None:
    (entry, *_) = entries(run("audit", "search", "--data", two, "--json", "--user", "demo-patrol").out)
    header = f"00-{entry['trace_id']}-{'d' * 16}-01"
    names = (1, 2, entry["id"], str(entry["id"])[:12], entry["trace_id"], header)
    outputs = {run("audit", "show", each, "--data", two).out for each in names}

    assert len(outputs) == 1
    assert facts(outputs.pop())["entries"] == "1 INTENT, 2 RELEASE"


def test_a_start_that_several_ids_have_lists_them_in_one_line(run: Run, two: Path) -> None:
    async def write() -> None:
        journal = await SqliteJournal.open(two / "journal.db")
        for digit in "ab":
            await journal.append(Entry(kind=Kind.INTENT, id=f"fffff{digit * 27}", user=f"lee-{digit}"))
        await journal.close()

    asyncio.run(write())
    result = run("audit", "show", "FFFFF", "--data", two)

    assert (result.status, result.out, result.err.count("\n")) == (1, "", 1)
    assert "give more digits: " in result.err
    assert all(f"fffff{digit * 27} (lee-{digit}, " in result.err for digit in "ab")
    assert facts(run("audit", "show", "fffffb", "--data", two).out)["who"] == "lee-b"


def test_an_unknown_inquiry_is_an_error_and_the_read_is_recorded(run: Run, two: Path) -> None:
    for reference in ("0" * 32, "99999", "Reyes"):
        result = run("audit", "show", reference, "--data", two)

        assert (result.status, result.out) == (1, "")
        assert result.err.startswith(f"needtoknow: There is no inquiry {reference} in the journal")
    newest, *_ = entries(run("audit", "search", "--data", two, "--kind", "READ", "--json", "--after", 8).out)
    assert newest["filters"] == ["inquiry=Reyes"]


def test_a_read_of_the_journal_is_shown_with_its_conditions(run: Run, two: Path) -> None:
    run("audit", "search", "--data", two, "--user", "demo-patrol", "--outcome", "DENIED")
    result = run("audit", "show", 5, "--data", two)

    assert facts(result.out)["entries"] == "5 READ"
    assert facts(result.out)["conditions"] == "user=demo-patrol, outcome=DENIED"
    assert result.out.splitlines()[-1] == "The entry has no decision that could be made again."


def test_a_search_is_shown_by_what_it_searched(run: Run, data: Path) -> None:
    operation = b"""query @inquiry(purpose: C, reason: TRAFFIC_STOP) {
      searchPersons(by: {name: {surname: "Zzyzx"}}) { total } vehicle(by: {plate: {number: "9ZZ9"}}) { vin } }"""
    run("ask", "--data", data, "--as", "patrol", "-", stdin=operation)
    shown = facts(run("audit", "show", 1, "--data", data).out)

    assert shown["searched by"] == "name, plate"


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


def test_nothing_is_cut_off_on_a_narrow_terminal(run: Run, two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (entry, *_) = entries(run("audit", "search", "--data", two, "--json", "--user", "demo-patrol").out)
    monkeypatch.setenv("COLUMNS", "60")
    result = run("audit", "show", 1, "--data", two)

    assert max(map(len, result.out.splitlines()[:-1])) <= 60
    assert "…" not in result.out
    cells = "".join(line.split("│")[2].strip() for line in result.out.splitlines() if line.startswith("│"))
    assert entry["document_sha256"] in cells


def test_a_refused_token_is_shown_with_its_reason_and_claim(run: Run, data: Path) -> None:
    async def write() -> None:
        journal = await SqliteJournal.open(data / "journal.db")
        known = {"flags": ("BAD_CLAIM",), "claim": "acr", "token_sha256": "ab" * 32, "address": "127.0.0.1"}
        await journal.append(Entry(kind=Kind.REFUSAL, outcome="UNAUTHENTICATED", **known))
        await journal.close()

    asyncio.run(write())
    shown = facts(run("audit", "show", 1, "--data", data).out)
    listed = run("audit", "search", "--data", data, "--kind", "REFUSAL").out

    assert (shown["claim"], shown["token"], shown["from"]) == ("acr", "ab" * 32, "address 127.0.0.1")
    assert shown["flags"] == "BAD_CLAIM: The sign-in failed: a claim is missing or invalid."
    assert shown["outcome"] == "UNAUTHENTICATED: Nobody was signed in."
    assert " BAD_CLAIM acr " in listed
    assert run("audit", "show", 1, "--data", data).out.count("ab" * 32) == 1
