"""Run report as the document docs/load.md."""

from __future__ import annotations

from collections.abc import Iterator

from bench.arrivals.format import SHARED, SHOWN, codes, knee, latencies, machine, met
from bench.arrivals.record import Record
from bench.arrivals.responses import BUDGET_MS, IN_TIME_MS, Step
from bench.arrivals.sweep import RULE
from bench.report import markdown_table

HEAD = """\
# Load test

Requests arrive at a constant rate, however long earlier ones take (open loop). A load that waits for slow responses
would hide them. [A page](load.html) has the same figures with charts. This command writes both; do not edit.

    {command}
"""

METHOD = """\
## How it is measured

- k6 starts an arrival when it is due. Latency is counted from then, not from when the request could be sent. An arrival
  is dropped and counted if k6 has no virtual user free: as many as arrive in a second are still waiting.
- {rule}
- Of each hundred arrivals, shuffled with seed {seed}: {mix}. The server is `needtoknow serve` as it is:
  token, `@inquiry`, a `traceparent` for each request, two durable journal entries.
- A synthetic world of {people:,} people{profile}. Each server starts with an empty journal, and three seconds of
  warm-up are not counted.
- With the first arrivals of a step, for about a second, k6 opens a connection for each virtual user. They are counted,
  but latencies are of the arrivals after them: an overload is judged while it lasts, not as it begins.
- Steps at 80% of the knee and at twice the knee alternate, and are judged by their medians, so that a stall affects one
  step only.
- Errors are counted by the code in the response body, once a response. *Whole* is a response without errors.
- CPU is that of the server's whole process tree, in cores; k6's is beside it.
- The slowest responses are from another step at 80% of the knee, with tracing; all other latencies are without.
- {shared}
"""


def document(record: Record) -> str:
    method = METHOD.format(
        rule=RULE,
        seed=record.seed,
        mix=", ".join(f"{share} of *{kind}*" for kind, share in record.mix.items()),
        people=record.people,
        profile=f", with the fault profile `{record.profile}`" if record.profile else "",
        shared=SHARED,
    )
    return "\n".join([HEAD.format(command=record.command), *_sections(record), method])


def _sections(record: Record) -> Iterator[str]:
    yield f"{knee(record)}\n"
    yield "## Latency by rate\n"
    in_time = f"in {BUDGET_MS:,} ms" if record.profile else f"whole in {IN_TIME_MS:,} ms"
    yield f"Arrivals a second; milliseconds. *Sustained*: 99 of 100 answered {in_time}, none dropped.\n"
    yield _steps(sorted(record.steps, key=lambda step: step.rate))
    if record.calm:
        yield "## At 80% of the knee, and at twice the knee\n"
        yield _steps([*record.calm, *record.over])
        heads = ["at 80%", "p50", "p90", "p99", "p99.9", "max"]
        yield markdown_table(heads, [[kind, *latencies(each)] for kind, each in record.kinds.items()])
    if record.slowest:
        yield "## The slowest\n"
        yield "The longest spans of their critical path, in milliseconds. To show one trace whole:\n"
        yield f"    {SHOWN}\n"
        yield markdown_table(
            ["latency", "of it before it was sent", "in the server", "workload", "trace", "critical path"],
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
    yield "*Unsaid*: the 99% confidence interval includes the limit, or there were too few responses.\n"
    yield "## The machine\n"
    yield f"{machine(record)}\n"


def _steps(steps: list[Step]) -> str:
    heads = ["rate", "p50", "p90", "p99", "p99.9", "max", "sent", "whole", "in part", "refused", "failed", "dropped"]
    return markdown_table(
        [*heads, "errors", "server, cores", "k6, cores", "CPU ms each", "sustained"],
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
