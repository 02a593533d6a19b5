"""HTML page of a misuse report: the summary, the findings by severity, and what the report was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from markupsafe import Markup

from audit.misuse.finding import Finding, Severity, rounded
from audit.misuse.report import DetectorResult, Report
from audit.misuse.thresholds import Thresholds
from reports.axis import ticks
from reports.html import Figure, render

LEFT, TOP, HEIGHT, BELOW = 7, 26, 110, 24
"""Room of the chart by day: percent for the counts, pixels for the title, for the bars, and for the days below."""
WIDEST_DAY = 3
"""Percent of a day's bar: a journal of one week is no wall of grey."""
BAR_WIDTH, BAR_HEIGHT = 120, 14

DAY = Markup(
    '<rect class="usual" x="{:.2f}%" y="{:.1f}" width="{:.2f}%" height="{:.1f}"><title>{}: {:,}</title></rect>'
)
LINE = Markup('<line class="grid" x1="{}%" x2="100%" y1="{:.1f}" y2="{:.1f}"/>')
COUNT = Markup('<text class="end" x="{}%" dx="-6" y="{:.1f}">{:,.0f}</text>')
DATE = Markup('<text class="{}" x="{:.2f}%" y="{}">{}</text>')
UNIT = Markup('<text class="quiet" x="0" y="12">inquiries a day</text>')
FOUND = Markup('<rect class="{}" y="3" width="{:.1f}" height="8" rx="2"/>')
USUAL = Markup('<rect class="mark" x="{:.1f}" width="2" height="14"/>')

Group = tuple[DetectorResult, list[tuple[Finding, Figure | None]]]


def page(report: Report) -> str:
    thresholds = report.basis.thresholds if report.basis else Thresholds()
    return render(
        "audit.misuse",
        "report.html",
        report=report,
        severities=list(Severity),
        by_severity=[(severity, groups) for severity in Severity if (groups := _groups(report, severity))],
        by_day=_by_day(report.by_day),
        min_peers=thresholds.min_peers,
        thresholds=[(each.name, getattr(thresholds, each.name), each.default) for each in fields(thresholds)],
    )


def _groups(report: Report, severity: Severity) -> list[Group]:
    """The findings of one severity by kind, each with its bar; the bars of a kind have one scale."""
    groups = []
    for result in report.detectors:
        if found := [each for each in result.findings if each.severity is severity]:
            most = max(max(each.count, each.expected or 0) for each in result.findings)
            groups.append((result, [(each, _bar(each, (BAR_WIDTH - 2) / most)) for each in found]))
    return groups


def _by_day(days: Sequence[tuple[str, int]]) -> Figure | None:
    """Inquiries on each day; one day needs no chart."""
    if len(days) < 2:
        return None
    step, most = min((100 - LEFT) / len(days), WIDEST_DAY), max(count for _, count in days)
    bottom, scale = TOP + HEIGHT, HEIGHT / most
    parts = [UNIT]
    for count in filter(float.is_integer, ticks(most, 4)):
        y = bottom - count * scale
        parts += LINE.format(LEFT, y, y), COUNT.format(LEFT, y + 4, count)
    parts += (
        DAY.format(LEFT + index * step, bottom - count * scale, step * 0.85, count * scale, day, count)
        for index, (day, count) in enumerate(days)
    )
    dates = ((0, ""), (len(days) // 2, "middle"), (len(days) - 1, "end")) if len(days) > 24 else ((0, ""),)
    for index, anchor in dates:
        place = LEFT + (index + {"": 0.0, "middle": 0.5, "end": 1.0}[anchor]) * step
        parts.append(DATE.format(anchor, place, bottom + 18, days[index][0]))
    busiest = max(days, key=lambda each: each[1])[0]
    caption = f"Inquiries on each day (UTC) from {days[0][0]} to {days[-1][0]}; {most:,} on the busiest, {busiest}."
    return Figure(None, TOP + HEIGHT + BELOW, caption, Markup("").join(parts))


def _bar(finding: Finding, scale: float) -> Figure | None:
    """What was found as a bar, with a mark at the usual count; None if there is no usual count."""
    if finding.expected is None:
        return None
    found = FOUND.format(finding.severity.name.lower(), max(finding.count * scale, 1))
    caption = f"{finding.count} found, {rounded(finding.expected)} usual"
    return Figure(BAR_WIDTH, BAR_HEIGHT, caption, found + USUAL.format(finding.expected * scale))
