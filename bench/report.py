"""Benchmark report as the page docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.format import (
    MANY,
    ONE,
    comparisons,
    connections,
    counts_rows,
    format_number,
    machine_text,
    per_person,
    ratio_text,
)
from bench.promise_ratios import promise_rows
from bench.results import JournalResult, Record

HEAD = """\
# Benchmarks

`make bench` writes this page; do not edit it. Servers side by side: CPU, speed and memory for the same operations on
the same files, over HTTP on loopback.

![CPU for each request](benchmarks.svg)
"""

PROMISES = """\
## The same promises

The comparison that a user makes: peers with a token check, a decision for each field by role, and the same journal
([what each promises](#what-each-promises)). Ratios of CPU, with the best of them for each question.
"""

COUNTS = """\
## Counts

What one question costs the whole server, in counts, which a busy machine hardly changes. A coroutine that is resumed
counts as a Python call. A wake-up is the end of a wait, as Linux counts them. `python -m bench.counts` has the
functions too.
"""

PROMISED = Path(__file__).parent / "peers" / "promises.md"

METHOD = """\
## How it is measured

- A synthetic world of {people:,} people, in SQLite files that all servers read.
- *20 people* and the like are persons by id with everything: person, licence, residence, vehicles, warrants, protective
  orders and protected parties, criminal history with cycles, charges and supervision. *A name* is the first 20 hits by
  spelling or sound. *A plate* is the vehicle, its owner and the owner's warrants.
- All responses are compared before anything is timed; if two differ there is no report.
- All servers are started first and measured alternately in {rounds} rounds, each round in another order, so that
  drift of the machine affects all. Each workload has many sets of variables, so that no response is cached.
- CPU is user and system time of the server's whole process tree. The load generator is a separate process and is not
  counted. Ratios are computed for each round. Latency is over all rounds.
- Each peer (`bench/peers/`) is written as its own documentation recommends, and all peers send the same SQL.
- *Engine alone* is needtoknow without token, decision and journal, to compare with peers that have none. *Whole* is
  `needtoknow serve` as it is: token, need-to-know, two durable journal entries for each operation; tracing is off. Its
  caller is an investigator with a case number and two factors, so the responses are the same.
- *In PostgreSQL* the same world is read over TCP on loopback, from one server whose commits are durable:
  `bench/postgres_world.py`.
- *The journal* is `bench/journal.py`: entries about three records, without checkpoints (*unsigned*), with them as by
  default (*signed*), and with them from two processes (*2 writers*). The disk decides the figures.
- Figures from one process on a shared machine do not carry over to yours; ratios do better. Run it again.
"""


def page(record: Record) -> str:
    return "\n".join([HEAD, *_sections(record), METHOD.format(people=record.people, rounds=record.rounds)])


def _sections(record: Record) -> Iterator[str]:
    workloads = [(name, people, connections(record, name)) for name, people in record.workloads]
    yield "## CPU for each request\n"
    yield "Milliseconds in the median round; the number of concurrent connections is in brackets.\n"
    yield markdown_table(
        ["", *(f"{name} ({concurrency})" for name, _, concurrency in workloads), "peak MB"],
        [
            [
                title,
                *(
                    format_number(cell.cpu_ms.median) if (cell := record.cell(key, name, concurrency)) else ""
                    for name, _, concurrency in workloads
                ),
                format_number(record.peak_mb[key]),
            ]
            for key, title, _ in record.contenders
        ],
    )
    yield from _databases(record, workloads)
    yield "## Ratios\n"
    yield "Ratios of CPU in the median round, with the lowest and the highest round in brackets.\n"
    yield markdown_table(
        ["", *(name for name, _, _ in workloads)],
        [
            [comparison.title, *(ratio_text(record, comparison, name, people) for name, people, _ in workloads)]
            for comparison in comparisons(record)
        ],
    )
    if rows := promise_rows(record):
        yield PROMISES
        yield markdown_table(["", "median round (lowest to highest)", "reference"], rows)
    if (ratio := per_person(record)) is not None:
        yield f"CPU for each person at 1,000 people is {ratio:.2f} times that at 200; aim ≤ 1.15.\n"
    yield "## Speed\n"
    yield "Requests a second, and the median and 99th percentile of latency in milliseconds.\n"
    for concurrency in (ONE, MANY):
        names = [name for name, _ in record.workloads if record.cell(record.contenders[0][0], name, concurrency)]
        yield f"### {concurrency} connection{'s' if concurrency > 1 else ''}\n"
        yield markdown_table(
            ["", *names],
            [
                [title, *(_speed(record, key, name, concurrency) for name in names)]
                for key, title, _ in record.contenders
            ],
        )
    if record.counts:
        yield COUNTS
        yield markdown_table(*counts_rows(record.counts))
    if record.journal:
        yield from _journal(record.journal)
    if promise_rows(record):
        yield PROMISED.read_text()
    yield "## Contenders\n"
    yield markdown_table(["", ""], [[title, description] for _, title, description in record.contenders])
    yield "## The machine\n"
    node = f"Node {record.machine.node}" if record.machine.node else "no Node, so the Node peers were skipped"
    yield f"{machine_text(record.machine, f', {node}')}\n"


def _databases(record: Record, workloads: Sequence[tuple[str, int, int]]) -> Iterator[str]:
    rows = []
    for key, title, _ in record.contenders:
        cells = [record.cell(key, name, concurrency) for name, _, concurrency in workloads]
        if any(cell and cell.database_cpu_ms.median for cell in cells):
            rows.append([title, *(format_number(cell.database_cpu_ms.median) if cell else "" for cell in cells)])
    if rows:
        yield "Those are of needtoknow's own processes. Beside them PostgreSQL used, with each commit durable:\n"
        yield markdown_table(["", *(f"{name} ({concurrency})" for name, _, concurrency in workloads)], rows)


def _journal(journal: Sequence[JournalResult]) -> Iterator[str]:
    yield "## The journal\n"
    yield (
        "Measured alone; each entry is durable before it is acknowledged. Entries a second, and latency percentiles\n"
        "in milliseconds. Every operation waits for two entries, one after the other.\n"
    )
    yield markdown_table(
        ["journal", "appenders", "entries", "p50", "p95", "p99", "CPU µs an entry"],
        [
            [result.mode, str(result.appenders), f"{format_number(result.per_s)}/s"]
            + [format_number(figure) for figure in (result.p50_ms, result.p95_ms, result.p99_ms, result.cpu_us)]
            for result in journal
        ],
    )


def _speed(record: Record, key: str, name: str, concurrency: int) -> str:
    cell = record.cell(key, name, concurrency)
    if cell is None:
        return ""
    return f"{format_number(cell.per_s.median)}/s, {format_number(cell.p50_ms)}, {format_number(cell.p99_ms)}"


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rows = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"
