"""Charts of a report as inline SVG: inquiries day by day, findings beside what would be usual. Knows no page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from audit.misuse.finding import Finding
from reports.html import figure

WIDTH, BAR, ROW, LABEL = 720, 14, 34, 250
SHOWN = 20


def by_day(days: Sequence[tuple[str, int]]) -> str:
    """How many inquiries on each day: a bar a day."""
    height, base = 120, 96
    most = max((count for _, count in days), default=1)
    step = WIDTH / max(len(days), 1)
    heights = [count / most * 80 for _, count in days]
    bars = "".join(
        f'<rect class="usual" x="{place * step:.1f}" y="{base - tall:.1f}" width="{max(step - 1, 0.5):.1f}"'
        f' height="{tall:.1f}"/>'
        for place, tall in enumerate(heights)
    )
    ends = f'<text x="0" y="114">{days[0][0]}</text><text x="{WIDTH}" y="114" class="end">{days[-1][0]}</text>'
    return figure(
        WIDTH, height, f"Inquiries on each day; {most} on the busiest.", f'{bars}<text x="0" y="11">{most}</text>{ends}'
    )


def findings(found: Sequence[Finding]) -> str:
    """The first twenty, each a bar, with a mark where the usual ends."""
    shown = found[:SHOWN]
    most = max(max(each.count, each.expected or 0) for each in shown)
    rows = "".join(line for place, each in enumerate(shown) for line in _row(place, each, (WIDTH - LABEL - 60) / most))
    left = f" The first {SHOWN} of {len(found)}." if len(found) > SHOWN else ""
    return figure(WIDTH, ROW * len(shown), f"Bars: what was found. Marks: what would be usual.{left}", rows)


def _row(place: int, finding: Finding, scale: float) -> Iterator[str]:
    top = place * ROW + 8
    length = max(finding.count * scale, 1)
    yield f'<text x="0" y="{top + 12}">{escape(" ".join(filter(None, (finding.user, finding.subject))))}</text>'
    yield f'<rect class="found" x="{LABEL}" y="{top}" width="{length:.1f}" height="{BAR}" rx="2"/>'
    if finding.expected is not None:
        usual = LABEL + finding.expected * scale
        yield f'<rect class="mark" x="{usual:.1f}" y="{top - 4}" width="2" height="{BAR + 8}"/>'
    yield f'<text x="{LABEL + length + 8:.1f}" y="{top + 12}">{finding.count}</text>'
