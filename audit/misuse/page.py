"""HTML page of a misuse report, with charts of inquiries by day, and of findings beside the usual count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from audit.misuse.finding import Finding
from audit.misuse.report import Report
from reports.html import Figure, render

WIDTH, BAR, ROW, LABEL = 720, 14, 34, 250
SHOWN = 20

DAY = Markup('<rect class="usual" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')
AXIS = Markup('<text x="0" y="11">{}</text><text x="0" y="114">{}</text><text x="{}" y="114" class="end">{}</text>')
LABELS = Markup('<text x="0" y="{}">{}</text><text x="{:.1f}" y="{}">{}</text>')
FOUND = Markup('<rect class="found" x="{}" y="{}" width="{:.1f}" height="{}" rx="2"/>')
USUAL = Markup('<rect class="mark" x="{:.1f}" y="{}" width="2" height="{}"/>')


def page(report: Report) -> str:
    return render("audit.misuse", "report.html", report=report, by_day=_by_day(report.by_day), chart=_findings)


def _by_day(days: Sequence[tuple[str, int]]) -> Figure | None:
    if not days:
        return None
    base, step, most = 96, WIDTH / len(days), max(count for _, count in days)
    heights = (count / most * 80 for _, count in days)
    bars = (DAY.format(index * step, base - height, max(step - 1, 0.5), height) for index, height in enumerate(heights))
    svg = Markup("").join([*bars, AXIS.format(most, days[0][0], WIDTH, days[-1][0])])
    return Figure(WIDTH, 120, f"Inquiries on each day; {most} on the busiest.", svg)


def _findings(found: Sequence[Finding]) -> Figure:
    shown = found[:SHOWN]
    most = max(max(each.count, each.expected or 0) for each in shown)
    rows = (part for row, each in enumerate(shown) for part in _row(row * ROW + 8, each, (WIDTH - LABEL - 60) / most))
    marks = " Marks: what would be usual." if any(each.expected is not None for each in shown) else ""
    more = f" The first {SHOWN} of {len(found)}." if len(found) > SHOWN else ""
    return Figure(WIDTH, ROW * len(shown), f"Bars: what was found.{marks}{more}", Markup("").join(rows))


def _row(top: int, finding: Finding, scale: float) -> Iterator[Markup]:
    length = max(finding.count * scale, 1)
    yield LABELS.format(top + 12, finding.who, LABEL + length + 8, top + 12, finding.count)
    yield FOUND.format(LABEL, top, length, BAR)
    if finding.expected is not None:
        yield USUAL.format(LABEL + finding.expected * scale, top - 4, BAR + 8)
