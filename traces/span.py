"""A span, parsed from OTLP's JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

Value: TypeAlias = bool | int | float | str

FAILED = 2


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """One timed step. Ids are lower-case hexadecimal; times are nanoseconds since 1970, and `end_ns >= start_ns`."""

    trace_id: str
    id: str
    parent_id: str | None
    name: str
    start_ns: int
    end_ns: int
    is_failed: bool
    attributes: Mapping[str, Value]
    links: tuple[str, ...]

    @property
    def duration_ns(self) -> int:
        return self.end_ns - self.start_ns


def parse_spans(request: Any, is_wanted: Callable[[str], bool]) -> Iterator[Span]:
    """The spans of the wanted traces in an ExportTraceServiceRequest.

    Raises: AttributeError, KeyError, TypeError or ValueError if it is not one.
    """
    for resource in request.get("resourceSpans", ()):
        for scope in resource.get("scopeSpans", ()):
            for span in scope.get("spans", ()):
                trace_id = _id(span["traceId"])
                if is_wanted(trace_id):
                    yield _span(trace_id, span)


def _span(trace_id: str, span: Any) -> Span:
    parent = span.get("parentSpanId")
    start, end = _time(span["startTimeUnixNano"]), _time(span.get("endTimeUnixNano", 0))
    return Span(
        trace_id=trace_id,
        id=_id(span["spanId"]),
        parent_id=_id(parent) if parent else None,
        name=str(span.get("name", "")),
        start_ns=start,
        # A clock that was set back must not make a negative duration.
        end_ns=max(start, end),
        is_failed=span.get("status", {}).get("code") == FAILED,
        attributes={str(each["key"]): _value(each.get("value", {})) for each in span.get("attributes", ())},
        links=tuple(_id(link["spanId"]) for link in span.get("links", ())),
    )


def _id(text: str) -> str:
    if not text:
        raise ValueError("an empty id")
    return bytes.fromhex(text).hex()


def _time(number: int | str) -> int:
    nanoseconds = int(number)
    if not 0 <= nanoseconds < 2**64:
        raise ValueError("a time out of OTLP's range")
    return nanoseconds


def _value(value: Mapping[str, Any]) -> Value:
    """The value of an AnyValue. A list or a map becomes JSON text."""
    kind, content = next(iter(value.items()), ("", ""))
    if kind == "intValue":
        return int(content)
    return content if isinstance(content, bool | float | str) else orjson.dumps(content).decode()
