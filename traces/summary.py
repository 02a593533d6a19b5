"""What a trace is in one line, for a list of many; and which of many are wanted. Knows no file and no tree.

Spans come in any order and are not kept: the memory is that of the traces and of the spans' ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from traces import attributes
from traces.span import Span

KEPT = frozenset(
    {attributes.CODE, attributes.HASH, attributes.OPERATION, attributes.ROLE, attributes.SOURCE, attributes.TYPE}
)


@dataclass(frozen=True, slots=True)
class Summary:
    """One trace."""

    id: str
    start_ns: int
    duration_ns: int
    spans: int
    said: Mapping[str, list[str]]
    """The values of the attributes that traces are found by, in order."""


@dataclass(frozen=True, slots=True)
class TraceFilter:
    """What a trace must be like. None asks for nothing."""

    least_ns: int = 0
    since_ns: int | None = None
    until_ns: int | None = None
    code: str | None = None
    role: str | None = None
    source: str | None = None
    hash: str | None = None
    """The beginning of it."""

    def __contains__(self, summary: Summary) -> bool:
        hash = (self.hash or "").lower()
        words_wanted = ((attributes.CODE, self.code), (attributes.ROLE, self.role), (attributes.SOURCE, self.source))
        return (
            summary.duration_ns >= self.least_ns
            and summary.start_ns >= (self.since_ns or 0)
            and (self.until_ns is None or summary.start_ns < self.until_ns)
            and all(word is None or word in summary.said.get(key, ()) for key, word in words_wanted)
            and any(each.startswith(hash) for each in summary.said.get(attributes.HASH, [""]))
        )


def summaries(spans: Iterable[Span]) -> list[Summary]:
    """One of each trace, the slowest first."""
    traces: dict[str, _Seen] = defaultdict(_Seen)
    for span in spans:
        traces[span.trace_id].add(span)
    found = [seen.summary(id) for id, seen in traces.items()]
    return sorted(found, key=lambda summary: (-summary.duration_ns, summary.id))


@dataclass(slots=True)
class _Seen:
    """What has come of a trace so far."""

    ids: set[str] = field(default_factory=set)
    tops: dict[str | None, list[tuple[int, int]]] = field(default_factory=dict)
    """When those ran whose parent has not come, by parent: it is written after its children."""
    said: dict[str, set[str]] = field(default_factory=dict)

    def add(self, span: Span) -> None:
        if span.id in self.ids:
            return
        self.ids.add(span.id)
        self.tops.pop(span.id, None)
        if span.parent_id not in self.ids:
            self.tops.setdefault(span.parent_id, []).append((span.start_ns, span.end_ns))
        for key in KEPT & span.attributes.keys():
            self.said.setdefault(key, set()).add(str(span.attributes[key]))

    def summary(self, id: str) -> Summary:
        ran = [times for tops in self.tops.values() for times in tops]
        start = min((start for start, _ in ran), default=0)
        return Summary(
            id=id,
            start_ns=start,
            duration_ns=max((end for _, end in ran), default=start) - start,
            spans=len(self.ids),
            said={key: sorted(values) for key, values in self.said.items()},
        )
