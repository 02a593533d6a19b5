"""Parts that OTLP's protobuf and JSON encodings share."""

from __future__ import annotations

from opentelemetry.trace import SpanContext

# Entries in each cache of encoded parts. Requests have few different names, attributes and values.
CACHE_SIZE = 4_096

HAS_IS_REMOTE, IS_REMOTE = 0x100, 0x200


def flags(context: SpanContext | None) -> int:
    """OTLP's flags of a parent or a link: whether it is a span of another process."""
    return HAS_IS_REMOTE | IS_REMOTE if context is not None and context.is_remote else HAS_IS_REMOTE
