"""`needtoknow trace`: where the time of an answer went, from the trace files of a server. Knows nothing of how."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.audit import Time, parse_time
from api.cli.output_format import grid, printable
from api.config.setting import variable
from api.config.user_error import UserError, report_as_user_error
from policy.roles import Role

if TYPE_CHECKING:
    from traces.file import Files
    from traces.span import Span
    from traces.summary import Summary
    from traces.trace import Trace

BAR = 40
"""Characters."""

DEEPEST = 20
"""Steps that are set in further than the one above."""

STEPS = 10
"""Of the critical path, added up by name."""

app = typer.Typer(name="trace", help="See where the time of an answer went.")
Where = Annotated[
    Path, typer.Option("--traces", metavar="FOLDER", envvar=variable("traces"), help="The trace files, or one of them.")
]
Ids = Annotated[list[str] | None, typer.Argument(metavar="ID", help="Traces, each by the beginning of its id.")]
Limit = Annotated[int, typer.Option(min=1, help="Traces at the most.")]


@app.command()
def ls(
    *,
    traces: Where,
    slower: Annotated[float, typer.Option(metavar="MS", min=0, help="That took so many milliseconds or more.")] = 0,
    code: Annotated[str | None, typer.Option(help="With this error, such as SOURCE_UNAVAILABLE.")] = None,
    role: Annotated[Role | None, typer.Option(help="Of callers in this role.")] = None,
    source: Annotated[str | None, typer.Option(help="That asked this source.")] = None,
    since: Time = None,
    until: Time = None,
    digest: Annotated[str | None, typer.Option("--hash", help="Of this document: the beginning of its hash.")] = None,
    limit: Limit = 20,
    json: Annotated[bool, typer.Option("--json", help="For a program: a line each.")] = False,
) -> None:
    """Print what was traced, the slowest first."""
    from traces.summary import TraceFilter, summaries
    from traces.waterfall import MILLISECOND

    wanted = TraceFilter(
        least_ns=int(slower * MILLISECOND),
        since_ns=nanoseconds(since, "--since"),
        until_ns=nanoseconds(until, "--until"),
        code=code,
        role=role and role.value,
        source=source,
        hash=digest,
    )
    with reading(traces) as files:
        every = summaries(files.spans())
        found = [each for each in every if each in wanted]
    if json:
        print_json(found[:limit])
    else:
        show_list(found[:limit], shortest([each.id for each in every]))
        print(f"{min(limit, len(found)):,} of {len(found):,}, in {len(every):,} traces.")


@app.command()
def show(
    trace: Annotated[str, typer.Argument(metavar="ID", help="The trace, by the beginning of its id.")],
    *,
    traces: Where,
) -> None:
    """Print one trace as a waterfall, with its critical path."""
    with reading(traces) as files:
        (found,) = these(files, [trace])
    show_waterfall(found)


@app.command()
def html(trace: Ids = None, *, traces: Where, limit: Limit = 10) -> None:
    """Print a page of some traces, or of the slowest, that needs nothing from elsewhere."""
    from traces.page import page

    with reading(traces) as files:
        found = these(files, trace) if trace else slowest(files, limit)
    print(page(found))


@app.command()
def chrome(trace: Ids = None, *, traces: Where, limit: Limit = 10) -> None:
    """Print some traces, or the slowest, for chrome://tracing or Perfetto."""
    import orjson

    from traces.chrome import chrome

    with reading(traces) as files:
        found = these(files, trace) if trace else slowest(files, limit)
    print(orjson.dumps({"traceEvents": list(chrome(found)), "displayTimeUnit": "ms"}).decode())


@contextmanager
def reading(path: Path) -> Iterator[Files]:
    """The files; at the end, one line about what in them could not be read."""
    from traces.file import Files, InvalidTraceFile

    with report_as_user_error(InvalidTraceFile):
        files = Files(path)
        yield files
    if files.unread:
        count, first = len(files.unread), files.unread[0]
        lines = (
            "1 line is cut short or wrong and was" if count == 1 else f"{count:,} lines are cut short or wrong and were"
        )
        print(f"needtoknow: {lines} not read, from {first} on; the rest was.", file=sys.stderr)


def these(files: Files, beginnings: Sequence[str]) -> list[Trace]:
    """The traces that are meant, in the order in which they are named. Raises: Mistake."""
    from traces.trace import Trace

    wanted = tuple(each.lower() for each in beginnings)
    spans = gathered(files, lambda id: id.startswith(wanted))
    found: dict[str, Trace] = {}
    for beginning in wanted:
        ids = [id for id in spans if id.startswith(beginning)]
        if not ids:
            raise UserError(f"No trace begins with {printable(beginning)}. List them: needtoknow trace ls")
        if len(ids) > 1:
            raise UserError(f"{len(ids):,} traces begin with {beginning}. Say more of the id, such as {ids[0]}.")
        found[ids[0]] = Trace(spans[ids[0]])
    return list(found.values())


def slowest(files: Files, limit: int) -> list[Trace]:
    from traces.summary import summaries
    from traces.trace import Trace

    ids = [each.id for each in summaries(files.spans())[:limit]]
    spans = gathered(files, set(ids).__contains__)
    return [Trace(spans[id]) for id in ids if id in spans]


def gathered(files: Files, is_wanted: Callable[[str], bool]) -> dict[str, list[Span]]:
    """Spans by trace."""
    spans: dict[str, list[Span]] = {}
    for span in files.spans(is_wanted):
        spans.setdefault(span.trace_id, []).append(span)
    return spans


def nanoseconds(text: str | None, option: str) -> int | None:
    when = parse_time(text, option)
    return None if when is None else int(when.timestamp() * 1000) * 1_000_000


def shortest(ids: Sequence[str]) -> int:
    """How many digits tell all of them apart, eight at the least."""
    return next((size for size in range(8, 32) if len({id[:size] for id in ids}) == len(ids)), 32)


def print_json(found: Sequence[Summary]) -> None:
    import orjson

    from traces.waterfall import MILLISECOND, moment

    for each in found:
        at, took = moment(each.start_ns).replace(" ", "T") + "Z", each.duration_ns / MILLISECOND
        line = {"trace": each.id, "at": at, "ms": took, "spans": each.spans, "attributes": each.said}
        print(orjson.dumps(line).decode())


def show_list(found: Sequence[Summary], digits: int) -> None:
    from traces import attributes
    from traces.waterfall import milliseconds, moment

    columns = {"role": attributes.ROLE, "code": attributes.CODE, "sources": attributes.SOURCE}
    rows = (
        (
            each.id[:digits],
            moment(each.start_ns),
            milliseconds(each.duration_ns),
            each.spans,
            " ".join(word for key in (attributes.TYPE, attributes.OPERATION) for word in each.said.get(key, ())),
            *(" ".join(each.said.get(key, ())) for key in columns.values()),
            " ".join(attributes.short(digest) for digest in each.said.get(attributes.HASH, ())),
        )
        for each in found
    )
    grid(("trace", "at (UTC)", "ms", "spans", "operation", *columns, "hash"), rows)


def show_waterfall(trace: Trace) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from traces.critical_path import critical_path
    from traces.times import by_step
    from traces.waterfall import bar, milliseconds, moment, waterfall

    path = critical_path(trace)
    lines, left_out = waterfall(trace, path)
    root, took = trace.root, trace.root.duration_ns
    table = Table(box=None, pad_edge=False)
    table.add_column("step")
    table.add_column("at ms", justify="right")
    table.add_column("took ms", justify="right")
    table.add_column("━ critical path", no_wrap=True, min_width=BAR)
    table.add_column("attributes", overflow="fold")
    for line in lines:
        bars = Text(bar(line, root, BAR))
        bars.highlight_regex("━+", "bold red")
        table.add_row(
            Text(
                "  " * min(line.depth, DEEPEST) + printable(line.span.name), style="red" if line.span.is_failed else ""
            ),
            milliseconds(line.offset_ns),
            milliseconds(line.span.duration_ns),
            bars,
            Text(printable(line.attributes), style="dim"),
        )
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        # Whoever reads it through a pipe gets it whole.
        console.width = 240
    console.print(f"{trace.id}  {moment(root.start_ns)} UTC  {milliseconds(took)} ms  spans: {len(trace.spans):,}\n")
    console.print(table)
    if left_out:
        console.print(f"... and {left_out:,} more; needtoknow trace chrome has them all.")
    console.print("\nOn the critical path:")
    for name, time in by_step(path)[:STEPS]:
        console.print(f"{milliseconds(time):>12} ms {time / took:>6.1%}  {printable(name)}")
