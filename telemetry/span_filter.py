"""Span filter: turns recorded spans into the SDK's right before export, and drops what is not on the allow-list.

An unlisted name or attribute is a bug, and is logged.
"""

from __future__ import annotations

import logging

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link
from opentelemetry.trace.status import Status, StatusCode

from telemetry.allow_list import ERROR_TYPE, SCOPE_NAME, SPANS, UNLISTED, AllowList
from telemetry.span import Span

logger = logging.getLogger("needtoknow.telemetry")

SCOPE = InstrumentationScope(SCOPE_NAME)
UNSET, FAILED = Status(StatusCode.UNSET), Status(StatusCode.ERROR)


class SpanFilter:
    """Maps a span to the SDK's span; `resource` is that of all of them."""

    def __init__(self, allow_list: AllowList, resource: Resource) -> None:
        self._allow_list = allow_list
        self._resource = resource
        self._has_logged = False

    def __call__(self, span: Span) -> ReadableSpan:
        spec = self._allow_list.spans.get(span.name)
        attributes = self._allow_list.filter(span.attributes)
        if (spec is None or len(attributes) < len(span.attributes)) and not self._has_logged:
            self._has_logged = True
            # The name or attribute itself is not logged: it could hold a value of a record.
            logger.error(
                "A span has a name or an attribute that is not on the allow-list; it was dropped. Logged once."
            )
        if span.error_type is not None:
            attributes[ERROR_TYPE] = span.error_type
        parent = span.parent
        return ReadableSpan(
            span.name if spec else UNLISTED,
            span.context,
            parent.context if isinstance(parent, Span) else parent,
            self._resource,
            attributes,
            links=[Link(link.context) for link in span.links],
            kind=(spec or SPANS[UNLISTED]).kind,
            status=FAILED if span.is_failed else UNSET,
            start_time=span.start_ns,
            end_time=span.end_ns,
            instrumentation_scope=SCOPE,
        )
