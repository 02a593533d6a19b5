"""The misuse report and its page: failed detectors, missing inputs, and what the page shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from audit.misuse import report as report_module
from audit.misuse.finding import Finding, Severity
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.page import page
from audit.misuse.report import DETECTORS, Basis, Detector, Report, State, build_report
from audit.misuse.thresholds import Thresholds
from tests.audit.misuse.conftest import BuildTables, inquiry, ordinary

BASIS = Basis(
    made_at="2026-04-01T08:00:00.000000+00:00",
    since="2026-03-01T00:00:00.000000+00:00",
    until=None,
    journal="journal.db",
    last=1_234,
    head="ab" * 32,
    verified="Yes, it is whole.",
    version="9.9",
    policy="f00d: the built-in matrix",
    thresholds=Thresholds(min_peers=9),
)


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
    assert '<li class="failed"><strong>Broken</strong>: failed: OperationalError: no such table: nowhere.</li>' in html
    assert "<li><strong>Sex skew</strong>: not run: it needs --sexes" in html
    assert "<li><strong>Volume</strong>: too few to compare: needs 8 colleagues in the role.</li>" in html
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
    assert report.summary == "1 finding about 1 subject: 1 strong."


def test_the_page_says_severity_in_words_and_what_it_was_made_from(build_tables: BuildTables) -> None:
    html = page(build_report(build_tables([inquiry("lee", 1, flags=["OWN_RECORD"])], BASIS.thresholds), BASIS))

    assert '<span class="badge certain">certain</span>' in html
    assert '<div class="tile words"><dt>Journal</dt><dd class="value">not verified</dd>' in html
    assert "1 finding about 1 officer: 1 certain." in html
    for text in ("2026-04-01 08:00:00 UTC", "2026-03-01 00:00:00 to the end", "up to entry 1,234", "ab" * 32, "9.9"):
        assert text in html
    assert "min_peers 9 (default 8)" in html
    assert "Yes, it is whole." in html


def test_the_gravest_findings_stand_first_under_their_question(build_tables: BuildTables) -> None:
    crowd = [inquiry(f"user-{n:02}", 7, days=n % 3) for n in range(25)]
    html = page(build_report(build_tables([*ordinary(30), *crowd, inquiry("lee", 1, flags=["OWN_RECORD"])])))

    headings = re.findall(r"<h[23] id=\"(?:certain|strong|worth_a_look)[^>]*>([^<]+)", html)
    assert headings == ["Certain: 1 finding", "Own record ", "Strong: 1 finding", "Many users "]
    assert re.findall(r"<strong>Ask:</strong> ([^<]+)", html) == [
        "What work needed the officer's own record?".replace("'", "&#39;"),
        "What happened around this person in these days, and is there a case that explains it?",
    ]
    assert '<a href="#strong-many-users">1</a>' in html
    assert 'id="strong-many-users"' in html


def test_every_kind_of_finding_has_a_question_of_its_own() -> None:
    questions = {each.question for each in DETECTORS}

    assert len(questions) == len(DETECTORS)
    assert all("?" in question for question in questions)


@pytest.mark.parametrize(("is_whole", "words"), [(True, "whole"), (False, "NOT WHOLE"), (None, "not verified")])
def test_the_summary_says_whether_the_journal_is_whole(
    build_tables: BuildTables, is_whole: bool | None, words: str
) -> None:
    report = build_report(build_tables([inquiry("lee", 1)]), replace(BASIS, is_whole=is_whole))

    assert f'<dt>Journal</dt><dd class="value">{words}</dd>' in page(report)


def test_the_chart_by_day_has_counts_days_and_a_unit(build_tables: BuildTables) -> None:
    html = page(
        build_report(build_tables([inquiry("lee", 1, days=day) for day in range(28) for _ in range(1 + day % 2)]))
    )
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", html)

    assert texts[0] == "inquiries a day"
    assert texts[1:4] == ["0", "1", "2"]
    assert texts[4:] == ["2026-03-02", "2026-03-16", "2026-03-29"]
    assert "2 on the busiest, 2026-03-03." in html
