"""What has come of a metric so far, for one set of attributes: a total, or a histogram with a trace for each size.

Knows nothing of what is measured.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import inf
from time import time_ns

from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import HistogramDataPoint, NumberDataPoint

from telemetry.allow_list import Value
from telemetry.span import CURRENT


@dataclass(slots=True)
class Counter:
    attributes: dict[str, Value]
    value: int = 0

    def point(self, since: int, now: int) -> NumberDataPoint:
        """As it is now; the times are nanoseconds."""
        return NumberDataPoint(self.attributes, since, now, self.value)


class Histogram:
    """Counts by `edges`, each the most that its bucket takes; what is beyond the last has a bucket more."""

    __slots__ = ("_counts", "_edges", "_exemplars", "_least", "_most", "_sum", "attributes")

    def __init__(self, attributes: dict[str, Value], edges: tuple[float, ...]) -> None:
        self.attributes = attributes
        self._edges = edges
        self._counts = [0] * (len(edges) + 1)
        self._exemplars: dict[int, tuple[float, int, int, int]] = {}
        self._sum = 0.0
        self._least, self._most = inf, -inf

    def add(self, value: float) -> None:
        bucket = bisect_left(self._edges, value)
        self._counts[bucket] += 1
        self._sum += value
        self._least = min(self._least, value)
        self._most = max(self._most, value)
        span = CURRENT.get()
        if span is not None and span.packer is not None:
            self._exemplars[bucket] = (value, time_ns(), span.span_id, span.trace_id)

    def point(self, since: int, now: int) -> HistogramDataPoint:
        """As it is now, which is not empty; the times are nanoseconds."""
        return HistogramDataPoint(
            self.attributes,
            since,
            now,
            sum(self._counts),
            self._sum,
            tuple(self._counts),
            self._edges,
            self._least,
            self._most,
            [Exemplar({}, *each) for each in self._exemplars.values()],
        )
