"""One step that is being timed. Knows nothing of where it goes, or of HTTP or GraphQL.

The SDK's own span takes a lock, a copy and a sampler for each step, while all that it needs is far from the processor.
So a step keeps what it was told and no more; `gate.py` makes of it what leaves, many at a time: docs/decisions/0031.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar, Token
from time import time_ns
from types import TracebackType

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from telemetry.allow_list import Value
from telemetry.request_spans import RequestSpanBuffer

IDS = RandomIdGenerator()
SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class Span:
    """A step that is being timed, and current meanwhile. Of an exception that ends it the type is kept.

    `parent` is the step above, that of a caller or none; `links` are those that it waited for. Without a `packer` it
    has ids, and nobody records it.
    """

    __slots__ = (
        "_context",
        "_outer",
        "_token",
        "attributes",
        "ended",
        "failed_by",
        "is_failed",
        "is_root",
        "links",
        "name",
        "packer",
        "parent",
        "span_id",
        "started",
        "trace_id",
    )

    def __init__(
        self,
        name: str,
        trace_id: int,
        parent: Span | SpanContext | None,
        packer: RequestSpanBuffer | None,
        *,
        attributes: dict[str, Value],
        links: Sequence[Span] = (),
        is_root: bool = False,
    ) -> None:
        self.name = name
        self.trace_id = trace_id
        self.span_id = IDS.generate_span_id()
        self.parent = parent
        self.packer = packer
        self.attributes = attributes
        self.links = links
        self.is_root = is_root
        self.is_failed = False
        self.failed_by: str | None = None
        self.started = self.ended = 0
        self._context: SpanContext | None = None
        self._token: Token[Span | None] | None = None
        self._outer: Token[Context] | None = None

    @property
    def context(self) -> SpanContext:
        if self._context is None:
            flags = TraceFlags.get_default() if self.packer is None else SAMPLED
            self._context = SpanContext(self.trace_id, self.span_id, is_remote=False, trace_flags=flags)
        return self._context

    def set(self, **attributes: Value) -> None:
        """By the names in `vocabulary.py`; what is not on its lists does not leave."""
        if self.packer is not None:
            self.attributes.update(attributes)

    def rename(self, name: str) -> None:
        self.name = name

    def failed(self, by: str | None = None) -> None:
        """Says that the step went wrong, and by which class of exception or which status if by one."""
        self.is_failed = True
        # A name in code. The exception's message may hold a value, and so may its traceback.
        self.failed_by = by

    def __enter__(self) -> Span:
        if self.is_root and self.packer is not None:
            # For a library that asks OpenTelemetry under which span it works.
            self._outer = attach(trace.set_span_in_context(NonRecordingSpan(self.context), Context()))
        self._token = CURRENT.set(self)
        self.started = time_ns()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.ended = time_ns()
        if self._token is not None:
            CURRENT.reset(self._token)
        if self._outer is not None:
            detach(self._outer)
        # They know the context that knows this span; let go, none of them has to wait for the collector.
        self._token = self._outer = None
        if error_type is not None:
            self.failed(error_type.__name__)
        if self.packer is not None:
            self.packer.add(self)


CURRENT: ContextVar[Span | None] = ContextVar("span", default=None)


class NoopSpan:
    """The span of a step that nobody records."""

    __slots__ = ()

    def set(self, **attributes: Value) -> None:
        """Nothing."""

    def rename(self, name: str) -> None:
        """Nothing."""

    def __enter__(self) -> NoopSpan:
        return self

    def __exit__(self, *_: object) -> None:
        pass


NOOP_SPAN = NoopSpan()


def current_trace_id() -> str:
    """The trace that this request belongs to, 32 hexadecimal digits; errors and log lines carry it."""
    current = CURRENT.get()
    return trace.format_trace_id(current.trace_id if current else IDS.generate_trace_id())
