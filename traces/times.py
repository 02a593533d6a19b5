"""Time of some traces, added up by step and by source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from traces.attributes import KEYS, ROWS, SOURCE, SOURCE_STATUS
from traces.critical_path import Segment
from traces.span import Span, Value
from traces.trace import Trace


@dataclass(slots=True)
class SourceTime:
    """The batches of one source in some traces."""

    name: str
    batches: int = 0
    keys: int = 0
    rows: int = 0
    total_ns: int = 0
    """The sum of the batches' durations, although some ran side by side."""
    slowest_ns: int = 0
    critical_ns: int = 0
    """The source's time on the critical paths."""
    statuses: Counter[str] = field(default_factory=Counter)

    def add(self, batch: Span) -> None:
        self.batches += 1
        self.keys += _integer(batch.attributes.get(KEYS))
        self.rows += _integer(batch.attributes.get(ROWS))
        self.total_ns += batch.duration_ns
        self.slowest_ns = max(self.slowest_ns, batch.duration_ns)
        self.statuses[str(batch.attributes.get(SOURCE_STATUS, ""))] += 1


def _integer(value: Value | None) -> int:
    return value if isinstance(value, int) else 0


def batches(trace: Trace) -> list[Span]:
    """The spans of batches, by start."""
    return [span for span in trace.spans if SOURCE in span.attributes]


def by_source(traces: Iterable[tuple[Trace, Sequence[Segment]]]) -> list[SourceTime]:
    """The sources of traces with their critical paths, the longest critical time first."""
    sources: dict[str, SourceTime] = {}
    for trace, path in traces:
        for batch in batches(trace):
            name = str(batch.attributes[SOURCE])
            sources.setdefault(name, SourceTime(name)).add(batch)
        for segment in path:
            if (name := str(segment.span.attributes.get(SOURCE, ""))) in sources:
                sources[name].critical_ns += segment.duration_ns
    return sorted(sources.values(), key=lambda source: (-source.critical_ns, source.name))


def by_step(path: Iterable[Segment]) -> list[tuple[str, int]]:
    """Name and nanoseconds on the critical path of each kind of step, the longest first."""
    times: Counter[str] = Counter()
    for segment in path:
        times[segment.span.name] += segment.duration_ns
    return times.most_common()
