"""Spans as one message of OTLP's protobuf, as OpenTelemetry's exporter has them, whose output a test compares. Knows
nothing of where it goes.

Theirs makes an object for each attribute: docs/decisions/0031. The numbers are those of the fields in OTLP's
trace.proto, whose meaning never changes; what is empty there is left out here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from struct import Struct
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import SpanExportResult

from telemetry.export_span import SCOPE, SHAPES, ExportSpan, Link, SpanTemplate, flags_of

VARINT, FIXED64, SIZED, FIXED32 = 0, 1, 2, 5
# Of a span, fields 7 and 8: when it started and when it ended, in nanoseconds.
TIMES = Struct(f"<{'BQ' * 2}")
STARTED, ENDED = 7 << 3 | FIXED64, 8 << 3 | FIXED64


class OtlpProtobufExporter:
    """Sends each export as one message, by OpenTelemetry's exporter: where to, and how often again, is its own."""

    def __init__(self, theirs: Any, resource: Resource) -> None:
        self._theirs = theirs
        self._resource = resource

    def export(self, spans: Sequence[ExportSpan]) -> SpanExportResult:
        # Its name is theirs alone, but it is the one way to hand over what is encoded already.
        is_taken = self._theirs._client.export(message(spans, self._resource)).success  # noqa: SLF001
        return SpanExportResult.SUCCESS if is_taken else SpanExportResult.FAILURE

    def shutdown(self) -> None:
        self._theirs.shutdown()


def message(spans: Sequence[ExportSpan], resource: Resource) -> bytes:
    above = _sized(1, _attributes(1, resource.attributes))
    scope = _sized(1, _sized(1, SCOPE.encode()))
    scoped = _sized(2, scope + b"".join([_span(span) for span in spans]))
    return _sized(1, above + scoped)


def _span(span: ExportSpan) -> bytes:
    shape, trace_id, span_id, parent_id, is_remote, started, ended, links = span
    called, said, status = _written(shape, is_remote)
    body = b"".join(
        (
            b"\x0a\x10",
            trace_id.to_bytes(16),
            b"\x12\x08",
            span_id.to_bytes(8),
            b"\x22\x08" + parent_id.to_bytes(8) if parent_id is not None else b"",
            called,
            TIMES.pack(STARTED, started, ENDED, ended),
            said,
            b"".join([_link(link) for link in links]) if links else b"",
            status,
        )
    )
    return _prefix(2, len(body)) + body


def _link(link: Link) -> bytes:
    ids = b"\x0a\x10" + link.trace_id.to_bytes(16) + b"\x12\x08" + link.span_id.to_bytes(8)
    return _sized(13, ids + _flags(6, link.is_remote))


@lru_cache(maxsize=SHAPES)
def _written(shape: SpanTemplate, is_remote: bool) -> tuple[bytes, bytes, bytes]:
    """What lies between a span's place and its times, its times and its links, and after these."""
    # OTLP counts kinds from one, for zero is none.
    called = _sized(5, shape.name.encode()) + _number(6, shape.kind.value + 1)
    status = _sized(15, _number(3, shape.status.value) if shape.status.value else b"")
    return called, _attributes(9, shape.attributes), status + _flags(16, is_remote)


def _flags(field: int, is_remote: bool) -> bytes:
    return _varint(field << 3 | FIXED32) + flags_of(is_remote).to_bytes(4, "little")


def _attributes(field: int, attributes: Mapping[str, Any]) -> bytes:
    return b"".join([_sized(field, _sized(1, key.encode()) + _value(value)) for key, value in attributes.items()])


def _value(value: Any) -> bytes:
    """A text, a yes or no, or a whole number; what else a resource may say is told as text."""
    if type(value) is bool:
        return _sized(2, _number(2, value))
    return _sized(2, _number(3, value) if type(value) is int else _sized(1, str(value).encode()))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | VARINT) + _varint(value)


def _sized(field: int, body: bytes) -> bytes:
    return _prefix(field, len(body)) + body


@lru_cache(maxsize=1_024)
def _prefix(field: int, size: int) -> bytes:
    return _varint(field << 3 | SIZED) + _varint(size)


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
