"""A light span: one timed step of a request.

The SDK's own span takes a lock, a copy and a sampler for each step. This one only records; `span_filter.py` turns many
of them at a time into the SDK's spans: docs/decisions/0031.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from time import time_ns
from types import TracebackType

from opentelemetry import trace
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import SpanContext, TraceFlags

from telemetry.allow_list import Value

ID_GENERATOR = RandomIdGenerator()
SAMPLED = TraceFlags(TraceFlags.SAMPLED)


@dataclass(slots=True, eq=False, repr=False)
class Span:
    """A span, current between `__enter__` and `__exit__`. Of an exception it records the class only.

    `parent` is the step above it, the caller's span, or None; `links` are the steps whose results it waited for.
    `on_end` takes the ended span. A span without `on_end` has ids and is not recorded.
    """

    name: str
    trace_id: int
    parent: Span | SpanContext | None
    on_end: Callable[[Span], object] | None
    attributes: dict[str, Value]
    links: Sequence[Span] = ()
    is_root: bool = False
    span_id: int = field(default_factory=ID_GENERATOR.generate_span_id)
    is_failed: bool = False
    error_type: str | None = None
    start_ns: int = 0
    end_ns: int = 0
    _context: SpanContext | None = None
    _current_token: Token[Span | None] | None = None

    @property
    def context(self) -> SpanContext:
        if self._context is None:
            flags = TraceFlags.get_default() if self.on_end is None else SAMPLED
            self._context = SpanContext(self.trace_id, self.span_id, is_remote=False, trace_flags=flags)
        return self._context

    @property
    def header(self) -> bytes:
        """The span as a `traceparent` or `traceresponse`: W3C Trace Context, version 00."""
        return f"00-{self.trace_id:032x}-{self.span_id:016x}-{self.on_end is not None:02x}".encode()

    def set(self, **attributes: Value) -> None:
        """Set attributes by their names in `allow_list.py`. Unlisted ones are dropped before export."""
        if self.on_end is not None:
            self.attributes.update(attributes)

    def rename(self, name: str) -> None:
        self.name = name

    def mark_failed(self, error_type: str | None = None) -> None:
        """Set the span's status to error. `error_type` is an exception's class name or an HTTP status."""
        self.is_failed = True
        # The class is a name in code. The exception's message and traceback may hold values of a record.
        self.error_type = error_type

    def __enter__(self) -> Span:
        self._current_token = CURRENT_SPAN.set(self)
        self.start_ns = time_ns()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end_ns = time_ns()
        if self._current_token is not None:
            CURRENT_SPAN.reset(self._current_token)
            # A token refers to a context that refers to this span: a cycle that only the garbage collector would free.
            self._current_token = None
        if error_type is not None:
            self.mark_failed(error_type.__name__)
        if self.on_end is not None:
            self.on_end(self)


CURRENT_SPAN: ContextVar[Span | None] = ContextVar("span", default=None)


class NoopSpan:
    """The span of a step that is not recorded."""

    __slots__ = ()

    def set(self, **attributes: Value) -> None:
        """Do nothing."""

    def rename(self, name: str) -> None:
        """Do nothing."""

    def __enter__(self) -> NoopSpan:
        return self

    def __exit__(self, *_: object) -> None:
        pass


NOOP_SPAN = NoopSpan()


def current_trace_id() -> str:
    """The trace id of the current request, 32 hexadecimal digits, as errors and log lines have it."""
    current = CURRENT_SPAN.get()
    return trace.format_trace_id(current.trace_id if current else ID_GENERATOR.generate_trace_id())
