"""Aims of the project: each is measured and judged.

An aim that compares two servers is met only if its whole confidence interval meets it. If the interval includes the
limit, the result is undecided.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import TypeAlias

from bench.arrivals.ab_servers import (
    ServerConfig,
    alternately,
    concurrently,
    cpu_difference,
    latency_difference,
    profile_options,
    running_server,
)
from bench.arrivals.durations import Durations
from bench.arrivals.interval import Difference
from bench.arrivals.journal_check import JournalCheck
from bench.arrivals.k6 import NotMeasured, run_step
from bench.arrivals.mix import FIELD, Arrival, draw_arrivals
from bench.arrivals.record import AimResult
from bench.arrivals.responses import Step
from bench.arrivals.slowest import in_sources_ms, read_traces, tracing_settings
from bench.data_folder import fresh_data_folder
from bench.processes import NotStarted, ReportProgress
from traces.file import InvalidTraceFile

CHAIN = "field-day: the median latency of one person with a history is within 1.1 x the slowest chain of sources"
EXPORTED = "tracing every request with export by OTLP costs at most 10% CPU at 20 people"
FILED = "tracing every request into files costs at most 15% CPU at 20 people"
OUTAGE = "dmv-down: p99 of all workloads but plates is within 1.2 x that of quiet"

# The aims concern traces; docs/telemetry.md has the cost of metrics.
WITHOUT_METRICS = {"OTEL_METRICS_EXPORTER": "none"}

ONE, TWENTY = {"1 person": 100}, {"20 people": 100}
DMV = "a plate"

# The observation, and whether it meets the aim.
Outcome: TypeAlias = tuple[str, bool | None]


def overload(below_knee: Sequence[Step], overloaded: Sequence[Step]) -> AimResult:
    """Latency under overload, by the medians of steps: a stall of the machine in one step does not decide."""
    claim = "at twice the knee the accepted p99 is within 2 x that at 80%"
    before, after = (
        [step.latencies.p99 for step in steps if step.latencies and step.latencies.p99]
        for steps in (below_knee, overloaded)
    )
    if not before or not after:
        return AimResult(claim, "too few responses", None)
    before_ms, after_ms = median(before), median(after)
    observation = f"p99 {after_ms:,.0f} ms against {before_ms:,.0f} ms"
    refusals = [step.refusals for step in overloaded if step.refusals]
    if not refusals:
        dropped = sum(step.dropped for step in overloaded)
        return AimResult(claim, f"{observation}; none were refused, and {dropped:,} were dropped", False)
    half_ms, refused_ms = (
        median(latencies.p50 for latencies in refusals),
        median(latencies.p99 or latencies.max for latencies in refusals),
    )
    observation += (
        f"; {sum(step.refused for step in overloaded):,} refused, half of them within {half_ms:.1f} ms, 99 of 100 "
        f"within {refused_ms:.1f} ms; medians of {len(overloaded)} steps"
    )
    return AimResult(claim, observation, after_ms <= 2 * before_ms)


def journal(check: JournalCheck) -> AimResult:
    return AimResult(
        "no acknowledged lookup without its journal entry",
        f"{check.acknowledged:,} acknowledged, {check.missing:,} of them without an entry",
        check.missing == 0 < check.acknowledged,
    )


@dataclass(frozen=True, slots=True)
class Trials:
    """Trials that need servers of their own, each with its own data folder."""

    world: Path
    folder: Path
    seed: int
    durations: Durations
    report_progress: ReportProgress

    def all(self, knee: int) -> Iterator[AimResult]:
        """The result of each trial. A trial that fails is reported; the results of the others stand."""
        trials: dict[str, Callable[[], Outcome]] = {
            CHAIN: self.chain,
            EXPORTED: self.exported,
            FILED: self.filed,
            OUTAGE: lambda: self.outage(knee),
        }
        for claim, trial in trials.items():
            try:
                yield AimResult(claim, *trial())
            except (NotMeasured, NotStarted, InvalidTraceFile) as error:
                yield AimResult(claim, f"not measured: {' '.join(str(error).split())[-300:]}", None)

    def chain(self) -> Outcome:
        folder = self.folder / "chain-traces"
        config = self._config("chain", "field-day", tracing_settings(folder))
        with running_server(config, self._arrivals(ONE), self.report_progress) as target:
            result = run_step(target, 4, self.durations.long_s, self.report_progress)
        whole = [response for response in result.responses if response.is_whole]
        traces = {
            id: trace
            for id, trace in read_traces(folder, (response.trace_id for response in whole)).items()
            # A person without a history needs fewer sources, and not the slowest.
            if any(span.name == "SELECT criminal_history" for span in trace.spans)
        }
        pairs = [
            (response.latency_ms, in_sources_ms(traces[response.trace_id]))
            for response in whole
            if response.trace_id in traces
        ]
        if not pairs or not all(sources_ms for _, sources_ms in pairs):
            return "no trace of a response with a history", None
        latency_ms, sources_ms = (median(values) for values in zip(*pairs, strict=True))
        ratio = median(latency / sources for latency, sources in pairs)
        return f"{ratio:.2f} x: {latency_ms:,.0f} ms against {sources_ms:,.0f} ms, {len(pairs)} responses", ratio <= 1.1

    def exported(self) -> Outcome:
        with collector() as url:
            return within(1.10, self._cpu_difference("exported", {"OTEL_EXPORTER_OTLP_ENDPOINT": url}))

    def filed(self) -> Outcome:
        return within(1.15, self._cpu_difference("filed", tracing_settings(self.folder / "filed-traces")))

    def outage(self, knee: int) -> Outcome:
        arrivals = self._arrivals(FIELD)
        quiet, down = (self._config(profile, profile, {}) for profile in ("quiet", "dmv-down"))
        with (
            running_server(quiet, arrivals, self.report_progress) as first,
            running_server(down, arrivals, self.report_progress) as second,
        ):
            pairs = alternately(first, second, max(1, knee // 2), self.durations, self.report_progress)
        return within(1.2, latency_difference(pairs, 99, FIELD.keys() - {DMV}))

    def _cpu_difference(self, name: str, settings: Mapping[str, str]) -> Difference:
        plain, tracing = self._config("untraced", None, {}), self._config(name, None, {**WITHOUT_METRICS, **settings})
        return cpu_difference(
            concurrently(plain, tracing, self._arrivals(TWENTY), self.durations, self.report_progress)
        )

    def _config(self, name: str, profile: str | None, settings: Mapping[str, str]) -> ServerConfig:
        return ServerConfig(name, fresh_data_folder(self.world, self.folder / name), profile_options(profile), settings)

    def _arrivals(self, mix: Mapping[str, int]) -> list[Arrival]:
        return draw_arrivals(self.world, self.seed, mix)


def within(limit: float, difference: Difference) -> Outcome:
    is_met = True if difference.high <= limit else False if difference.low > limit else None
    return f"{difference.text}, {difference.pairs} pairs", is_met


@contextmanager
def collector() -> Iterator[str]:
    """An OTLP collector that accepts and discards everything; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _DiscardingHandler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _DiscardingHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass
