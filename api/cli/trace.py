"""`needtoknow trace`: lists, shows and exports the traces in a server's trace files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.audit import Time, parse_time
from api.cli.console import stdout, write, write_error, write_json
from api.cli.output_format import grid
from api.config.setting import variable
from api.config.user_error import UserError, report_as_user_error
from policy.roles import Role
from reports.control_characters import escape

if TYPE_CHECKING:
    from traces.file import TraceFiles
    from traces.summary import Summary
    from traces.trace import Trace

BAR_WIDTH = 40
MAX_INDENT = 20
LONGEST_MS = 1e12
MAX_STEPS = 10
"""Names in the list of the critical path's steps."""

app = typer.Typer(name="trace", help="See where the time of a request went.")
Folder = Annotated[
    Path,
    typer.Option("--traces", metavar="FOLDER", envvar=variable("traces"), help="The folder of trace files, or a file."),
]
Ids = Annotated[list[str] | None, typer.Argument(metavar="ID", help="Trace ids, or their first digits.")]
Limit = Annotated[int, typer.Option(min=1, help="Maximum number of traces.")]


@app.command()
def ls(
    *,
    traces: Folder,
    slower: Annotated[
        float, typer.Option(metavar="MS", min=0, max=LONGEST_MS, help="Only traces of at least MS milliseconds.")
    ] = 0,
    code: Annotated[str | None, typer.Option(help="Only with this error code, such as SOURCE_UNAVAILABLE.")] = None,
    role: Annotated[Role | None, typer.Option(help="Only of callers in this role.")] = None,
    source: Annotated[str | None, typer.Option(help="Only those that queried this source.")] = None,
    since: Time = None,
    until: Time = None,
    digest: Annotated[str | None, typer.Option("--hash", help="Only of this document: its hash, or the start.")] = None,
    limit: Limit = 20,
    json: Annotated[bool, typer.Option("--json", help="Print JSON Lines instead of a table.")] = False,
) -> None:
    """List the traces, the slowest first."""
    from traces.summary import TraceFilter, summaries
    from traces.waterfall import MILLISECOND

    wanted = TraceFilter(
        min_duration_ns=int(slower * MILLISECOND),
        since_ns=nanoseconds(since, "--since"),
        until_ns=nanoseconds(until, "--until"),
        code=code,
        role=role and role.value,
        source=source,
        hash=digest,
    )
    with open_files(traces) as files:
        all_traces = summaries(files.spans())
    found = [each for each in all_traces if each in wanted]
    if json:
        print_json(found[:limit])
    else:
        print_table(found[:limit], unique_prefix_length([each.id for each in all_traces]))
        write(f"{min(limit, len(found)):,} of {len(found):,}, in {len(all_traces):,} traces.")


@app.command()
def show(
    trace: Annotated[str, typer.Argument(metavar="ID", help="A trace id, or its first digits.")],
    *,
    traces: Folder,
) -> None:
    """Print one trace as a waterfall, with its critical path."""
    print_waterfall(*named_or_slowest(traces, [trace]))


@app.command()
def html(trace: Ids = None, *, traces: Folder, limit: Limit = 10) -> None:
    """Print an HTML page of these traces, or of the slowest. It loads nothing from elsewhere."""
    from traces.page import page

    write(page(named_or_slowest(traces, trace, limit)))


@app.command()
def chrome(trace: Ids = None, *, traces: Folder, limit: Limit = 10) -> None:
    """Print these traces, or the slowest, as JSON for chrome://tracing or Perfetto."""
    from traces.chrome import chrome

    events = list(chrome(named_or_slowest(traces, trace, limit)))
    write_json({"traceEvents": events, "displayTimeUnit": "ms"})


@contextmanager
def open_files(path: Path) -> Iterator[TraceFiles]:
    """The trace files. At the end it reports on stderr how many lines were skipped."""
    from traces.file import InvalidTraceFile, TraceFiles

    with report_as_user_error(InvalidTraceFile):
        files = TraceFiles(path)
        yield files
    if files.skipped:
        count, first = len(files.skipped), files.skipped[0]
        lines = "1 invalid line was" if count == 1 else f"{count:,} invalid lines were"
        write_error(f"needtoknow: {lines} skipped; the first is {first}.")


def named_or_slowest(path: Path, prefixes: Sequence[str] | None, limit: int = 0) -> list[Trace]:
    """The traces with these ids or first digits, in this order; without any, the slowest.

    Raises: UserError if a prefix is that of no or several traces.
    """
    from traces.summary import summaries

    with open_files(path) as files:
        if not prefixes:
            slowest = [each.id for each in summaries(files.spans())[:limit]]
            traces = files.traces(set(slowest).__contains__)
            # A file may have been removed between the two readings.
            return [traces[id] for id in slowest if id in traces]
        wanted = tuple(each.lower() for each in prefixes)
        traces = files.traces(lambda id: id.startswith(wanted))
        found: dict[str, Trace] = {}
        for prefix in wanted:
            ids = [id for id in traces if id.startswith(prefix)]
            if not ids:
                raise UserError(f"No trace id starts with {escape(prefix)}. List them: needtoknow trace ls")
            if len(ids) > 1:
                raise UserError(f"{len(ids):,} trace ids start with {prefix}. Use more digits, such as {ids[0]}.")
            found[ids[0]] = traces[ids[0]]
        return list(found.values())


def nanoseconds(text: str | None, option: str) -> int | None:
    time = parse_time(text, option)
    return None if time is None else int(time.timestamp() * 1000) * 1_000_000


def unique_prefix_length(ids: Sequence[str]) -> int:
    """The number of first digits that distinguish all ids, at least eight."""
    return next((size for size in range(8, 32) if len({id[:size] for id in ids}) == len(ids)), 32)


def print_json(found: Sequence[Summary]) -> None:
    from traces.waterfall import MILLISECOND, format_time

    for each in found:
        line = {
            "trace": each.id,
            "at": format_time(each.start_ns).replace(" ", "T") + "Z",
            "ms": each.duration_ns / MILLISECOND,
            "spans": each.spans,
            "attributes": each.attributes,
        }
        write_json(line)


def print_table(found: Sequence[Summary], id_length: int) -> None:
    from traces.attributes import DOCUMENT_HASH, ERROR_CODE, ROLE, SOURCE, short_hash
    from traces.waterfall import format_ms, format_time

    rows = (
        (
            each.id[:id_length],
            format_time(each.start_ns),
            format_ms(each.duration_ns),
            each.spans,
            each.operation,
            *map(each.text, (ROLE, ERROR_CODE, SOURCE)),
            " ".join(map(short_hash, each.attributes.get(DOCUMENT_HASH, ()))),
        )
        for each in found
    )
    grid(("trace", "at (UTC)", "ms", "spans", "operation", "role", "code", "sources", "hash"), rows)


def print_waterfall(trace: Trace) -> None:
    from rich.table import Table
    from rich.text import Text

    from traces.critical_path import critical_path
    from traces.times import by_step
    from traces.waterfall import bar, format_ms, format_time, waterfall

    path = critical_path(trace)
    rows, left_out = waterfall(trace, path)
    root = trace.root
    table = Table(box=None, pad_edge=False)
    table.add_column("step")
    table.add_column("at ms", justify="right")
    table.add_column("took ms", justify="right")
    table.add_column("━ critical path", no_wrap=True, min_width=BAR_WIDTH)
    table.add_column("attributes", overflow="fold")
    for row in rows:
        bars = Text(bar(row, root, BAR_WIDTH))
        bars.highlight_regex("━+", "bold red")
        name = "  " * min(row.depth, MAX_INDENT) + escape(row.span.name)
        table.add_row(
            Text(name, style="red" if row.span.is_failed else ""),
            format_ms(row.offset_ns),
            format_ms(row.span.duration_ns),
            bars,
            Text(escape(row.attributes), style="dim"),
        )
    console = stdout()
    started, took = format_time(root.start_ns), format_ms(root.duration_ns)
    console.print(f"{trace.id}  {started} UTC  {took} ms  spans: {len(trace.spans):,}\n")
    console.print(table)
    if left_out:
        console.print(f"... and {left_out:,} more; needtoknow trace chrome has all of them.")
    console.print("\nOn the critical path:")
    for name, step_ns in by_step(path)[:MAX_STEPS]:
        console.print(f"{format_ms(step_ns):>12} ms {step_ns / root.duration_ns:>6.1%}  {escape(name)}")
