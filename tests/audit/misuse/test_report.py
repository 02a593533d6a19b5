"""The misuse report and its page: failed detectors, missing inputs, and what the page shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from audit.misuse import report as report_module
from audit.misuse.finding import Finding, Severity
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.page import page
from audit.misuse.report import Basis, Detector, Report, State, build_report
from audit.misuse.thresholds import Thresholds
from tests.audit.misuse.conftest import BuildTables, inquiry, ordinary


def fails(tables: InquiryTables) -> Iterator[Finding]:
    yield from ()
    tables.rows("SELECT * FROM nowhere")


@pytest.fixture
def report(build_tables: BuildTables, monkeypatch: pytest.MonkeyPatch) -> Report:
    """A report about a user whose name is markup, with one detector that fails."""
    monkeypatch.setattr(report_module, "DETECTORS", (Detector("broken", "a fault", fails), *report_module.DETECTORS))
    return build_report(build_tables([*ordinary(3), inquiry("<b>lee</b>", 1, flags=["OWN_RECORD"])]))


def test_a_failed_detector_is_reported_and_the_others_still_run(report: Report) -> None:
    broken, own, *_ = report.detectors

    assert (broken.state, broken.findings) == (State.FAILED, ())
    assert broken.why == "OperationalError: no such table: nowhere"
    assert [each.user for each in own.findings] == ["<b>lee</b>"]
    assert report.failed == ["broken"]


def test_a_missing_input_is_named_and_is_no_failure(report: Report) -> None:
    not_run = {each.name: each.why for each in report.detectors if each.state is State.NOT_RUN}

    assert not_run == {"sex-skew": "it needs --sexes, a file with the sex of each person"}


def test_too_few_peers_are_reported_instead_of_nothing(report: Report) -> None:
    outcomes = {each.name: each.outcome for each in report.detectors if not each.findings}

    words = "too few to compare: needs 8 colleagues in the role"
    assert [name for name, outcome in outcomes.items() if outcome == words] == ["volume", "off-shift", "no-case"]
    assert outcomes["many-users"] == "nothing"


def test_a_report_counts_inquiries_users_and_days(report: Report) -> None:
    assert (report.inquiries, report.users) == (31, 4)
    assert report.by_day == (
        ("2026-03-02", 7),
        ("2026-03-03", 6),
        ("2026-03-04", 6),
        ("2026-03-05", 6),
        ("2026-03-06", 6),
    )


def test_the_highest_score_comes_first(build_tables: BuildTables) -> None:
    inquiries = [inquiry("lee", flags=["OWN_RECORD"]), *(inquiry("kim", flags=["OWN_RECORD"]) for _ in range(2))]

    own, *_ = build_report(build_tables(inquiries)).detectors
    assert [each.user for each in own.findings] == ["kim", "lee"]


def test_the_page_loads_nothing_and_runs_no_script(report: Report) -> None:
    html = page(report)

    assert re.findall(r"<script|<link|<img|@import|url\(|https?:|src=| on\w+=", html) == []
    assert "default-src 'none'" in html


def test_the_page_shows_findings_failures_and_detectors_not_run(report: Report) -> None:
    html = page(report)

    assert "<b>lee</b>" not in html
    assert html.count("&lt;b&gt;lee&lt;/b&gt;") == 1
    assert "queried their own record once" in html
    assert "Failed: OperationalError: no such table: nowhere." in html
    assert "Not run: it needs --sexes" in html
    assert "Too few to compare: needs 8 colleagues in the role." in html
    assert "3 is once in 1,000 such reports, 6 once in a million." in html
    assert f"needtoknow audit show {report.detectors[1].findings[0].inquiries[0][:12]}" in html


def test_the_page_is_accessible_without_its_charts(build_tables: BuildTables) -> None:
    again = (inquiry("kim", 7, days=day) for day in range(9))
    html = page(build_report(build_tables([*ordinary(3), *again])))
    charts = re.findall(r"<svg[^>]*>", html)

    assert '<html lang="en">' in html
    assert len(charts) == 2  # of the days, and of the finding
    assert all('role="img"' in chart and 'aria-label="' in chart for chart in charts)
    assert all('scope="' in head for head in re.findall(r"<th[^>e]*>", html))
    assert "prefers-color-scheme: dark" in html


def test_an_empty_journal_gives_a_report_without_findings(build_tables: BuildTables) -> None:
    empty = build_report(build_tables([], ended={}, sexes=()))

    assert [each.state for each in empty.detectors] == [State.DONE] * 10
    assert [each.findings for each in empty.detectors] == [()] * 10
    assert "There are no inquiries." in page(empty)
    assert empty.summary == "No findings."


@pytest.mark.parametrize(
    ("score", "severity"),
    [(99, Severity.CERTAIN), (98.9, Severity.STRONG), (6, Severity.STRONG), (5.9, Severity.WORTH_A_LOOK)],
)
def test_a_severity_is_a_range_of_scores(score: float, severity: Severity) -> None:
    finding = Finding(count=1, score=score, words="did", inquiries=())

    assert finding.severity is severity
    assert finding.whole_score == {98.9: 98, 5.9: 5}.get(score, score)


def test_a_finding_names_the_officer_and_the_days(build_tables: BuildTables) -> None:
    old = inquiry("lee", 1, days=1, flags=["OWN_RECORD"], role="patrol", agency="CA9190000")
    new = inquiry("lee", 1, days=9, flags=["OWN_RECORD"], role="records", agency="CA9380100")
    own, *_ = build_report(build_tables([old, new])).detectors
    (found,) = own.findings

    assert (found.role, found.agency) == ("records", "CA9380100")
    assert found.days == "2026-03-03 to 2026-03-11"


def test_a_finding_about_a_subject_has_days_and_no_officer(build_tables: BuildTables) -> None:
    crowd = [inquiry(f"user-{n:02}", 7, days=n % 3) for n in range(25)]
    report = build_report(build_tables([*ordinary(30), *crowd]))
    (found,) = next(each.findings for each in report.detectors if each.name == "many-users")

    assert (found.user, found.role, found.agency, found.days) == (None, None, None, "2026-03-02 to 2026-03-04")
    assert report.summary.endswith(" and 1 subject.") or report.summary.endswith("about 1 subject.")


def test_the_page_says_severity_in_words_and_what_it_was_made_from(build_tables: BuildTables) -> None:
    thresholds = Thresholds(min_peers=9)
    basis = Basis(
        made_at="2026-04-01T08:00:00.000000+00:00",
        since="2026-03-01T00:00:00.000000+00:00",
        until=None,
        journal="journal.db",
        last=1_234,
        head="ab" * 32,
        verified="Yes, it is whole.",
        version="9.9",
        policy="f00d: the built-in matrix",
        thresholds=thresholds,
    )
    html = page(build_report(build_tables([inquiry("lee", 1, flags=["OWN_RECORD"])], thresholds), basis))

    assert '<span class="badge certain">certain</span>' in html
    assert "1 finding, 1 of them certain, about 1 officer." in html
    for text in ("2026-04-01 08:00:00 UTC", "2026-03-01 00:00:00 to the end", "up to entry 1,234", "ab" * 32, "9.9"):
        assert text in html
    assert "min_peers 9 (default 8)" in html
    assert "Yes, it is whole." in html
