"""Aims of the project: each is measured and judged.

An aim that compares two servers is met only if its whole confidence interval meets it. If the interval includes the
limit, the result is "unsaid".
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
    started,
)
from bench.arrivals.durations import Durations
from bench.arrivals.interval import Difference
from bench.arrivals.journal_check import JournalCheck
from bench.arrivals.k6 import NotMeasured, arrive
from bench.arrivals.mix import FIELD, Arrival, arrivals
from bench.arrivals.record import AimResult
from bench.arrivals.responses import Step
from bench.arrivals.slowest import in_sources_ms, traces, tracing_settings
from bench.data_folder import fresh_data_folder
from bench.processes import NotStarted, ReportProgress
from traces.file import InvalidTraceFile

CHAIN = "field-day: one person with a history is within 1.1 x the slowest chain of sources at the median"
EXPORTED = "tracing every request costs at most 10% CPU at 20 people (here with its export by OTLP)"
FILED = "tracing every request into files costs at most 15% CPU at 20 people"
OUTAGE = "dmv-down: p99 of everything but plate stops is within 1.2 x that of quiet"

# The aims concern traces; docs/telemetry.md has the cost of metrics.
TRACES_ALONE = {"OTEL_METRICS_EXPORTER": "none"}

ONE, TWENTY = {"1 person": 100}, {"20 people": 100}
DMV = "a plate"

# The observation, and whether it meets the aim.
Outcome: TypeAlias = tuple[str, bool | None]


def overload(calm: Sequence[Step], over: Sequence[Step]) -> AimResult:
    """Latency under overload, by the medians of steps: a stall of the machine in one step does not decide."""
    claim = "at twice the knee the accepted p99 is within 2 x that at 80%"
    before, after = (
        [step.latencies.p99 for step in steps if step.latencies and step.latencies.p99] for steps in (calm, over)
    )
    if not before or not after:
        return AimResult(claim, "too few answers", None)
    before_ms, after_ms = median(before), median(after)
    seen = f"p99 {after_ms:,.0f} ms against {before_ms:,.0f} ms"
    refusals = [step.refusals for step in over if step.refusals]
    if not refusals:
        dropped = sum(step.dropped for step in over)
        return AimResult(claim, f"{seen}; nothing was refused, and {dropped:,} were dropped", False)
    half_ms, refused_ms = median(each.p50 for each in refusals), median(each.p99 or each.most for each in refusals)
    seen += (
        f"; {sum(step.refused for step in over):,} refused, half of them within {half_ms:.1f} ms, 99 of 100 in "
        f"{refused_ms:.1f} ms; medians of {len(over)} steps"
    )
    return AimResult(claim, seen, after_ms <= 2 * before_ms)


def journal(journal_check: JournalCheck) -> AimResult:
    seen = f"{journal_check.acknowledged:,} acknowledged, {journal_check.missing:,} of them without an entry"
    return AimResult(
        "no acknowledged lookup without its journal entry",
        seen,
        journal_check.missing == 0 < journal_check.acknowledged,
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
            except (NotMeasured, NotStarted, InvalidTraceFile) as broken:
                yield AimResult(claim, f"not measured: {' '.join(str(broken).split())[-300:]}", None)

    def chain(self) -> Outcome:
        folder = self.folder / "chain-traces"
        with started(
            self._side("chain", "field-day", tracing_settings(folder)), self._drawn(ONE), self.report_progress
        ) as target:
            answers = [
                each for each in arrive(target, 4, self.durations.long_s, self.report_progress).answers if each.is_whole
            ]
        found = {
            id: trace
            for id, trace in traces(folder, (each.trace for each in answers)).items()
            # A person without a history needs fewer sources, and not the slowest.
            if any(span.name == "SELECT criminal_history" for span in trace.spans)
        }
        both = [(each.latency_ms, in_sources_ms(found[each.trace])) for each in answers if each.trace in found]
        if not both or not all(sources_ms for _, sources_ms in both):
            return "no trace of an answer with a history", None
        latency_ms, sources_ms = median(each for each, _ in both), median(each for _, each in both)
        times = median(waited / sources for waited, sources in both)
        return f"{times:.2f} x: {latency_ms:,.0f} ms against {sources_ms:,.0f} ms, {len(both)} answers", times <= 1.1

    def exported(self) -> Outcome:
        with collector() as url:
            return within(1.10, self._dearer("exported", {"OTEL_EXPORTER_OTLP_ENDPOINT": url}))

    def filed(self) -> Outcome:
        return within(1.15, self._dearer("filed", tracing_settings(self.folder / "filed-traces")))

    def outage(self, knee: int) -> Outcome:
        drawn, durations = self._drawn(FIELD), self.durations
        quiet, down = (self._side(profile, profile, {}) for profile in ("quiet", "dmv-down"))
        with (
            started(quiet, drawn, self.report_progress) as first,
            started(down, drawn, self.report_progress) as second,
        ):
            rate = max(1, knee // 2)
            pairs = alternately(
                first,
                second,
                rate=rate,
                seconds=durations.turn_s,
                blocks=durations.blocks,
                report_progress=self.report_progress,
            )
        return within(1.2, latency_difference(pairs, 99, FIELD.keys() - {DMV}))

    def _dearer(self, name: str, settings: Mapping[str, str]) -> Difference:
        drawn, durations = self._drawn(TWENTY), self.durations
        plain, tracing = self._side("untraced", None, {}), self._side(name, None, {**TRACES_ALONE, **settings})
        return cpu_difference(
            concurrently(
                plain,
                tracing,
                drawn,
                seconds=durations.concurrent_s,
                starts=durations.starts,
                report_progress=self.report_progress,
            )
        )

    def _side(self, name: str, profile: str | None, settings: Mapping[str, str]) -> ServerConfig:
        return ServerConfig(name, fresh_data_folder(self.world, self.folder / name), profile_options(profile), settings)

    def _drawn(self, mix: Mapping[str, int]) -> list[Arrival]:
        return arrivals(self.world, self.seed, mix)


def within(limit: float, seen: Difference) -> Outcome:
    is_met = True if seen.most <= limit else False if seen.least > limit else None
    return f"{seen.text}, {seen.pairs} pairs", is_met


@contextmanager
def collector() -> Iterator[str]:
    """An OTLP collector that accepts and discards everything; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Sink) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Sink(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass
