"""A run as one HTML page that needs nothing from anywhere: no script, no font, no address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from bench.arrivals.chart import curves
from bench.arrivals.format import SHARED, codes, knee, latencies, machine, met
from bench.arrivals.record import Record
from bench.arrivals.responses import Latencies, Step
from bench.arrivals.sweep import RULE

LINES = ("p50", "p90", "p99", "p999", "most")
NAMES = {"p999": "p99.9", "most": "max"}
STYLE = """\
:root { color-scheme: light dark; --ink: #1f2328; --paper: #fff; --quiet: #59636e; --line: #d1d9e0;
  --0: #1a7f37; --1: #0969da; --2: #bc4c00; --3: #8250df; --4: #59636e }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f0f6fc; --paper: #0d1117; --quiet: #9198a1; --line: #3d444d;
    --0: #3fb950; --1: #4493f8; --2: #f0883e; --3: #ab7df8; --4: #9198a1 } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 64rem;
  margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem }
.wide { overflow-x: auto; margin-bottom: 2rem } table { border-collapse: collapse; width: 100% }
th, td { text-align: right; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line);
  font-variant-numeric: tabular-nums }
.words th, .words td { text-align: left }
figure { margin: 1rem 0 } svg { width: 100%; height: auto } figcaption, .quiet { color: var(--quiet) }
text { font: 13px system-ui, sans-serif; fill: var(--ink) } .end { text-anchor: end } .middle { text-anchor: middle }
.grid { stroke: var(--line) } .knee { stroke: var(--ink); stroke-dasharray: 4 4 }
polyline { fill: none; stroke-width: 2 } code { font-size: .85em; overflow-wrap: anywhere }
""" + "\n".join(
    f".line-{place} {{ stroke: var(--{place}) }} .dot-{place}, .name-{place} {{ fill: var(--{place}) }}"
    for place in range(len(LINES))
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(record: Record) -> str:
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>needtoknow under load</title>',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>',
            f"<h1>Under load</h1><p>{escape(knee(record))} {escape(machine(record))}</p>",
            f'<p class="quiet">{escape(SHARED)} {escape(RULE)} Written by <code>{escape(record.command)}</code>.</p>',
            *_sections(record),
            "</main></body></html>\n",
        ]
    )


def _sections(record: Record) -> Iterator[str]:
    steps = sorted(record.steps, key=lambda step: step.rate)
    yield "<h2>Waits against rate</h2>"
    yield curves(
        "Milliseconds from when a request was meant to be sent to its last byte",
        {NAMES.get(line, line): [(step.rate, _wait(step.latencies, line)) for step in steps] for line in LINES},
        unit="ms",
        knee=record.knee,
    )
    yield _steps(steps)
    yield "<h2>CPU</h2>"
    cores = {
        "server": [(step.rate, step.server_cores) for step in steps],
        "k6": [(step.rate, step.load_cores) for step in steps],
    }
    yield curves("Cores kept busy", cores, unit="cores", knee=record.knee)
    if record.calm:
        yield "<h2>At 80% of the knee, and at twice the knee</h2>"
        yield _steps([*record.calm, *record.over])
        heads = ("at 80%", "p50", "p90", "p99", "p99.9", "max")
        yield _table(heads, [[kind, *latencies(each)] for kind, each in record.kinds.items()])
    if record.slowest:
        yield "<h2>The slowest</h2>"
        rows = [
            [
                f"{slow.latency_ms:.0f} ms",
                slow.kind,
                slow.trace,
                ", ".join(f"{name} {spent_ms:.0f} ms" for name, spent_ms in slow.parts) or "no trace",
            ]
            for slow in record.slowest
        ]
        yield _table(("waited", "question", "trace", "critical path"), rows, kind="words")
    yield "<h2>Aims</h2>"
    rows = [[aim_results.claim, aim_results.seen, met(aim_results)] for aim_results in record.aim_results]
    yield _table(("aim", "seen", ""), rows, kind="words")


def _steps(steps: Sequence[Step]) -> str:
    heads = ("rate", "p50", "p90", "p99", "p99.9", "max", "whole", "in part", "refused", "failed", "dropped", "errors")
    return _table(
        heads,
        [
            [
                f"{step.rate:,}{'' if step.is_sustained else ' does not hold'}",
                *latencies(step.latencies),
                *(f"{count:,}" for count in (step.whole, step.in_part, step.refused, step.failed, step.dropped)),
                codes(step),
            ]
            for step in steps
        ],
    )


def _wait(of: Latencies | None, line: str) -> float:
    return (getattr(of, line) or 0.0) if of else 0.0


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "figures") -> str:
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
