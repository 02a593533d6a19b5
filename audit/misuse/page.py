"""HTML page of a misuse report."""

from __future__ import annotations

from audit.misuse import chart
from audit.misuse.report import Report, State
from reports.html import render

STATES = {State.LOOKED: "", State.NOT_LOOKED: "not looked for", State.FAILED: "failed"}


def page(report: Report) -> str:
    return render(
        "audit.misuse",
        "report.html",
        period=period(report),
        days=chart.inquiries_by_day(report.by_day),
        detectors=report.detectors,
        chart=chart.findings,
        STATES=STATES,
    )


def period(report: Report) -> str:
    """One sentence: how many inquiries the report covers, of how many users, from which day to which."""
    if report.first is None or report.last is None:
        return "There are no inquiries."
    return f"{report.inquiries:,} inquiries of {report.users:,} users, {report.first[:10]} to {report.last[:10]} (UTC)."
