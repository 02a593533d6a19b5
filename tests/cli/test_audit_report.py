"""`needtoknow audit report`: its table, JSON and page, its options, and that it is recorded."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from audit.misuse import report as report_module
from tests.audit.tampering import tamper
from tests.cli.conftest import DataAfter
from tests.command_line import Run

OWN = b'query @inquiry(purpose: C, reason: INVESTIGATION) { person(id: "P0000008") { id } }'


@pytest.fixture
def journalled(data_after: DataAfter) -> Path:
    """A data folder in which the demo investigator queried their own record, and patrol the same record."""
    return data_after("investigator", "patrol", operation=OWN)


@pytest.fixture
def report(run: Run, journalled: Path) -> Callable[..., dict[str, dict[str, object]]]:
    """The JSON report, by detector."""

    def report(*options: object) -> dict[str, dict[str, object]]:
        result = run("audit", "report", "--data", journalled, "--json", *options)
        assert (result.status, result.err) == (0, "")
        return {each["name"]: each for each in json.loads(result.out)["detectors"]}

    return report


def test_json_has_every_detector_with_findings_and_inquiries(
    run: Run, journalled: Path, report: Callable[..., dict[str, dict[str, object]]]
) -> None:
    found = report()
    (own,) = found["own-record"]["findings"]  # type: ignore[attr-defined]
    entries = run("audit", "search", "--data", journalled, "--json", "--id", own["inquiries"][0]).out.splitlines()

    assert list(found) == [detector.name for detector in report_module.DETECTORS]
    assert (own["user"], own["count"], own["words"]) == ("demo-investigator", 1, "queried their own record once")
    assert (own["severity"], own["role"], own["first"]) == ("certain", "investigator", own["last"])
    assert [json.loads(line)["flags"] for line in entries] == [["NO_CASE", "OWN_RECORD"], ["NO_CASE"]]
    assert found["sex-skew"]["state"] == "NOT_RUN"


def test_without_options_a_table_is_printed(run: Run, journalled: Path) -> None:
    result = run("audit", "report", "--data", journalled)

    summary, period, *_ = result.out.splitlines()
    assert summary == "1 finding about 1 officer: 1 certain."
    assert period.startswith("Inquiries: 2. Officers: 2. Days: ")
    (row,) = (line for line in result.out.splitlines() if "demo-investigator" in line)
    severity, kind, who, words, inquiry = (cell.strip() for cell in row.split("│")[1:-1])
    assert (severity, kind, who) == ("certain, 99", "own-record", "demo-investigator (investigator, CA9190000)")
    assert words.startswith("queried their own record once (20")
    assert "OWN_RECORD" in run("audit", "show", inquiry, "--data", journalled).out


@pytest.mark.parametrize("columns", [60, 80, 139, 250])
def test_a_report_fits_the_width_of_the_terminal(
    run: Run, journalled: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    table = [line for line in run("audit", "report", "--data", journalled).out.splitlines() if line[0] in "┏┃┡│└"]

    assert max(map(len, table)) <= columns
    for text in ("certain, 99", "own-record", "demo-investigator", "queried their own record once"):
        assert text in "\n".join(table)


def test_a_report_says_what_it_was_made_from(run: Run, journalled: Path) -> None:
    lines = dict(
        line.split(": ", 1) for line in run("audit", "report", "--data", journalled).out.splitlines() if ": " in line
    )
    head = run("audit", "verify", "--data", journalled).out.splitlines()[-1]

    number, digest = head.rpartition(" ")[2].split(":")
    assert lines["Journal"] == f"{journalled / 'journal.db'}, up to entry {number}, hash {digest}"
    assert lines["Verified"].startswith("No. The option --verify")
    assert lines["volume"] == "too few to compare: needs 8 colleagues in the role"


def test_a_report_verifies_the_journal_if_asked(run: Run, journalled: Path) -> None:
    whole = run("audit", "report", "--data", journalled, "--verify")
    tamper(journalled / "journal.db", "UPDATE entry SET user = 'lee' WHERE sequence = 1")
    edited = run("audit", "report", "--data", journalled, "--verify")

    assert whole.status == 0
    assert "Verified: Yes, it is whole. Signed checkpoints cover entries 1 to 4 of 5." in whole.out
    assert "they prove nothing against someone who can write there" in whole.out
    assert (edited.status, edited.err.count("\n")) == (1, 1)
    assert "The journal is not whole. Entry 1: " in edited.err
    assert "IT IS NOT WHOLE. Entry 1: " in edited.out


@pytest.mark.parametrize(("until", "status"), [("2400-01-01", 3), ("2020-01-01", 0)])
def test_findings_can_end_a_cron_job_with_their_own_status(run: Run, journalled: Path, until: str, status: int) -> None:
    result = run("audit", "report", "--data", journalled, "--fail-on-finding", "--until", until)

    assert (result.status, result.err) == (status, "")
    assert result.out.startswith("1 finding" if status else "No findings.")


def test_html_writes_a_web_page(run: Run, journalled: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    result = run("audit", "report", "--data", journalled, "--html", page)

    assert result.status == 0
    assert page.read_text().startswith('<!doctype html><html lang="en">')
    assert "demo-investigator" in page.read_text()


def test_ended_accounts_are_read_from_a_file(
    report: Callable[..., dict[str, dict[str, object]]], tmp_path: Path
) -> None:
    revoked = tmp_path / "revoked"
    revoked.write_text("demo-patrol 2026-01-01T00:00-08:00\n\ndemo-jail 2026-01-01\n")
    (found,) = report("--ended", revoked)["ended-account"]["findings"]  # type: ignore[attr-defined]

    assert (found["user"], found["count"]) == ("demo-patrol", 1)
    assert found["words"] == "made an inquiry once after the account ended on 2026-01-01"


def test_sexes_are_read_from_a_file(report: Callable[..., dict[str, dict[str, object]]], tmp_path: Path) -> None:
    people = tmp_path / "sexes"
    people.write_text("persons/P0000008 F\n")

    assert report("--sexes", people)["sex-skew"]["state"] == "DONE"


def test_a_report_can_be_limited_in_time(run: Run, journalled: Path) -> None:
    out = run("audit", "report", "--data", journalled, "--until", "2020-01-01").out

    assert out.splitlines()[:2] == ["No findings.", "There are no inquiries."]


def test_a_report_is_recorded_in_the_journal(run: Run, journalled: Path) -> None:
    run("audit", "report", "--data", journalled, "--since", "2026-01-01")
    newest = json.loads(run("audit", "search", "--data", journalled, "--json").out.splitlines()[1])

    assert (newest["kind"], newest["filters"]) == ("READ", ["report=misuse", "since=2026-01-01 00:00:00+00:00"])
    assert newest["user"].startswith("local:")


def test_nothing_is_shown_if_the_read_cannot_be_recorded(
    run: Run, journalled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.sqlite.journal.APPEND_ONCE_DEADLINE_S", 0.3)
    with closing(sqlite3.connect(journalled / "journal.db", isolation_level=None)) as journal:
        journal.execute("BEGIN IMMEDIATE")
        result = run("audit", "report", "--data", journalled)

    assert (result.status, result.out) == (1, "")
    assert result.err.count("\n") == 1


def test_a_failed_detector_is_named_and_the_other_findings_are_printed(
    run: Run, journalled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(tables: object) -> list[object]:
        raise ZeroDivisionError("division by zero")

    broken = report_module.Detector("broken", "a fault", fail)  # type: ignore[arg-type]
    monkeypatch.setattr(report_module, "DETECTORS", (broken, *report_module.DETECTORS))
    result = run("audit", "report", "--data", journalled)

    assert result.status == 1
    assert result.err == "needtoknow: The report is incomplete. Detectors that failed: broken.\n"
    assert "failed: ZeroDivisionError: division by zero" in result.out
    assert "queried their own record once" in result.out


def test_thresholds_are_settings(run: Run, journalled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDTOKNOW_MISUSE_MIN_RATIO", "0.5")

    result = run("audit", "report", "--data", journalled)

    assert (result.status, result.err) == (1, "needtoknow: NEEDTOKNOW_MISUSE_MIN_RATIO must be 1 to 1000000.\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("one\n", "--ended: line 1 of {file} is not two words."),
        ("lee 2026-01-01\nlee 2026-01-01 gone\n", "--ended: line 2 of {file} is not two words."),
        ("lee yesterday\n", "Invalid value: --ended is a time such as 2026-01-31"),
    ],
)
def test_a_bad_line_of_a_file_is_named(run: Run, journalled: Path, tmp_path: Path, text: str, message: str) -> None:
    revoked = tmp_path / "revoked"
    revoked.write_text(text)
    result = run("audit", "report", "--data", journalled, "--ended", revoked)

    assert result.out == ""
    assert result.err.startswith("needtoknow: " + message.format(file=revoked))


def test_a_missing_file_is_named(run: Run, journalled: Path, tmp_path: Path) -> None:
    result = run("audit", "report", "--data", journalled, "--sexes", tmp_path / "absent")

    assert (result.status, result.out) == (1, "")
    assert result.err == f"needtoknow: {tmp_path / 'absent'} cannot be read: No such file or directory.\n"


def test_an_unusable_policy_does_not_keep_a_report_from_being_made(
    run: Run, journalled: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NEEDTOKNOW_POLICY", str(tmp_path / "absent"))
    result = run("audit", "report", "--data", journalled)

    assert (result.status, result.err) == (0, "")
    assert f"policy none: {tmp_path / 'absent'}: the need-to-know matrix cannot be read" in result.out
