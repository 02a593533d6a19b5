"""Metrics: histograms with exemplars, and counters. Knows nothing of what is measured.

The SDK takes 7 µs or more for one measurement, and a question makes some thirty. So histograms are given theirs many at
a time, which finds the SDK's code in the processor's caches, and a counter is a dict that the SDK looks at.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial

from opentelemetry.context import Context, get_current
from opentelemetry.metrics import CallbackOptions, Histogram, Observation
from opentelemetry.sdk.metrics import MeterProvider

from api.telemetry.vocabulary import METRICS, Value, Vocabulary

AT_ONCE = 128

Said = tuple[tuple[str, Value], ...]


class Meters:
    """All metrics, or nothing when nobody collects them. `lost` says how many spans were lost, by why."""

    def __init__(
        self, vocabulary: Vocabulary, provider: MeterProvider | None, lost: Callable[[], Mapping[str, int]]
    ) -> None:
        self._vocabulary = vocabulary
        self._provider = provider
        self._lost = lost
        self._known: dict[tuple[str, Said], dict[str, Value]] = {}
        self._counts: dict[str, Counter[Said]] = {}
        self._histograms: dict[str, Histogram] = {}
        self._measured: deque[tuple[Histogram, float, dict[str, Value], Context]] = deque()
        if provider is None:
            return
        meter = provider.get_meter("needtoknow")
        for name, metric in METRICS.items():
            if metric.edges:
                self._histograms[name] = meter.create_histogram(
                    metric.key, metric.unit, metric.meaning, explicit_bucket_boundaries_advisory=metric.edges
                )
            else:
                self._counts[name] = Counter()
                meter.create_observable_counter(metric.key, [partial(self._observe, name)], metric.unit, metric.meaning)

    def count(self, name: str, number: int = 1, **attributes: Value) -> None:
        """Raises KeyError, ValueError for what is not on the lists."""
        if self._provider is not None:
            self._counts[name][tuple(self._said(name, attributes).items())] += number

    def record(self, name: str, value: float, **attributes: Value) -> None:
        """Raises KeyError, ValueError for what is not on the lists."""
        if self._provider is None:
            return
        self._measured.append((self._histograms[name], value, self._said(name, attributes), get_current()))
        if len(self._measured) >= AT_ONCE:
            self._hand_over()

    def shutdown(self) -> None:
        if self._provider is not None:
            self._provider.shutdown()

    def _said(self, name: str, attributes: Mapping[str, Value]) -> dict[str, Value]:
        asked = name, tuple(attributes.items())
        said = self._known.get(asked)
        if said is None:
            if attributes.keys() != set(METRICS[name].attributes):
                raise KeyError(name)
            said = self._known[asked] = self._vocabulary.said(attributes)
        return said

    def _hand_over(self) -> None:
        # The SDK's thread may take some of them meanwhile.
        with suppress(IndexError):
            while True:
                histogram, value, said, context = self._measured.popleft()
                histogram.record(value, said, context)

    def _observe(self, name: str, _options: CallbackOptions) -> Iterable[Observation]:
        """For the SDK, in its thread, before it looks at its histograms."""
        self._hand_over()
        if name == "lost":
            return [Observation(number, self._vocabulary.said({"lost": why})) for why, number in self._lost().items()]
        return [Observation(number, dict(said)) for said, number in list(self._counts[name].items())]
