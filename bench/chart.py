"""Chart of a benchmark as SVG: CPU for each request, one panel for each number of people."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from bench.format import MANY, format_number
from bench.results import Record

NAMESPACE = "http://www.w3.org/2000/svg"
PANELS = ("1 person", "20 people", "200 people")
LABELS, BARS, GAP = 190, 150, 60
ROW, TOP, BAR = 26, 64, 15
STYLE = """\
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .quiet { fill: #59636e }
  .ours { fill: #1a7f37 }
  .peer { fill: #8c959f }
  text.ours { font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .quiet { fill: #9198a1 }
    .ours { fill: #3fb950 }
    .peer { fill: #6e7681 }
  }"""


def svg(record: Record) -> str:
    width = LABELS + len(PANELS) * (BARS + GAP)
    height = TOP + ROW * len(record.contenders) + 8
    caption = "CPU milliseconds for each request, less is better"
    return "\n".join(
        [
            f'<svg xmlns="{NAMESPACE}" width="{width}" height="{height}" role="img" aria-label="{caption}">',
            f"<style>\n{STYLE}\n</style>",
            f'<text class="title" x="0" y="18">{caption}</text>',
            *_labels(record),
            *(element for index, panel in enumerate(PANELS) for element in _panel(record, index, panel)),
            "</svg>\n",
        ]
    )


def _labels(record: Record) -> Iterator[str]:
    for index, (key, title, _) in enumerate(record.contenders):
        kind = ' class="ours"' if is_ours(key) else ""
        yield f'<text{kind} x="0" y="{_base(index)}">{escape(title)}</text>'


def _panel(record: Record, index: int, workload: str) -> Iterator[str]:
    left = LABELS + index * (BARS + GAP)
    yield f'<text class="quiet" x="{left}" y="{TOP - 14}">{workload} with everything</text>'
    costs = {key: cell.cpu_ms.median for key, _, _ in record.contenders if (cell := record.cell(key, workload, MANY))}
    highest = max(costs.values(), default=1)
    for row, (key, _, _) in enumerate(record.contenders):
        if key in costs:
            length, base = max(1, round(costs[key] / highest * BARS)), _base(row)
            kind = "ours" if is_ours(key) else "peer"
            yield f'<rect class="{kind}" x="{left}" y="{base - BAR + 3}" width="{length}" height="{BAR}" rx="2"/>'
            yield f'<text x="{left + length + 6}" y="{base}">{format_number(costs[key])}</text>'


def is_ours(key: str) -> bool:
    return key in {"whole", "alone"}


def _base(row: int) -> int:
    return TOP + ROW * row + BAR
