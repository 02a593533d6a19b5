"""HTML page of a misuse report: the findings with what is usual beside them, and what the report was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from markupsafe import Markup

from audit.misuse.finding import Finding, Severity, rounded
from audit.misuse.report import Report
from audit.misuse.thresholds import Thresholds
from reports.html import Figure, render

WIDTH, HEIGHT = 720, 80
WIDEST_DAY = 40
"""Pixels of a day's bar: a journal of one week is no wall of grey."""
BAR_WIDTH, BAR_HEIGHT = 120, 14

DAY = Markup('<rect class="usual" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')
FOUND = Markup('<rect class="{}" y="3" width="{:.1f}" height="8" rx="2"/>')
USUAL = Markup('<rect class="mark" x="{:.1f}" width="2" height="14"/>')


def page(report: Report) -> str:
    thresholds = report.basis.thresholds if report.basis else Thresholds()
    return render(
        "audit.misuse",
        "report.html",
        report=report,
        severities=list(Severity),
        by_day=_by_day(report.by_day),
        with_bars=_with_bars,
        min_peers=thresholds.min_peers,
        thresholds=[(each.name, getattr(thresholds, each.name), each.default) for each in fields(thresholds)],
    )


def _by_day(days: Sequence[tuple[str, int]]) -> Figure | None:
    """Inquiries on each day; one day needs no chart."""
    if len(days) < 2:
        return None
    step, most = min(WIDTH / len(days), WIDEST_DAY), max(count for _, count in days)
    heights = (count / most * HEIGHT for _, count in days)
    bars = (
        DAY.format(index * step, HEIGHT - height, max(step - 1, 0.5), height) for index, height in enumerate(heights)
    )
    caption = f"Inquiries on each day from {days[0][0]} to {days[-1][0]}; {most:,} on the busiest."
    return Figure(WIDTH, HEIGHT, caption, Markup("").join(bars))


def _with_bars(found: Sequence[Finding]) -> list[tuple[Finding, Figure | None]]:
    """Each finding with a bar that has a mark at the usual count, if there is one; all have one scale."""
    most = max(max(each.count, each.expected or 0) for each in found)
    return [(each, _bar(each, (BAR_WIDTH - 2) / most)) for each in found]


def _bar(finding: Finding, scale: float) -> Figure | None:
    if finding.expected is None:
        return None
    found = FOUND.format(finding.severity.name.lower(), max(finding.count * scale, 1))
    caption = f"{finding.count} found, {rounded(finding.expected)} usual"
    return Figure(BAR_WIDTH, BAR_HEIGHT, caption, found + USUAL.format(finding.expected * scale))
