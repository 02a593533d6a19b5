"""A record as the page docs/benchmarks.md. Knows nothing of how it was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.format import MANY, ONE, comparisons, connections, format_number, per_person, ratio_text
from bench.results import JournalResult, Record

HEAD = """\
# Benchmarks

Written by `make bench`; do not edit. Side by side, the same questions from the same files, over HTTP on loopback: what
each server costs.

![CPU for each request](benchmarks.svg)
"""

METHOD = """\
## How it is measured

- A synthetic world of {people:,} people, seeded once, in SQLite files that everybody reads.
- *20 people* and the like: so many by number, with everything: person, licence, residence, vehicles, warrants,
  protective orders and whom they protect, criminal history with cycles, charges and supervision. *A name*: the first 20
  of those whose name agrees by letters or by sound. *A plate*: the vehicle, its owner and the owner's warrants.
- Every answer of everyone is compared before anything is timed; where two differ there is no report.
- Everybody is started at once and asked in turns, {rounds} rounds, another one first each time, so that the machine's
  drift falls on all. Each question has many sets of variables, so that no answer is lying ready.
- CPU is user and system time of the server's whole process tree. The load is made by a process of its own, which is not
  counted. Ratios are formed round by round. Latency is of all rounds together.
- Each peer is written as its own documentation recommends, `bench/peers/`, and all peers send the same SQL.
- *Engine alone* is needtoknow without token, decision and journal, to hold against peers that have none. *Whole* is
  `needtoknow serve` as it is: token, need-to-know, a journal made durable twice for each question; traces are off. Its
  caller is an investigator with a case number and two factors, who may know everything, so the answers are the same.
- *The journal* is `bench/journal.py`: entries about three records, unsigned, signed as by default, and signed with two
  processes that write, in turns. The disk decides.
- A server in one process on a shared machine says little of yours. The ratios say more than the figures: run it again.
"""


def page(record: Record) -> str:
    return "\n".join([HEAD, *_sections(record), METHOD.format(people=record.people, rounds=record.rounds)])


def _sections(record: Record) -> Iterator[str]:
    asked = [(name, people, connections(record, name)) for name, people in record.workloads]
    yield "## CPU for each request\n"
    yield "Milliseconds, the median round; in brackets after a question, how many connections ask at once.\n"
    yield markdown_table(
        ["", *(f"{name} ({concurrency})" for name, _, concurrency in asked), "peak MB"],
        [
            [
                title,
                *(
                    format_number(cell.cpu_ms.median) if (cell := record.cell(key, name, concurrency)) else ""
                    for name, _, concurrency in asked
                ),
                format_number(record.peak_mb[key]),
            ]
            for key, title, _ in record.contenders
        ],
    )
    yield "## Ratios\n"
    yield "CPU against CPU: the median round, in brackets the least and the most of any.\n"
    yield markdown_table(
        ["", *(name for name, _, _ in asked)],
        [
            [comparison.title, *(ratio_text(record, comparison, name, people) for name, people, _ in asked)]
            for comparison in comparisons(record)
        ],
    )
    if (ratio := per_person(record)) is not None:
        yield f"A person among 1,000 costs the engine {ratio:.2f} times what one among 200 does; aim ≤ 1.15.\n"
    yield "## Speed\n"
    yield "Requests a second, and the milliseconds that half and 99 of 100 of them took at most.\n"
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
    if record.journal:
        yield from _journal(record.journal)
    yield "## Who takes part\n"
    yield markdown_table(["", ""], [[title, what] for _, title, what in record.contenders])
    yield "## The machine\n"
    yield _machine(record)


def _journal(journal: Sequence[JournalResult]) -> Iterator[str]:
    yield "## The journal\n"
    yield (
        "Alone, each entry durable before it is answered for: so many a second, and the milliseconds that half, 95\n"
        "and 99 of 100 waited. Every question waits for two, one after the other.\n"
    )
    yield markdown_table(
        ["journal", "appenders", "entries", "p50", "p95", "p99", "CPU µs an entry"],
        [
            [each.way, str(each.appenders), f"{format_number(each.per_s)}/s"]
            + [format_number(figure) for figure in (each.p50_ms, each.p95_ms, each.p99_ms, each.cpu_us)]
            for each in journal
        ],
    )


def _speed(record: Record, key: str, name: str, concurrency: int) -> str:
    cell = record.cell(key, name, concurrency)
    if cell is None:
        return ""
    return f"{format_number(cell.per_s.median)}/s, {format_number(cell.p50_ms)}, {format_number(cell.p99_ms)}"


def _machine(record: Record) -> str:
    machine = record.machine
    node = f"Node {machine.node}" if machine.node else "no Node, so the Node peers were skipped"
    python = f"Python {machine.python} with SQLite {machine.sqlite}"
    return (
        f"{machine.cores} cores, {machine.memory_gb} GB of memory, {python}, {node}."
        f" Other work used {machine.other_cpu_percent}% of its CPU meanwhile.\n"
    )


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
