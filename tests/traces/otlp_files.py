"""Trace files for tests, written without the code that reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
ZERO = 1_780_000_000_000_000_000
MS = 1_000_000


def span(
    id: int,
    name: str,
    start_ms: float,
    end_ms: float,
    *,
    parent: int | None = None,
    trace: str = TRACE,
    links: Iterable[int] = (),
    is_failed: bool = False,
    **attributes: object,
) -> dict[str, Any]:
    """A span in OTLP's JSON. Times are since ZERO; in an attribute's name two underscores stand for a dot."""
    fields: dict[str, Any] = {
        "traceId": trace,
        "spanId": hexadecimal(id),
        "name": name,
        "kind": 1,
        "startTimeUnixNano": str(ZERO + round(start_ms * MS)),
        "endTimeUnixNano": str(ZERO + round(end_ms * MS)),
        "attributes": [{"key": key.replace("__", "."), "value": value(each)} for key, each in attributes.items()],
        "links": [{"traceId": trace, "spanId": hexadecimal(each)} for each in links],
        "status": {"code": 2} if is_failed else {},
        "flags": 256,
    }
    return fields if parent is None else fields | {"parentSpanId": hexadecimal(parent)}


def value(each: object) -> Mapping[str, object]:
    if isinstance(each, bool):
        return {"boolValue": each}
    return {"intValue": str(each)} if isinstance(each, int) else {"stringValue": each}


def line(spans: Iterable[Mapping[str, Any]]) -> bytes:
    """One export of these spans."""
    scope = {"scope": {"name": "needtoknow"}, "spans": list(spans)}
    return orjson.dumps({"resourceSpans": [{"resource": {}, "scopeSpans": [scope]}]}, option=orjson.OPT_APPEND_NEWLINE)


def write(
    folder: Path, *lines: Iterable[Mapping[str, Any]], name: str = "traces-20261124T003000Z-1-0001.jsonl"
) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"".join(map(line, lines)))
    return folder


def hexadecimal(id: int) -> str:
    return f"{id:016x}"
