"""What may leave of a span, ours or a library's that somebody else wrote, and what is looked at once for many."""

from __future__ import annotations

from opentelemetry.trace import Link, SpanContext, Status, StatusCode, TraceFlags, TraceState, set_span_in_context
from opentelemetry.trace import NonRecordingSpan as Remote

from telemetry.allow_list import ERROR_TYPE, AllowList
from telemetry.recorder import Telemetry
from tests.telemetry.readable import Readable

SECRET = "123-45-6789"
ELSEWHERE = SpanContext(7, 8, is_remote=True, trace_flags=TraceFlags(1), trace_state=TraceState([("s", SECRET)]))


def test_a_library_s_span_keeps_its_place_and_loses_all_that_is_not_on_the_lists() -> None:
    exporter = Readable()
    telemetry = Telemetry(AllowList(sources=["warrants"]), exporters=[exporter])
    assert telemetry.provider is not None
    span = telemetry.provider.get_tracer(SECRET).start_span(
        f"look up {SECRET}",
        set_span_in_context(Remote(ELSEWHERE)),
        attributes={
            "db.query.text": SECRET,
            "db.namespace": SECRET,
            "needtoknow.role": "patrol",
            ERROR_TYPE: SECRET,
        },
        links=[Link(ELSEWHERE, {"ssn": SECRET})],
    )
    span.add_event(SECRET)
    span.record_exception(LookupError(SECRET))
    span.set_status(Status(StatusCode.ERROR, SECRET))
    span.end()
    telemetry.stop()

    [left] = exporter.get_finished_spans()
    assert left.name == "unlisted"
    assert left.attributes == {"needtoknow.role": "patrol"}
    assert left.context.trace_id == 7
    assert left.parent is not None
    assert left.parent.span_id == 8
    assert [link.context.span_id for link in left.links] == [8]
    assert left.status.status_code is StatusCode.ERROR
    assert SECRET not in left.to_json()
    assert not left.context.trace_state


def test_a_span_of_ours_passes_as_it_is() -> None:
    exporter = Readable()
    telemetry = Telemetry(AllowList(sources=["warrants"]), exporters=[exporter])
    with telemetry.request(None), telemetry.span("SELECT warrants", source="warrants") as span:
        span.set(rows=3)
    telemetry.stop()

    batch, request = exporter.get_finished_spans()
    assert (batch.name, request.name) == ("SELECT warrants", "POST /graphql")
    assert batch.attributes == {"db.namespace": "warrants", "needtoknow.rows": 3}


def test_spans_that_say_the_same_are_looked_at_once_and_none_is_taken_for_another() -> None:
    exporter = Readable()
    telemetry = Telemetry(AllowList(sources=["warrants"]), exporters=[exporter])
    for rows in (1, True, 1.0, [1], 1):
        with telemetry.request(None) as request:
            request.set(rows=rows)
    telemetry.stop()

    shapes = [span.shape for span in exporter.left]
    assert [shape.attributes for shape in shapes] == [{"needtoknow.rows": 1}, {}, {}, {}, {"needtoknow.rows": 1}]
    assert shapes[0] is shapes[4]
