"""OTLP protobuf encoder of spans, and an exporter that sends its messages over HTTP.

The SDK's encoder makes an object for each attribute, which costs several times as much: docs/decisions/0031. A test
compares the two. The numbers are field numbers of OTLP's trace.proto, which never change their meaning.

This file is the only one that uses a private name of a library. The SDK's exporter has no public way to send an encoded
message, but its connection, retries, headers, certificates and compression are wanted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from struct import Struct
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanContext, SpanKind
from opentelemetry.trace.status import StatusCode

from telemetry.otlp import CACHE_SIZE, flags

VARINT, FIXED64, LENGTH_DELIMITED, FIXED32 = 0, 1, 2, 5
# Fields 7 and 8 of a span: its start and end, in nanoseconds.
TIMES = Struct(f"<{'BQ' * 2}")
START, END = 7 << 3 | FIXED64, 8 << 3 | FIXED64


class OtlpProtobufExporter(SpanExporter):
    """Sends each export as one message. `sender` is the SDK's OTLP exporter, which knows where to and how."""

    def __init__(self, sender: Any) -> None:
        self._sender = sender

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        is_sent = self._sender._client.export(encode(spans)).success  # noqa: SLF001
        return SpanExportResult.SUCCESS if is_sent else SpanExportResult.FAILURE

    def shutdown(self) -> None:
        self._sender.shutdown()


def encode(spans: Sequence[ReadableSpan]) -> bytes:
    """An ExportTraceServiceRequest. All spans have the resource and the scope of the first."""
    scope = spans[0].instrumentation_scope
    assert scope is not None
    scope_field = _delimited(1, _delimited(1, scope.name.encode()))
    scope_spans = _delimited(2, scope_field + b"".join([_span(span) for span in spans]))
    return _delimited(1, _delimited(1, _attributes(1, spans[0].resource.attributes)) + scope_spans)


def _span(span: ReadableSpan) -> bytes:
    parent = span.parent
    body = b"".join(
        (
            _ids(span.context),
            b"\x22\x08" + parent.span_id.to_bytes(8) if parent is not None else b"",
            _name_and_kind(span.name, span.kind),
            TIMES.pack(START, span.start_time, END, span.end_time),
            _attributes(9, span.attributes or {}),
            b"".join([_link(link) for link in span.links]),
            _status(span.status.status_code),
            _flags(16, flags(parent)),
        )
    )
    return _prefix(2, len(body)) + body


def _ids(context: SpanContext) -> bytes:
    """Fields 1 and 2, of a span and of a link alike."""
    return b"\x0a\x10" + context.trace_id.to_bytes(16) + b"\x12\x08" + context.span_id.to_bytes(8)


def _link(link: Link) -> bytes:
    return _delimited(13, _ids(link.context) + _flags(6, flags(link.context)))


@lru_cache(maxsize=CACHE_SIZE)
def _name_and_kind(name: str, kind: SpanKind) -> bytes:
    # OTLP counts kinds from one; zero means unspecified.
    return _delimited(5, name.encode()) + _number(6, kind.value + 1)


@lru_cache
def _status(code: StatusCode) -> bytes:
    return _delimited(15, _number(3, code.value) if code.value else b"")


@lru_cache
def _flags(field: int, value: int) -> bytes:
    return _varint(field << 3 | FIXED32) + value.to_bytes(4, "little")


def _attributes(field: int, attributes: Mapping[str, Any]) -> bytes:
    return b"".join([_attribute(field, key, value) for key, value in attributes.items()])


# By type too, because True equals 1.
@lru_cache(maxsize=CACHE_SIZE, typed=True)
def _attribute(field: int, key: str, value: Any) -> bytes:
    """A key with a string, a boolean or an integer. Another value, which only a resource can have, becomes a string."""
    if type(value) is bool:
        encoded = _number(2, value)
    elif type(value) is int:
        encoded = _number(3, value)
    else:
        encoded = _delimited(1, str(value).encode())
    return _delimited(field, _delimited(1, key.encode()) + _delimited(2, encoded))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | VARINT) + _varint(value)


def _delimited(field: int, body: bytes) -> bytes:
    return _prefix(field, len(body)) + body


@lru_cache(maxsize=CACHE_SIZE)
def _prefix(field: int, size: int) -> bytes:
    return _varint(field << 3 | LENGTH_DELIMITED) + _varint(size)


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; all but the last byte are marked. A negative number has 64 bits."""
    value &= 0xFFFF_FFFF_FFFF_FFFF
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
