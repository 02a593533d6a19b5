"""The report as a whole: a fault of one detector hides nothing of the others, and the page stands alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from audit.misuse import report as reports
from audit.misuse.finding import Detector, Finding
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.own_record import OWN_RECORD
from audit.misuse.page import page
from audit.misuse.report import Report, State, build_report
from tests.audit.misuse.conftest import Read, ask, usual


def fails(trail: InquiryTables) -> Iterator[Finding]:
    yield from ()
    trail.rows("SELECT * FROM nowhere")


@pytest.fixture
def found(read: Read, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Of a user whose name is markup, with one detector that fails."""
    monkeypatch.setattr(reports, "DETECTORS", (Detector("broken", "a fault", fails), *reports.DETECTORS))
    return build_report(read([*usual(3), ask("<b>lee</b>", 1, flags=["OWN_RECORD"])]))


def test_a_detector_that_fails_says_so_and_the_rest_go_on(found: Report) -> None:
    broken, own, *_ = found.detectors

    assert (broken.state, broken.findings) == (State.FAILED, ())
    assert broken.why == "OperationalError: no such table: nowhere"
    assert [each.user for each in own.findings] == ["<b>lee</b>"]
    assert found.failed == ["broken"]


def test_what_was_not_given_is_told_and_is_no_failure(found: Report) -> None:
    told = {each.name: each.why for each in found.detectors if each.state is State.NOT_LOOKED}

    assert told == {"sex-skew": "it needs --sexes, a file with the sex of each person"}


def test_a_report_says_of_how_much_it_is(found: Report) -> None:
    assert (found.inquiries, found.users) == (31, 4)
    assert found.by_day == (
        ("2026-03-02", 7),
        ("2026-03-03", 6),
        ("2026-03-04", 6),
        ("2026-03-05", 6),
        ("2026-03-06", 6),
    )


def test_the_worst_stands_first(read: Read) -> None:
    asks = [ask("lee", flags=["OWN_RECORD"]), *(ask("kim", flags=["OWN_RECORD"]) for _ in range(2))]

    assert [each.user for each in reports.run_detector(OWN_RECORD, read(asks)).findings] == ["kim", "lee"]


def test_the_page_needs_nothing_from_anywhere_and_runs_nothing(found: Report) -> None:
    written = page(found)

    assert re.findall(r"<script|<link|<img|@import|url\(|https?:|src=| on\w+=", written) == []
    assert "default-src 'none'" in written


def test_the_page_shows_what_was_found_what_failed_and_what_was_not_looked_for(found: Report) -> None:
    written = page(found)

    assert "<b>lee</b>" not in written
    assert written.count("&lt;b&gt;lee&lt;/b&gt;") == 2  # in the chart and in the table
    assert "queried their own record once" in written
    assert "Failed: OperationalError: no such table: nowhere." in written
    assert "Not run: it needs --sexes" in written
    assert found.detectors[1].findings[0].inquiries[0] in written


def test_the_page_can_be_read_by_whoever_does_not_see_its_charts(found: Report) -> None:
    written = page(found)
    charts = re.findall(r"<svg[^>]*>", written)

    assert '<html lang="en">' in written
    assert len(charts) == 2
    assert all('role="img"' in chart and 'aria-label="' in chart for chart in charts)
    assert all('scope="' in head for head in re.findall(r"<th[^>e]*>", written))
    assert "prefers-color-scheme: dark" in written


def test_a_report_of_an_empty_journal_says_that_there_is_nothing(read: Read) -> None:
    nothing = build_report(read([], ended={}, sexes=()))

    assert [each.state for each in nothing.detectors] == [State.LOOKED] * 10
    assert [each.findings for each in nothing.detectors] == [()] * 10
    assert "There are no inquiries." in page(nothing)
