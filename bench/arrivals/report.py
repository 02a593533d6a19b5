"""A run as the document docs/load.md. Knows nothing of how it was measured."""

from __future__ import annotations

from collections.abc import Iterator

from bench.arrivals.format import SHARED, SHOWN, codes, knee, latencies, machine, met
from bench.arrivals.record import Record
from bench.arrivals.responses import BUDGET_MS, IN_TIME_MS, Step
from bench.arrivals.sweep import RULE
from bench.report import markdown_table

HEAD = """\
# Under load

Requests arrive at a constant rate, whoever still waits for an answer: a load that waits for slow answers hides them.
The same figures with charts are [a page](load.html). Both are written by this; do not edit.

    {command}
"""

METHOD = """\
## How it is measured

- k6 begins an arrival when it is due. Every wait is counted from then, and not from when the request could be sent. One
  for which k6 has no hand free, because as many as arrive in a second are still waiting, is dropped and counted.
- {rule}
- Of each hundred arrivals, shuffled with seed {seed}: {mix}. Each is `needtoknow serve` asked in full: token,
  `@inquiry`, a `traceparent` of its own, a journal made durable twice.
- A synthetic world of {people:,} people{profile}. Each server begins with an empty journal, and three seconds of
  warm-up that do not count.
- With the first arrivals of a step, for about a second, k6 opens a connection for each of its hands. They are counted
  with all others, and waits are of those after them: an overload is judged while it lasts, and not as it begins.
- Steps at 80% of the knee and at twice the knee take turns, and are judged by their medians: where the machine stalls,
  it is in one of them.
- Errors are counted by the code in the answer's body, once an answer. *Whole* is an answer without any.
- CPU is of the server's whole process tree, in cores; k6's is beside it.
- The slowest are those of another step at 80% of the knee, on a server that traces; no other wait is of one that does.
- {shared}
"""


def document(record: Record) -> str:
    method = METHOD.format(
        rule=RULE,
        seed=record.seed,
        mix=", ".join(f"{share} of *{kind}*" for kind, share in record.mix.items()),
        people=record.people,
        profile=f", whose sources behave as the profile `{record.profile}` says" if record.profile else "",
        shared=SHARED,
    )
    return "\n".join([HEAD.format(command=record.command), *_sections(record), method])


def _sections(record: Record) -> Iterator[str]:
    yield f"{knee(record)}\n"
    yield "## Waits against rate\n"
    in_time = f"in {BUDGET_MS:,} ms" if record.profile else f"whole in {IN_TIME_MS:,} ms"
    yield f"Arrivals a second; milliseconds. *Holds*: 99 of 100 answered {in_time}, none dropped.\n"
    yield _steps(sorted(record.steps, key=lambda step: step.rate))
    if record.calm:
        yield "## At 80% of the knee, and at twice the knee\n"
        yield _steps([*record.calm, *record.over])
        heads = ["at 80%", "p50", "p90", "p99", "p99.9", "max"]
        yield markdown_table(heads, [[kind, *latencies(each)] for kind, each in record.kinds.items()])
    if record.slowest:
        yield "## The slowest\n"
        yield "Where their time went: the longest steps of the critical path, in milliseconds. One of them whole:\n"
        yield f"    {SHOWN}\n"
        yield markdown_table(
            ["waited", "of it before it was sent", "in the server", "question", "trace", "critical path"],
            [
                [
                    f"{slow.latency_ms:.0f}",
                    f"{slow.start_delay_ms:.0f}",
                    "" if slow.server_ms is None else f"{slow.server_ms:.0f}",
                    slow.kind,
                    f"`{slow.trace}`",
                    ", ".join(f"{name} {spent_ms:.0f}" for name, spent_ms in slow.parts) or "no trace",
                ]
                for slow in record.slowest
            ],
        )
    yield "## Aims\n"
    yield markdown_table(
        ["aim", "seen", ""],
        [[aim_results.claim, aim_results.seen, met(aim_results)] for aim_results in record.aim_results],
    )
    yield "*Unsaid*: the interval of 99% lies across the limit, or there were too few answers.\n"
    yield "## The machine\n"
    yield f"{machine(record)}\n"


def _steps(steps: list[Step]) -> str:
    heads = ["rate", "p50", "p90", "p99", "p99.9", "max", "sent", "whole", "in part", "refused", "failed", "dropped"]
    return markdown_table(
        [*heads, "errors", "server, cores", "k6, cores", "CPU ms each", "holds"],
        [
            [
                f"{step.rate:,}",
                *latencies(step.latencies),
                *(
                    f"{count:,}"
                    for count in (step.sent, step.whole, step.in_part, step.refused, step.failed, step.dropped)
                ),
                codes(step),
                f"{step.server_cores:.2f}",
                f"{step.load_cores:.2f}",
                f"{step.cpu_ms:.2f}" if step.cpu_ms else "",
                "yes" if step.is_sustained else "no",
            ]
            for step in steps
        ],
    )
