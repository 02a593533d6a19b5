"""One step that is being timed. Knows nothing of where it goes, or of HTTP or GraphQL.

The SDK's own span takes a lock, a copy and a sampler for each step, and 28 µs where this takes 5: docs/decisions/0031.
What is handed on when it ends is the SDK's `ReadableSpan` all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar, Token
from time import time_ns
from types import TracebackType

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind
from opentelemetry.trace.status import Status, StatusCode

from api.telemetry.vocabulary import ERROR_TYPE, Value, Vocabulary

SCOPE = InstrumentationScope("needtoknow")
IDS = RandomIdGenerator()
UNSET, ERROR = Status(StatusCode.UNSET), Status(StatusCode.ERROR)

Ended = Callable[[ReadableSpan], object]


class Live:
    """A span that is being timed, and current meanwhile. Of an exception that ends it the type is kept.

    Without `ended` nobody records it: it has ids, and that is all.
    """

    __slots__ = (
        "_attributes",
        "_is_root",
        "_kind",
        "_links",
        "_outer",
        "_parent",
        "_resource",
        "_started",
        "_status",
        "_token",
        "_vocabulary",
        "context",
        "ended",
        "name",
    )

    def __init__(
        self,
        name: str,
        kind: SpanKind,
        context: SpanContext,
        parent: SpanContext | None,
        vocabulary: Vocabulary,
        *,
        is_root: bool = False,
        resource: Resource | None = None,
        ended: Ended | None = None,
        links: Iterable[SpanContext] = (),
        attributes: dict[str, Value] | None = None,
    ) -> None:
        self.name = name
        self.context = context
        self.ended = ended
        self._is_root = is_root
        self._kind = kind
        self._parent = parent
        self._vocabulary = vocabulary
        self._resource = resource
        self._links = links
        self._attributes: dict[str, Value] = attributes or {}
        self._status = UNSET
        self._started = 0
        self._token: Token[Live | None] | None = None
        self._outer: Token[Context] | None = None

    def set(self, **attributes: Value) -> None:
        """Raises KeyError, ValueError, if it is recorded, for what is not on the lists: a mistake in the program."""
        if self.ended is not None:
            self._attributes.update(self._vocabulary.said(attributes))

    def rename(self, name: str) -> None:
        """Raises KeyError as `set` does."""
        self._kind = self._vocabulary.spans[name].kind
        self.name = name

    def failed(self, by: str | None = None) -> None:
        """Says that the step went wrong, and by which class of exception or which status if by one."""
        if by is not None:
            # A name in code. The exception's message may hold a value, and so may its traceback.
            self._attributes[ERROR_TYPE] = by
        self._status = ERROR

    def __enter__(self) -> Live:
        if self._is_root:
            # For whoever else asks OpenTelemetry which trace this is: the exemplars of metrics do.
            self._outer = attach(trace.set_span_in_context(NonRecordingSpan(self.context), Context()))
        self._token = CURRENT.set(self)
        self._started = time_ns()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        ended_at = time_ns()
        if self._token is not None:
            CURRENT.reset(self._token)
        if self._outer is not None:
            detach(self._outer)
        # They know the context that knows this span; let go, none of them has to wait for the collector.
        self._token = self._outer = None
        if error_type is not None:
            self.failed(error_type.__name__)
        if self.ended is not None:
            self.ended(
                ReadableSpan(
                    self.name,
                    self.context,
                    self._parent,
                    self._resource,
                    self._attributes,
                    links=[Link(context) for context in self._links],
                    kind=self._kind,
                    status=self._status,
                    start_time=self._started,
                    end_time=ended_at,
                    instrumentation_scope=SCOPE,
                )
            )


CURRENT: ContextVar[Live | None] = ContextVar("span", default=None)


class Nothing:
    """The span of a step that nobody records."""

    __slots__ = ()

    @property
    def context(self) -> None:
        return None

    def set(self, **attributes: Value) -> None:
        """Nothing."""

    def rename(self, name: str) -> None:
        """Nothing."""

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *_: object) -> None:
        pass


NOTHING = Nothing()


def current_trace_id() -> str:
    """The trace that this request belongs to, 32 hexadecimal digits; errors and log lines carry it."""
    current = CURRENT.get()
    return trace.format_trace_id(current.context.trace_id if current else IDS.generate_trace_id())
