"""Counters and histograms: the running total of one metric for one set of attributes."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import inf
from time import time_ns

from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import HistogramDataPoint, NumberDataPoint

from telemetry.allow_list import Value
from telemetry.span import CURRENT_SPAN


@dataclass(slots=True)
class Counter:
    """A monotonic sum."""

    attributes: dict[str, Value]
    value: float = 0

    def add(self, value: float) -> None:
        self.value += value

    def data_point(self, start_ns: int, now_ns: int) -> NumberDataPoint:
        return NumberDataPoint(self.attributes, start_ns, now_ns, self.value)


class Histogram:
    """Counts by bucket, and for each bucket the last recorded trace as its exemplar.

    `boundaries` are the inclusive upper bounds of the buckets; one more bucket is above the last.
    """

    __slots__ = ("_boundaries", "_counts", "_exemplars", "_max", "_min", "_sum", "attributes")

    def __init__(self, attributes: dict[str, Value], boundaries: tuple[float, ...]) -> None:
        self.attributes = attributes
        self._boundaries = boundaries
        self._counts = [0] * (len(boundaries) + 1)
        self._exemplars: dict[int, tuple[float, int, int, int]] = {}
        self._sum = 0.0
        self._min, self._max = inf, -inf

    def add(self, value: float) -> None:
        bucket = bisect_left(self._boundaries, value)
        self._counts[bucket] += 1
        self._sum += value
        self._min = min(self._min, value)
        self._max = max(self._max, value)
        span = CURRENT_SPAN.get()
        if span is not None and span.on_end is not None:
            self._exemplars[bucket] = (value, time_ns(), span.span_id, span.trace_id)

    def data_point(self, start_ns: int, now_ns: int) -> HistogramDataPoint:
        """The histogram so far. At least one value must have been recorded."""
        return HistogramDataPoint(
            self.attributes,
            start_ns,
            now_ns,
            sum(self._counts),
            self._sum,
            tuple(self._counts),
            self._boundaries,
            self._min,
            self._max,
            [Exemplar({}, *each) for each in self._exemplars.values()],
        )
