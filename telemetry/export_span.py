"""What leaves of a span once it has been looked at. Knows nothing of how it is written, or who it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from opentelemetry.trace import SpanKind
from opentelemetry.trace.status import StatusCode

from telemetry.allow_list import Value

# Whose spans and metrics these are, in OpenTelemetry's words.
SCOPE = "needtoknow"
# How many shapes are kept. A question has a dozen, most of them those of the question before.
SHAPES = 4_096
IS_REMOTE_KNOWN, IS_REMOTE = 0x100, 0x200


@dataclass(frozen=True, slots=True, eq=False)
class SpanTemplate:
    """All of a span but its times and its place: the same object for every span that says the same, so that each who
    writes it does so once."""

    name: str
    kind: SpanKind
    attributes: Mapping[str, Value]
    status: StatusCode


class Link(NamedTuple):
    trace_id: int
    span_id: int
    is_remote: bool = False


class ExportSpan(NamedTuple):
    """A span on its way out. `is_remote` where its parent is of another process; times are in ns since 1970."""

    shape: SpanTemplate
    trace_id: int
    span_id: int
    parent_id: int | None
    is_remote: bool
    started: int
    ended: int
    links: Sequence[Link] = ()


def flags_of(is_remote: bool) -> int:
    """OTLP's flags for a parent or a link: that it is known whether it is of another process, and whether it is."""
    return IS_REMOTE_KNOWN | IS_REMOTE if is_remote else IS_REMOTE_KNOWN
