"""Run report as the document docs/load.md."""

from __future__ import annotations

from collections.abc import Iterator

from bench.arrivals.format import SHARED_CORES, SHOW_COMMAND, codes_text, knee_text, latency_cells, verdict
from bench.arrivals.record import Record
from bench.arrivals.responses import BUDGET_MS, IN_TIME_MS, Step
from bench.arrivals.sweep import RULE
from bench.format import machine_text
from bench.report import markdown_table

HEAD = """\
# Load test

Requests arrive at a constant rate, however long earlier ones take (open loop). A load that waits for slow responses
would hide them. [A page](load.html) has the same figures with charts. This command wrote both on {day}; do not edit.

    {command}

![Latency, and whole and refused responses, by the rate of arrivals](load.svg)
"""

METHOD = """\
## How it is measured

- k6 starts each arrival when it is due. Latency is counted from then, not from when the request could be sent. k6 has
  as many virtual users as arrive in a second, and twenty more. If none is free, the arrival is dropped and counted.
- {rule}
- Of each hundred arrivals, shuffled with seed {seed}: {mix}. The server is `needtoknow serve` as it is:
  token, `@inquiry`, a `traceparent` for each request, two durable journal entries.
- A synthetic world of {people:,} people{profile}. Each server starts with an empty journal, and three seconds of
  warm-up are not counted.
- With the first arrivals of a step, for about a second, k6 opens a connection for each virtual user. They are counted,
  but their latency is not: an overload is judged while it lasts, not as it begins.
- Steps at 80% of the knee and at twice the knee alternate, and are judged by their medians, so that a stall affects one
  step only.
- Errors are counted by the code in the response body, each code once a response. A *whole* response has no errors, a
  *partial* one has some. *Refused* is `OVERLOADED`; *failed* is any other response without data.
- CPU is user and system time of the server's whole process tree. *CPU ms a request* is for each accepted request.
- The slowest responses are from another step at 80% of the knee, on a server that traces; no other server does.
- {shared}
"""


def document(record: Record) -> str:
    method = METHOD.format(
        rule=RULE,
        seed=record.seed,
        mix=", ".join(f"{share} of *{workload}*" for workload, share in record.mix.items()),
        people=record.people,
        profile=f", with the fault profile `{record.profile}`" if record.profile else "",
        shared=SHARED_CORES,
    )
    return "\n".join([HEAD.format(command=record.command, day=record.day), *_sections(record), method])


def _sections(record: Record) -> Iterator[str]:
    yield f"{knee_text(record)}\n"
    yield "## Latency by rate\n"
    in_time = f"in {BUDGET_MS:,} ms" if record.profile else f"whole in {IN_TIME_MS:,} ms"
    yield f"Arrivals a second; milliseconds. *Sustained*: 99 of 100 responses {in_time}, none dropped.\n"
    yield _steps(sorted(record.steps, key=lambda step: step.rate))
    if record.below_knee:
        yield "## At 80% of the knee, and at twice the knee\n"
        yield _steps([*record.below_knee, *record.overload])
        headings = ["at 80%", "p50", "p90", "p99", "p99.9", "max"]
        yield markdown_table(
            headings, [[workload, *latency_cells(latencies)] for workload, latencies in record.by_workload.items()]
        )
    if record.slowest:
        yield "## The slowest responses\n"
        yield "Milliseconds, with the longest spans of the critical path. This command shows a whole trace:\n"
        yield f"    {SHOW_COMMAND}\n"
        yield markdown_table(
            ["latency", "before it was sent", "in the server", "workload", "trace", "critical path"],
            [
                [
                    f"{slow.latency_ms:.0f}",
                    f"{slow.start_delay_ms:.0f}",
                    "" if slow.server_ms is None else f"{slow.server_ms:.0f}",
                    slow.workload,
                    f"`{slow.trace_id}`",
                    ", ".join(f"{name} {duration_ms:.0f}" for name, duration_ms in slow.spans) or "no trace",
                ]
                for slow in record.slowest
            ],
        )
    yield "## Aims\n"
    yield markdown_table(
        ["aim", "observed", ""],
        [[aim.claim, aim.observation, verdict(aim)] for aim in record.aim_results],
    )
    yield "*Undecided*: the 99% confidence interval includes the limit, or there were too few responses.\n"
    yield "## The machine\n"
    yield f"{machine_text(record.machine)}\n"


def _steps(steps: list[Step]) -> str:
    headings = ["rate", "p50", "p90", "p99", "p99.9", "max", "sent", "whole", "partial", "refused", "failed", "dropped"]
    return markdown_table(
        [*headings, "errors", "server, cores", "k6, cores", "CPU ms a request", "sustained"],
        [
            [
                f"{step.rate:,}",
                *latency_cells(step.latencies),
                *(
                    f"{count:,}"
                    for count in (step.sent, step.whole, step.partial, step.refused, step.failed, step.dropped)
                ),
                codes_text(step),
                f"{step.server_cores:.2f}",
                f"{step.load_cores:.2f}",
                f"{step.cpu_ms:.2f}" if step.cpu_ms else "",
                "yes" if step.is_sustained else "no",
            ]
            for step in steps
        ],
    )
