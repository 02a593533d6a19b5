"""The allow-list processor: what it exports of our own spans, and of a library's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, TraceFlags, TraceState, set_span_in_context
from opentelemetry.trace.status import Status, StatusCode

from telemetry.allow_list import ERROR_TYPE
from telemetry.recorder import Telemetry
from tests.telemetry.helpers import ALLOW_LIST, SECRET

REMOTE = SpanContext(7, 8, is_remote=True, trace_flags=TraceFlags(1), trace_state=TraceState([("s", SECRET)]))


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def telemetry(exporter: InMemorySpanExporter) -> Iterator[Telemetry]:
    telemetry = Telemetry(ALLOW_LIST, span_exporters=[exporter])
    yield telemetry
    telemetry.stop()


def test_a_library_span_keeps_its_ids_and_loses_all_that_is_unlisted(
    exporter: InMemorySpanExporter, telemetry: Telemetry
) -> None:
    assert telemetry.provider is not None
    span = telemetry.provider.get_tracer(SECRET).start_span(
        f"look up {SECRET}",
        set_span_in_context(NonRecordingSpan(REMOTE)),
        attributes={
            "db.query.text": SECRET,
            "db.namespace": SECRET,
            "needtoknow.role": "patrol",
            ERROR_TYPE: SECRET,
        },
        links=[Link(REMOTE, {"ssn": SECRET})],
    )
    span.add_event(SECRET)
    span.record_exception(LookupError(SECRET))
    span.set_status(Status(StatusCode.ERROR, SECRET))
    span.end()
    telemetry.stop()

    [exported] = exporter.get_finished_spans()
    assert exported.name == "unlisted"
    assert exported.attributes == {"needtoknow.role": "patrol"}
    assert exported.context.trace_id == 7
    assert exported.parent is not None
    assert exported.parent.span_id == 8
    assert [link.context.span_id for link in exported.links] == [8]
    assert exported.status.status_code is StatusCode.ERROR
    assert SECRET not in exported.to_json()
    for context in (exported.context, exported.parent, exported.links[0].context):
        assert not context.trace_state


def test_our_own_listed_span_is_exported_as_it_is(exporter: InMemorySpanExporter, telemetry: Telemetry) -> None:
    with telemetry.request(None), telemetry.span("SELECT warrants", source="warrants") as span:
        span.set(rows=3)
    telemetry.stop()

    batch, request = exporter.get_finished_spans()
    assert (batch.name, request.name) == ("SELECT warrants", "POST /graphql")
    assert batch.attributes == {"db.namespace": "warrants", "needtoknow.rows": 3}


def test_a_value_is_checked_by_its_exact_type(exporter: InMemorySpanExporter, telemetry: Telemetry) -> None:
    values: list[Any] = [1, True, 1.0, [1], 1]
    for rows in values:
        with telemetry.request(None) as request:
            request.set(rows=rows)
    telemetry.stop()

    exported = [dict(span.attributes or {}) for span in exporter.get_finished_spans()]
    assert exported == [{"needtoknow.rows": 1}, {}, {}, {}, {"needtoknow.rows": 1}]
