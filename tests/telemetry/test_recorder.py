"""The recorder: attributes, parents and links of spans."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from opentelemetry.trace import SpanKind, StatusCode, get_tracer

from telemetry.allow_list import ATTRIBUTES, ERROR_TYPE
from telemetry.recorder import Telemetry
from telemetry.span import NOOP_SPAN, current_trace_id
from tests.telemetry.helpers import ALLOW_LIST, SECRET, TRACE_ID, TRACEPARENT, Recorded, parent_of

UNLISTED = "A span has a name or an attribute that is not on the allow-list; it was dropped. Logged once."


def test_listed_attributes_are_exported_by_their_keys(recorded: Recorded) -> None:
    with recorded.telemetry.request(None), recorded.telemetry.span("execute", fields=12) as span:
        span.set(role="patrol", purpose="C", document="0123456789abcdef" * 2, name="FieldStop")

    assert recorded.spans["execute"].attributes == {
        "needtoknow.fields": 12,
        "needtoknow.role": "patrol",
        "needtoknow.purpose": "C",
        "graphql.document.hash": "0123456789abcdef" * 2,
        "graphql.operation.name": "FieldStop",
    }


@pytest.mark.parametrize(
    "attributes",
    [{"ssn": SECRET}, {"text": "{ me }"}, {"db.namespace": "warrants"}, {ERROR_TYPE: SECRET}],
    ids=str,
)
def test_an_unlisted_attribute_is_dropped_and_logged_once(
    recorded: Recorded, attributes: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with recorded.telemetry.request(None), recorded.telemetry.span("execute", fields=12, **attributes) as span:
        span.set(**attributes)

    assert recorded.spans["execute"].attributes == {"needtoknow.fields": 12}
    assert [record.getMessage() for record in caplog.records] == [UNLISTED]


def test_a_span_with_an_unlisted_name_is_exported_without_it(
    recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    with recorded.telemetry.request(None), recorded.telemetry.span(f"person {SECRET}", fields=12):
        pass

    assert recorded.spans.keys() == {"POST /graphql", "unlisted"}
    assert [record.getMessage() for record in caplog.records] == [UNLISTED]


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "chief"},
        {"source": SECRET},
        {"source": "vehicles"},
        {"purpose": "c"},
        {"fields": "12"},
        {"fields": True},
        {"fields": 1.0},
        {"hit": 1},
        {"name": "LookUp_Smith_555"},
        {"document": SECRET},
        {"document": "{ me { name } }"},
        {"code": "Reyes"},
        {"role": ["patrol"]},
    ],
    ids=str,
)
def test_a_value_off_the_allow_list_is_dropped(
    recorded: Recorded, wrong: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with recorded.telemetry.request(None), recorded.telemetry.span("execute") as span:
        span.set(**wrong)

    assert recorded.spans["execute"].attributes == {}
    assert [record.getMessage() for record in caplog.records] == [UNLISTED]


def test_without_an_exporter_steps_make_no_span() -> None:
    telemetry = Telemetry(ALLOW_LIST)
    with telemetry.request(None) as request:
        request.set(role="chief")
        steps = {telemetry.span("execute", fields=12), telemetry.span(f"person {SECRET}")}

    assert steps == {NOOP_SPAN}
    assert not telemetry.is_on


def test_of_an_exception_only_the_class_is_exported(recorded: Recorded) -> None:
    with pytest.raises(LookupError), recorded.telemetry.request(None), recorded.telemetry.span("execute"):
        raise LookupError(SECRET)

    for span in recorded.spans.values():
        assert span.attributes is not None
        assert span.attributes[ERROR_TYPE] == "LookupError"
        assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
        assert span.events == ()
        assert SECRET not in span.to_json()


def test_a_library_s_span_is_not_exported(recorded: Recorded) -> None:
    with recorded.telemetry.request(None), get_tracer("library").start_as_current_span(SECRET):
        pass

    assert recorded.spans.keys() == {"POST /graphql"}


def test_no_listed_value_is_free_text() -> None:
    for attribute in ATTRIBUTES.values():
        if isinstance(attribute.values, frozenset):
            assert all(re.fullmatch(r"[A-Za-z_]+|/graphql", word) for word in attribute.values), attribute
        else:
            assert attribute.values in (int, bool, re.compile("[0-9a-f]{32}"))


def test_every_role_purpose_and_reason_is_listed() -> None:
    assert ATTRIBUTES["role"].values == frozenset(
        "patrol dispatcher investigator records supervision prosecutor court jail auditor admin outsider".split()
    )
    assert ATTRIBUTES["purpose"].values == frozenset("CJDFXAHISVR")
    assert isinstance(reasons := ATTRIBUTES["reason"].values, frozenset)
    assert len(reasons) == 14


def test_spans_nest_as_the_steps_do(recorded: Recorded) -> None:
    telemetry = recorded.telemetry
    with telemetry.request(None) as request, telemetry.span("query") as operation, telemetry.span("plan"):
        assert current_trace_id() == f"{request.context.trace_id:032x}"

    spans = recorded.spans
    assert parent_of(spans["POST /graphql"]) is None
    assert parent_of(spans["query"]) == request.context.span_id
    assert operation.context is not None
    assert parent_of(spans["plan"]) == operation.context.span_id
    assert [spans[name].kind for name in ("POST /graphql", "plan")] == [SpanKind.SERVER, SpanKind.INTERNAL]


def test_a_step_is_linked_to_the_steps_it_waited_for(recorded: Recorded) -> None:
    telemetry = recorded.telemetry
    with telemetry.request(None), telemetry.span("execute") as execute:
        with telemetry.span("SELECT warrants") as first, telemetry.span("decide") as second:
            pass
        with telemetry.span("plan", links=[first, second]):
            pass

    span = recorded.spans["plan"]
    assert [link.context for link in span.links] == [first.context, second.context]
    assert execute.context is not None
    assert parent_of(span) == execute.context.span_id


def test_a_step_that_ends_after_its_request_is_exported_too(recorded: Recorded) -> None:
    with recorded.telemetry.request(TRACEPARENT):
        late = recorded.telemetry.span("execute")
    with late:
        pass

    assert {name: f"{span.context.trace_id:x}" for name, span in recorded.spans.items()} == {
        "POST /graphql": TRACE_ID,
        "execute": TRACE_ID,
    }


async def test_requests_at_the_same_time_do_not_share_a_trace(recorded: Recorded) -> None:
    barrier = asyncio.Barrier(20)

    async def request() -> tuple[str, int]:
        with recorded.telemetry.request(None) as span:
            await barrier.wait()
            return current_trace_id(), span.context.trace_id

    found = await asyncio.gather(*(request() for _ in range(20)))

    assert len({trace_id for trace_id, _ in found}) == 20
    assert all(int(current, 16) == own for current, own in found)


def test_a_request_does_not_inherit_what_was_current_before_it(recorded: Recorded) -> None:
    telemetry = recorded.telemetry
    with telemetry.request(None) as before, telemetry.request(None) as after:
        assert after.context.trace_id != before.context.trace_id
        assert current_trace_id() == f"{after.context.trace_id:032x}"
