"""A report as one HTML page. Knows no detector."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from audit.misuse import chart
from audit.misuse.finding import Finding
from audit.misuse.report import DetectorResult, Report, State
from reports import html

SAID = {State.NOT_LOOKED: "not looked for", State.FAILED: "failed"}


def page(report: Report) -> str:
    sections = (line for each in report.detectors for line in _section(each))
    return html.page("What looks like misuse", [*_summary(report), *sections])


def _summary(report: Report) -> Iterator[str]:
    yield f"<p>{escape(span(report))} A finding is a question to ask, not an answer.</p>"
    if report.by_day:
        yield chart.by_day(report.by_day)
    yield from html.table(("Looked for", "Findings"), map(_count, report.detectors))


def span(report: Report) -> str:
    """What the report is of, in a sentence."""
    if report.first is None or report.last is None:
        return "There are no inquiries."
    return f"{report.inquiries:,} inquiries of {report.users:,} users, {report.first[:10]} to {report.last[:10]} (UTC)."


def _count(looked: DetectorResult) -> str:
    count = SAID.get(looked.state) or str(len(looked.findings))
    link = f'<a href="#{looked.name}">{escape(looked.looks_for)}</a>'
    return f'<tr><th scope="row">{link}</th><td class="number">{count}</td></tr>'


def _section(looked: DetectorResult) -> Iterator[str]:
    yield f'<section aria-labelledby="{looked.name}">'
    yield f'<h2 id="{looked.name}">{escape(looked.looks_for.capitalize())}</h2>'
    if looked.why is not None:
        yield f'<p class="failed">{SAID[looked.state].capitalize()}: {escape(looked.why)}.</p>'
    elif not looked.findings:
        yield '<p class="quiet">Nothing.</p>'
    else:
        yield chart.findings(looked.findings)
        heads = ("Who or whom", "What", "Score", "Inquiries, newest first")
        yield from html.table(heads, map(_row, looked.findings))
    yield "</section>"


def _row(finding: Finding) -> str:
    who = escape(" ".join(filter(None, (finding.user, finding.subject))))
    ids = " ".join(f"<code>{escape(id)}</code>" for id in finding.inquiries)
    return (
        f'<tr><th scope="row">{who}</th><td>{escape(finding.words)}</td><td class="number">{finding.score:.0f}</td>'
        f"<td><details><summary>{len(finding.inquiries)}</summary>{ids}</details></td></tr>"
    )
