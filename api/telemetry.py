"""Traces: how long each step took and how it ended, never what was asked. Knows nothing of HTTP or GraphQL.

    telemetry = Telemetry.start(sources=names)
    with telemetry.span("execute", fields=12) as span:
        ...
        span.set(errors=1)

Only what `api/vocabulary.py` lists can be said; anything else raises, whether traced or not. Strawberry's own
extension is not used: it writes the document and every argument on spans.
"""

from __future__ import annotations

import importlib
import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar, Token
from dataclasses import replace
from types import TracebackType
from typing import TypeAlias

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.trace.status import Status, StatusCode

from api.vocabulary import ATTRIBUTES, ERROR_TYPE, REQUEST, SPANS

logger = logging.getLogger("needtoknow.telemetry")

Value: TypeAlias = int | bool | str
Check: TypeAlias = Callable[[Mapping[str, Value]], dict[str, Value]]

PROTOCOL = "http/protobuf"
PROPAGATOR = TraceContextTextMapPropagator()
IDS = RandomIdGenerator()
REQUEST_CONTEXT: ContextVar[Context] = ContextVar("request")


class Telemetry:
    """Makes spans, or next to nothing when nobody collects them. One for an application, stopped with it."""

    def __init__(self, provider: TracerProvider | None = None, *, sources: Iterable[str] = ()) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("needtoknow") if provider else None
        self._nothing = Nothing(self._checked)
        self._attributes = {**ATTRIBUTES, "source": replace(ATTRIBUTES["source"], values=frozenset(sources))}

    @classmethod
    def start(cls, *, sources: Iterable[str] = ()) -> Telemetry:
        """As OpenTelemetry's environment variables say. Sources are the words that `source` may take.

        What they ask for and we cannot do is a line in the log: no collector is no reason not to serve.
        """
        exporter = _exporter()
        if exporter is None:
            return cls(sources=sources)
        resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME") or "needtoknow"})
        # Not at exit: `stop` bounds the time it takes.
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(exporter))
        return cls(provider, sources=sources)

    def stop(self, timeout_s: float = 3.0) -> bool:
        """Sends what is still here and closes; whether that was done in time. What was not sent is lost.

        Blocks; an event loop calls it in a thread.
        """
        if self._provider is None:
            return True
        # The SDK itself waits thirty seconds for a collector that hangs.
        worker = threading.Thread(target=self._provider.shutdown, name="telemetry-stop", daemon=True)
        worker.start()
        worker.join(timeout_s)
        return not worker.is_alive()

    def request(self, traceparent: str | None, *, is_recorded: bool = True) -> Live:
        """The server's span, under the caller's if `traceparent` names one; it has a trace id in any case."""
        # From an empty context: asyncio can leak the last request's into a callback of the same connection,
        # https://github.com/python/cpython/issues/140947. From this one header: `tracestate` is free text of
        # the client's, and would be exported with every span.
        parent = PROPAGATOR.extract({"traceparent": traceparent}, Context()) if traceparent else Context()
        if self._tracer is not None and is_recorded:
            span = self._tracer.start_span(REQUEST, parent, SPANS[REQUEST].kind)
        else:
            known = trace.get_current_span(parent).get_span_context()
            trace_id = known.trace_id if known.is_valid else IDS.generate_trace_id()
            span = NonRecordingSpan(SpanContext(trace_id, IDS.generate_span_id(), is_remote=False))
        return Live(span, self._checked, of_request=True)

    def span(self, name: str, *, callers: Iterable[SpanContext | None] = (), **attributes: Value) -> Live | Nothing:
        """A step, under the step in which it happens.

        With callers it is a batch, which belongs to all of them and not to the first: it is linked to each
        and hangs under the request.

        Raises: KeyError, ValueError for what is not on the lists: a mistake in the program, not in its input.
        """
        kind = SPANS[name].kind
        checked = self._checked(attributes) if attributes else None
        if self._tracer is None or not trace.get_current_span().is_recording():
            return self._nothing
        linked = {caller.span_id: Link(caller) for caller in callers if caller is not None}
        parent = REQUEST_CONTEXT.get() if linked else None
        span = self._tracer.start_span(name, parent, kind, checked, list(linked.values()))
        return Live(span, self._checked)

    def _checked(self, attributes: Mapping[str, Value]) -> dict[str, Value]:
        checked = {}
        for name, value in attributes.items():
            attribute = self._attributes[name]
            values = attribute.values
            # By exact type: True is an int to Python.
            if value not in values if isinstance(values, frozenset) else type(value) is not values:
                raise ValueError(f"not a value that the attribute {name} may take")
            checked[attribute.key] = value
        return checked


class Live:
    """A span that is being timed, and current meanwhile. Of an exception that ends it the type is kept."""

    __slots__ = ("_check", "_current", "_of_request", "_request", "_span")

    def __init__(self, span: trace.Span, check: Check, *, of_request: bool = False) -> None:
        self._span = span
        self._check = check
        self._of_request = of_request
        self._current: Token[Context] | None = None
        self._request: Token[Context] | None = None

    @property
    def context(self) -> SpanContext:
        return self._span.get_span_context()

    def set(self, **attributes: Value) -> None:
        self._span.set_attributes(self._check(attributes))

    def failed(self, error_type: type[BaseException] | None = None) -> None:
        """Says that the step went wrong, and by which class of exception if by one."""
        if error_type is not None:
            # A name in code. The exception's message may hold a value, and so may its traceback.
            self._span.set_attribute(ERROR_TYPE, error_type.__name__)
        self._span.set_status(Status(StatusCode.ERROR))

    def __enter__(self) -> Live:
        context = trace.set_span_in_context(self._span, Context() if self._of_request else None)
        self._current = attach(context)
        if self._of_request:
            self._request = REQUEST_CONTEXT.set(context)
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._request is not None:
            REQUEST_CONTEXT.reset(self._request)
        if self._current is not None:
            detach(self._current)
        if error_type is not None:
            self.failed(error_type)
        self._span.end()


class Nothing:
    """The span of a step that nobody records. It refuses what a recorded one would refuse."""

    __slots__ = ("_check",)

    def __init__(self, check: Check) -> None:
        self._check = check

    @property
    def context(self) -> None:
        return None

    def set(self, **attributes: Value) -> None:
        self._check(attributes)

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def current_trace_id() -> str:
    """The trace that this request belongs to, 32 hexadecimal digits; errors and log lines carry it."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id if context.is_valid else IDS.generate_trace_id())


def _exporter() -> SpanExporter | None:
    """What the environment asks spans to be sent with; None when it asks for nothing that we can do."""
    asked = _variable("OTEL_TRACES_EXPORTER").lower()
    endpoint = _variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or _variable("OTEL_EXPORTER_OTLP_ENDPOINT")
    if asked == "none" or _variable("OTEL_SDK_DISABLED").lower() == "true" or not (asked or endpoint):
        return None
    if asked not in {"", "otlp"}:
        logger.warning("No traces are sent: OTEL_TRACES_EXPORTER may be otlp or none.")
        return None
    protocol = _variable("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or _variable("OTEL_EXPORTER_OTLP_PROTOCOL")
    if protocol not in {"", PROTOCOL}:
        logger.warning("No traces are sent: of OTLP's protocols only %s is spoken here.", PROTOCOL)
        return None
    try:
        module = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError:
        logger.warning("No traces are sent: the exporter is missing; pip install 'needtoknow[otlp]'.")
        return None
    exporter: SpanExporter = module.OTLPSpanExporter()
    return exporter


def _variable(name: str) -> str:
    return os.environ.get(name, "").strip()
