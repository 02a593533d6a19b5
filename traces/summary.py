"""Summaries of traces, one line each, and a filter over them.

Spans come in any order and are not kept: the memory grows with the number of traces and of span ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from traces.attributes import DOCUMENT_HASH, ERROR_CODE, OPERATION_NAME, OPERATION_TYPE, ROLE, SOURCE
from traces.span import Span

SUMMARIZED = frozenset({DOCUMENT_HASH, ERROR_CODE, OPERATION_NAME, OPERATION_TYPE, ROLE, SOURCE})


@dataclass(frozen=True, slots=True)
class Summary:
    """One trace in a list."""

    id: str
    start_ns: int
    duration_ns: int
    spans: int
    attributes: Mapping[str, list[str]]
    """All values of the summarized attributes in the trace, sorted."""

    def text(self, *keys: str) -> str:
        """The values of these attributes, separated by spaces."""
        return " ".join(value for key in keys for value in self.attributes.get(key, ()))

    @property
    def operation(self) -> str:
        """Type and name, as far as known: `query FieldStop`."""
        return self.text(OPERATION_TYPE, OPERATION_NAME)


@dataclass(frozen=True, slots=True)
class TraceFilter:
    """Conditions on a summary, all of which must hold. None is no condition."""

    min_duration_ns: int = 0
    since_ns: int | None = None
    until_ns: int | None = None
    code: str | None = None
    role: str | None = None
    source: str | None = None
    hash: str | None = None
    """A prefix of the document's hash."""

    def __contains__(self, summary: Summary) -> bool:
        hash = (self.hash or "").lower()
        wanted = ((ERROR_CODE, self.code), (ROLE, self.role), (SOURCE, self.source))
        return (
            summary.duration_ns >= self.min_duration_ns
            and summary.start_ns >= (self.since_ns or 0)
            and (self.until_ns is None or summary.start_ns < self.until_ns)
            and all(value is None or value in summary.attributes.get(key, ()) for key, value in wanted)
            and any(each.startswith(hash) for each in summary.attributes.get(DOCUMENT_HASH, [""]))
        )


def summaries(spans: Iterable[Span]) -> list[Summary]:
    """A summary of each trace, the slowest first."""
    builders: dict[str, _SummaryBuilder] = defaultdict(_SummaryBuilder)
    for span in spans:
        builders[span.trace_id].add(span)
    found = [builder.build(id) for id, builder in builders.items()]
    return sorted(found, key=lambda summary: (-summary.duration_ns, summary.id))


@dataclass(slots=True)
class _SummaryBuilder:
    ids: set[str] = field(default_factory=set)
    tops: dict[str | None, list[tuple[int, int]]] = field(default_factory=dict)
    """Start and end of the spans whose parent has not come yet, by parent. A parent is written after its children."""
    attributes: dict[str, set[str]] = field(default_factory=dict)

    def add(self, span: Span) -> None:
        if span.id in self.ids:
            return
        self.ids.add(span.id)
        self.tops.pop(span.id, None)
        if span.parent_id not in self.ids:
            self.tops.setdefault(span.parent_id, []).append((span.start_ns, span.end_ns))
        for key in SUMMARIZED & span.attributes.keys():
            self.attributes.setdefault(key, set()).add(str(span.attributes[key]))

    def build(self, id: str) -> Summary:
        times = [each for tops in self.tops.values() for each in tops]
        start_ns = min((start for start, _ in times), default=0)
        return Summary(
            id=id,
            start_ns=start_ns,
            duration_ns=max((end for _, end in times), default=start_ns) - start_ns,
            spans=len(self.ids),
            attributes={key: sorted(values) for key, values in self.attributes.items()},
        )
