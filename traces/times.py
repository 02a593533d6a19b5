"""Where the time of some traces went, added up: by step, and by source. Knows no file and no picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from traces import attributes
from traces.critical_path import Segment
from traces.span import Span, Value
from traces.trace import Trace


@dataclass(slots=True)
class Source:
    """One source, over some traces."""

    name: str
    batches: int = 0
    keys: int = 0
    rows: int = 0
    total_ns: int = 0
    """Its batches one after another, though many run side by side."""
    slowest_ns: int = 0
    critical_ns: int = 0
    """What the answers waited for it and for nothing else."""
    statuses: Counter[str] = field(default_factory=Counter)

    def add(self, span: Span) -> None:
        said = span.attributes
        self.batches += 1
        self.keys += _count(said.get(attributes.KEYS))
        self.rows += _count(said.get(attributes.ROWS))
        self.total_ns += span.duration_ns
        self.slowest_ns = max(self.slowest_ns, span.duration_ns)
        self.statuses[str(said.get(attributes.STATUS, ""))] += 1


def _count(value: Value | None) -> int:
    return value if isinstance(value, int) else 0


def batches(trace: Trace) -> list[Span]:
    """The spans in which a source was asked, by start."""
    return [span for span in trace.spans if attributes.SOURCE in span.attributes]


def by_source(traces: Iterable[tuple[Trace, Sequence[Segment]]]) -> list[Source]:
    """What was waited for longest first."""
    sources: dict[str, Source] = {}
    for trace, path in traces:
        for span in batches(trace):
            name = str(span.attributes[attributes.SOURCE])
            sources.setdefault(name, Source(name)).add(span)
        for part in path:
            if (name := str(part.span.attributes.get(attributes.SOURCE, ""))) in sources:
                sources[name].critical_ns += part.duration_ns
    return sorted(sources.values(), key=lambda source: (-source.critical_ns, source.name))


def by_step(path: Iterable[Segment]) -> list[tuple[str, int]]:
    """Nanoseconds of the critical path in steps of one name, the most first."""
    times: Counter[str] = Counter()
    for part in path:
        times[part.span.name] += part.duration_ns
    return times.most_common()
