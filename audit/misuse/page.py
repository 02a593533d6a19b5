"""HTML page of a misuse report."""

from __future__ import annotations

from audit.misuse import chart
from audit.misuse.report import Report
from reports.html import render


def page(report: Report) -> str:
    by_day = chart.inquiries_by_day(report.by_day)
    return render("audit.misuse", "report.html", report=report, by_day=by_day, chart=chart.findings)
