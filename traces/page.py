"""Traces as one HTML page: waterfall, flame, critical path, time by source, batches. Knows no file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from reports import html
from traces import attributes, chart
from traces.critical_path import Segment, critical_path
from traces.flame import flame
from traces.span import Span
from traces.times import batches, by_source
from traces.trace import Trace
from traces.waterfall import MILLISECOND, MOST, milliseconds, moment, waterfall

STYLE = """\
<style>main { overflow-wrap: anywhere } rect.usual { opacity: .45 }
rect.frame { fill: var(--line); stroke: var(--paper) } rect.leaf { fill: var(--found); opacity: .6 }</style>"""


Seen = tuple[Trace, Sequence[Segment]]


def page(traces: Sequence[Trace]) -> str:
    """The traces one after another; of several, first what they have in common."""
    seen = [(trace, critical_path(trace)) for trace in traces]
    body = [STYLE, *(_together(seen) if len(seen) > 1 else ())]
    for trace, path in seen:
        body += _one(trace, path)
    return html.page("Where the time went", body)


def _together(seen: Sequence[Seen]) -> Iterator[str]:
    rows = (
        _row(
            f'<a href="#{trace.id}"><code>{trace.id}</code></a>',
            moment(trace.root.start_ns),
            trace.root.duration_ns / MILLISECOND,
            len(trace.spans),
        )
        for trace, _ in seen
    )
    yield from html.table(("Trace", "From (UTC)", "ms", "Spans"), rows)
    yield "<h2>All of them</h2>"
    yield chart.flame(flame(part for _, path in seen for part in path))
    yield from _sources(seen)


def _one(trace: Trace, path: Sequence[Segment]) -> Iterator[str]:
    root = trace.root
    lines, left_out = waterfall(trace, path)
    title = f"{escape(root.name)}, {milliseconds(root.duration_ns)} ms"
    yield f'<section aria-labelledby="{trace.id}"><h2 id="{trace.id}">{title}</h2>'
    yield f'<p class="quiet"><code>{trace.id}</code>, {moment(root.start_ns)} (UTC)</p><h3>Waterfall</h3>'
    yield chart.waterfall(lines, root, left_out)
    yield "<h3>Flame</h3>"
    yield chart.flame(flame(path))
    yield "<h3>Critical path</h3>"
    yield from html.table(("Spent in", "From ms", "For ms", "Share %"), _parts(root, path))
    if asked := batches(trace)[:MOST]:
        yield from _sources([(trace, path)])
        yield "<h3>Batches</h3>"
        heads = ("Source", "From ms", "For ms", "Keys", "Rows", "Answer", "For")
        yield from html.table(heads, (_batch(trace, span) for span in asked))
    yield "</section>"


def _parts(root: Span, path: Sequence[Segment]) -> Iterator[str]:
    longest = sorted(path, key=lambda part: part.duration_ns, reverse=True)[:MOST]
    for part in sorted(longest, key=lambda part: part.start_ns):
        took = part.duration_ns
        where = escape(" > ".join(span.name for span in part.stack))
        yield _row(
            where, (part.start_ns - root.start_ns) / MILLISECOND, took / MILLISECOND, took / root.duration_ns * 100
        )


def _batch(trace: Trace, span: Span) -> str:
    said = span.attributes
    return _row(
        escape(str(said[attributes.SOURCE])),
        (span.start_ns - trace.root.start_ns) / MILLISECOND,
        span.duration_ns / MILLISECOND,
        *(said.get(word, "") for word in (attributes.KEYS, attributes.ROWS, attributes.STATUS)),
        ", ".join(asker.name for asker in trace.askers(span)),
    )


def _sources(seen: Sequence[Seen]) -> Iterator[str]:
    whole = sum(trace.root.duration_ns for trace, _ in seen) or 1
    yield "<h3>Time by source</h3>"
    heads = ("Source", "Waited for ms", "Share %", "Batches", "Their ms", "Slowest ms", "Keys", "Rows", "Answers")
    rows = (
        _row(
            escape(source.name),
            source.critical_ns / MILLISECOND,
            source.critical_ns / whole * 100,
            source.batches,
            source.total_ns / MILLISECOND,
            source.slowest_ns / MILLISECOND,
            source.keys,
            source.rows,
            ", ".join(f"{status} {count}".strip() for status, count in sorted(source.statuses.items())),
        )
        for source in by_source(seen)
    )
    yield from html.table(heads, rows)


def _row(head: str, *cells: object) -> str:
    """The head is markup, the cells are not. Numbers stand under each other."""
    return f'<tr><th scope="row">{head}</th>{"".join(map(_cell, cells))}</tr>'


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return f'<td class="number">{value:{",.2f" if isinstance(value, float) else ","}}</td>'
    return f"<td>{escape(str(value))}</td>"
