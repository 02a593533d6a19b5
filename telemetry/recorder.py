"""Traces and metrics: how long each step took and how it ended, never what was asked. Knows nothing of HTTP or GraphQL.

    telemetry = Telemetry.start(vocabulary)
    with telemetry.span("execute", fields=12) as span:
        ...
        span.set(errors=1)
    telemetry.count("refused", code="OVERLOADED")

Only what `vocabulary.py` lists leaves. Strawberry's own extension is not used: it writes the document and all arguments
on spans.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from telemetry import exporters
from telemetry.allow_list import REQUEST, SPANS, AllowList, Value
from telemetry.allowlist_processor import AllowListProcessor
from telemetry.export_queue import Exporter
from telemetry.metrics import Metrics
from telemetry.request_spans import RequestSpanBuffer
from telemetry.span import CURRENT, IDS, NOOP_SPAN, NoopSpan, Span

PROPAGATOR = TraceContextTextMapPropagator()


class Telemetry:
    """Makes spans and metrics, or next to nothing when nobody collects them. One for an application."""

    def __init__(
        self,
        vocabulary: AllowList | None = None,
        *,
        exporters: Iterable[Exporter] = (),
        readers: Iterable[MetricReader] = (),
        resource: Resource | None = None,
    ) -> None:
        self.vocabulary = vocabulary or AllowList()
        resource = resource or Resource.get_empty()
        self._gate = AllowListProcessor(self.vocabulary, exporters)
        self.provider: TracerProvider | None = None
        if self._gate.outboxes:
            # Not at exit: `stop` bounds the time it takes.
            self.provider = TracerProvider(resource=resource, shutdown_on_exit=False)
            self.provider.add_span_processor(self._gate)
        self._meters = Metrics(self.vocabulary, resource, readers, self._gate.lost)
        # Whoever would have to work for what is said asks first.
        self.is_on = self.provider is not None or self._meters.is_on
        self.count = self._meters.count
        self.record = self._meters.record

    @classmethod
    def start(
        cls, vocabulary: AllowList | None = None, *, folder: Path | None = None, mebibytes: int = 256
    ) -> Telemetry:
        """As OpenTelemetry's environment variables say, and to files in a folder, if there is one.

        What they ask for and we cannot do is a line in the log: no collector is no reason not to serve.
        """
        resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME") or "needtoknow"})
        return cls(
            vocabulary,
            exporters=exporters.span_exporters(resource, folder, mebibytes),
            readers=[PeriodicExportingMetricReader(each) for each in exporters.metric_exporters(folder, mebibytes)],
            resource=resource,
        )

    def stop(self, timeout_s: float = 3.0) -> bool:
        """Sends what is still here and closes; whether that was done in time. What was not sent is lost.

        Blocks; an event loop calls it in a thread.
        """
        # The SDK itself waits thirty seconds for a collector that hangs.
        worker = threading.Thread(target=self._shutdown, name="telemetry-stop", daemon=True)
        worker.start()
        worker.join(timeout_s)
        return not worker.is_alive()

    def _shutdown(self) -> None:
        if self.provider is not None:
            self.provider.shutdown()
        # After the spans, so that the last of them are counted.
        self._meters.shutdown()

    def request(self, traceparent: str | None, *, is_recorded: bool = True) -> Span:
        """The server's span, under the caller's if `traceparent` names one; it has a trace id in any case."""
        # From an empty context: asyncio can leak the last request's into a callback of the same connection,
        # https://github.com/python/cpython/issues/140947. From this one header: `tracestate` is free text of
        # the client's, and would be exported with every span.
        above = PROPAGATOR.extract({"traceparent": traceparent}, Context()) if traceparent else Context()
        known = trace.get_current_span(above).get_span_context()
        parent = known if known.is_valid else None
        trace_id = known.trace_id if known.is_valid else IDS.generate_trace_id()
        packer = None
        if is_recorded and self.provider is not None:
            sampled = self.provider.sampler.should_sample(above, trace_id, REQUEST, SPANS[REQUEST].kind)
            if sampled.decision is Decision.RECORD_AND_SAMPLE:
                packer = RequestSpanBuffer(self._gate.send)
        return Span(REQUEST, trace_id, parent, packer, attributes={}, is_root=True)

    def span(self, name: str, *, links: Sequence[Span] = (), **attributes: Value) -> Span | NoopSpan:
        """A step, under the step in which it happens. `links` are the steps that it waited for."""
        above = CURRENT.get()
        if above is None or above.packer is None:
            return NOOP_SPAN
        return Span(name, above.trace_id, above, above.packer, attributes=attributes, links=links)
