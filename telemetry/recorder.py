"""The telemetry recorder: spans and metrics of one application.

    telemetry = Telemetry.start(allow_list)
    with telemetry.span("execute", fields=12) as span:
        ...
        span.set(errors=1)
    telemetry.count("refused", code="OVERLOADED")

Only names and values of `allow_list.py` are exported. Strawberry's own extension is not used, because it writes the
document and all arguments on spans.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.metrics.export import MetricExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, Decision
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from telemetry import exporters
from telemetry.allow_list import REQUEST, SPANS, AllowList, Value
from telemetry.export_queue import ExportQueue
from telemetry.metric_export import PeriodicMetricExport
from telemetry.metrics import Metrics
from telemetry.request_spans import RequestSpanBuffer, RequestSpans
from telemetry.span import CURRENT_SPAN, ID_GENERATOR, NOOP_SPAN, NoopSpan, Span
from telemetry.span_filter import SpanFilter
from telemetry.worker_reports import INTERVAL_S

PROPAGATOR = TraceContextTextMapPropagator()


class Telemetry:
    """Records spans and metrics for the exporters. Without exporters it records nothing, at next to no cost."""

    def __init__(
        self,
        allow_list: AllowList | None = None,
        *,
        span_exporters: Iterable[SpanExporter] = (),
        metric_exporters: Iterable[MetricExporter] = (),
        worker_reports: MetricExporter | None = None,
        resource: Resource | None = None,
    ) -> None:
        """`worker_reports` takes metrics at a short interval, for the process that serves those of all workers."""
        self.allow_list = allow_list or AllowList()
        resource = resource or Resource.get_empty()
        span_filter = SpanFilter(self.allow_list, resource)
        self._queues = [ExportQueue(each, span_filter) for each in span_exporters]
        # A provider has the only public way to the sampler that the environment variables ask for.
        self._sampler = TracerProvider(shutdown_on_exit=False).sampler if self._queues else ALWAYS_OFF
        metric_exporters = list(metric_exporters)
        is_on = bool(metric_exporters) or worker_reports is not None
        self.metrics = Metrics(self.allow_list, resource, self._lost, is_on=is_on)
        self._metric_exports = [PeriodicMetricExport(each, self.metrics.collect) for each in metric_exporters]
        if worker_reports is not None:
            reports = PeriodicMetricExport(worker_reports, self.metrics.collect, interval_s=INTERVAL_S)
            self._metric_exports.append(reports)
        self.count = self.metrics.count
        self.record = self.metrics.record
        self.observe = self.metrics.observe
        # A caller that would have to compute what it records checks this first.
        self.is_on = bool(self._queues) or self.metrics.is_on

    @classmethod
    def start(
        cls,
        allow_list: AllowList | None = None,
        *,
        folder: Path | None = None,
        mebibytes: int = 256,
        worker_reports: MetricExporter | None = None,
    ) -> Telemetry:
        """A recorder with the exporters that OpenTelemetry's variables configure, and files in `folder` if given."""
        return cls(
            allow_list,
            span_exporters=exporters.span_exporters(folder, mebibytes),
            metric_exporters=exporters.metric_exporters(folder, mebibytes),
            worker_reports=worker_reports,
            resource=Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME") or "needtoknow"}),
        )

    def stop(self, timeout_s: float = 3.0) -> bool:
        """Export what is left and close. Returns False if the timeout was reached; the rest is then lost.

        Blocks; an event loop calls it in a thread.
        """
        # The SDK itself waits thirty seconds for a collector that hangs.
        worker = threading.Thread(target=self._shutdown, name="telemetry-stop", daemon=True)
        worker.start()
        worker.join(timeout_s)
        return not worker.is_alive()

    def _shutdown(self) -> None:
        for queue in self._queues:
            queue.close()
        # After the spans, so that the last lost ones are counted.
        for metric_export in self._metric_exports:
            metric_export.stop()

    def flush(self) -> None:
        """Export the spans of all requests that have ended. Blocks."""
        for queue in self._queues:
            queue.flush()

    def _put(self, request: RequestSpans) -> None:
        for queue in self._queues:
            queue.put(request)

    def _lost(self) -> dict[str, int]:
        return {
            "QUEUE_FULL": sum(queue.dropped for queue in self._queues),
            "NOT_EXPORTED": sum(queue.not_exported for queue in self._queues),
        }

    def request(self, traceparent: str | None, *, is_recorded: bool = True) -> Span:
        """The root span of a request, in the trace of `traceparent` if that is valid, else in a new one."""
        # From an empty context: asyncio can leak the last request's into a callback of the same connection,
        # https://github.com/python/cpython/issues/140947. From this one header: `tracestate` is free text of
        # the client's, and would be exported with every span.
        context, caller = Context(), None
        if traceparent:
            context = PROPAGATOR.extract({"traceparent": traceparent}, context)
            extracted = trace.get_current_span(context).get_span_context()
            caller = extracted if extracted.is_valid else None
        trace_id = caller.trace_id if caller else ID_GENERATOR.generate_trace_id()
        on_end = None
        if is_recorded and self._queues:
            sampled = self._sampler.should_sample(context, trace_id, REQUEST, SPANS[REQUEST].kind)
            if sampled.decision is Decision.RECORD_AND_SAMPLE:
                on_end = RequestSpanBuffer(self._put).add
        return Span(REQUEST, trace_id, caller, on_end, attributes={}, is_root=True)

    def span(self, name: str, *, links: Sequence[Span] = (), **attributes: Value) -> Span | NoopSpan:
        """A span under the current one. `links` are the steps whose results it waited for."""
        parent = CURRENT_SPAN.get()
        if parent is None or parent.on_end is None:
            return NOOP_SPAN
        return Span(name, parent.trace_id, parent, parent.on_end, attributes=attributes, links=links)
