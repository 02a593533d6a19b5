"""Spans as one message of OTLP's protobuf, as OpenTelemetry's exporter writes it, whose output a test compares. Knows
nothing of where it goes.

Theirs makes an object for each attribute: 28 µs for a span where this takes 5: docs/decisions/0031. The numbers are
those of the fields in OTLP's trace.proto, whose meaning never changes; what is empty there is left out here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from struct import Struct
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanKind
from opentelemetry.trace.status import StatusCode

from api.telemetry.lines import flags_of

VARINT, FIXED64, SIZED, FIXED32 = 0, 1, 2, 5
# Of a span, fields 7 and 8: when it started and when it ended, in nanoseconds.
TIMES = Struct(f"<{'BQ' * 2}")
STARTED, ENDED = 7 << 3 | FIXED64, 8 << 3 | FIXED64


class Messages(SpanExporter):
    """Sends each export as one message, by OpenTelemetry's exporter: where to, and how often again, is its own."""

    def __init__(self, theirs: Any) -> None:
        self._theirs = theirs

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        # Its name is theirs alone, but it is the one way to hand over what is encoded already.
        is_taken = self._theirs._client.export(message(spans)).success  # noqa: SLF001
        return SpanExportResult.SUCCESS if is_taken else SpanExportResult.FAILURE

    def shutdown(self) -> None:
        self._theirs.shutdown()


def message(spans: Sequence[ReadableSpan]) -> bytes:
    """Spans of one resource and one scope, which all that pass the gate are."""
    first = spans[0]
    assert first.instrumentation_scope is not None
    resource = _sized(1, _attributes(1, first.resource.attributes))
    scope = _sized(1, _sized(1, first.instrumentation_scope.name.encode()))
    scoped = _sized(2, scope + b"".join([_sized(2, _span(span)) for span in spans]))
    return _sized(1, resource + scoped)


def _span(span: ReadableSpan) -> bytes:
    context, parent = span.context, span.parent
    assert span.start_time is not None
    assert span.end_time is not None
    return b"".join(
        (
            b"\x0a\x10",
            context.trace_id.to_bytes(16),
            b"\x12\x08",
            context.span_id.to_bytes(8),
            b"\x22\x08" + parent.span_id.to_bytes(8) if parent is not None else b"",
            _named(span.name, span.kind),
            TIMES.pack(STARTED, span.start_time, ENDED, span.end_time),
            _attributes(9, span.attributes or {}),
            *[_sized(13, _link(link)) for link in span.links],
            _ended(span.status.status_code, parent is not None and parent.is_remote),
        )
    )


@lru_cache(maxsize=256)
def _named(name: str, kind: SpanKind) -> bytes:
    # OTLP counts kinds from one, for zero is none.
    return _sized(5, name.encode()) + _number(6, kind.value + 1)


def _link(link: Link) -> bytes:
    context = link.context
    ids = b"\x0a\x10" + context.trace_id.to_bytes(16) + b"\x12\x08" + context.span_id.to_bytes(8)
    return ids + _flags(6, context.is_remote)


@lru_cache(maxsize=8)
def _ended(code: StatusCode, is_remote: bool) -> bytes:
    return _sized(15, _number(3, code.value) if code.value else b"") + _flags(16, is_remote)


@lru_cache(maxsize=4)
def _flags(field: int, is_remote: bool) -> bytes:
    return _varint(field << 3 | FIXED32) + flags_of(is_remote).to_bytes(4, "little")


def _attributes(field: int, attributes: Mapping[str, Any]) -> bytes:
    return b"".join([_attribute(field, key, value) for key, value in attributes.items()])


# By type, for True is 1 to a dict.
@lru_cache(maxsize=4_096, typed=True)
def _attribute(field: int, key: str, value: Any) -> bytes:
    """Of a text, a yes or no, or a whole number: there is nothing else on the lists."""
    said = _sized(1, value.encode()) if type(value) is str else _number(2 if type(value) is bool else 3, value)
    return _sized(field, _sized(1, key.encode()) + _sized(2, said))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | VARINT) + _varint(value)


def _sized(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | SIZED) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    """Seven bits at a time, the lowest first, each byte but the last marked. A negative number is 64 bits long."""
    value &= 0xFFFF_FFFF_FFFF_FFFF
    if value < 0x80:
        return value.to_bytes(1)
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)
