"""Spans and metrics of one operation: links between batches, source status, counters and names."""

from __future__ import annotations

import logging
from asyncio import CancelledError
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from api.operation.batch_tracing import BatchTracer
from sources.sqlite.source import SqliteSource
from telemetry.pseudonym import document_pseudonyms
from telemetry.recorder import Telemetry
from tests.harness import INVESTIGATION, World, person_ids, running_app
from tests.telemetry.helpers import ALLOW_LIST, DiscardingMetricExporter, data_points

PERSONS = f"query Owners($ids: [ID!]!) {INVESTIGATION} {{ persons(ids: $ids)"
OWNERS = f"{PERSONS} {{ vehicles {{ owner {{ warrants {{ number }} }} }} }} }}"
TWICE = f"{PERSONS} {{ warrants {{ number }} vehicles {{ owner {{ warrants {{ number }} }} }} }} }}"
TRACEPARENT = f"00-{'a1' * 16}-{'b2' * 8}-01"


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Record metrics. Name it before `world`, so that the application finds it."""
    monkeypatch.setattr("telemetry.exporters.metric_exporters", lambda *_: [DiscardingMetricExporter()])


def people(world: World) -> dict[str, list[str]]:
    return {"ids": person_ids(world.folder)[:30]}


def batches(spans: Sequence[ReadableSpan]) -> list[ReadableSpan]:
    return [span for span in spans if span.kind is SpanKind.CLIENT]


async def test_a_batch_is_linked_to_the_batches_whose_rows_it_needs(spans: InMemorySpanExporter, world: World) -> None:
    await world.execute(OWNERS, role="investigator", variables=people(world))
    ended = spans.get_finished_spans()
    [execute] = [span for span in ended if span.name == "execute"]
    names = {span.context.span_id: span.name for span in ended}

    assert [(span.name, [names[link.context.span_id] for link in span.links]) for span in batches(ended)] == [
        ("SELECT persons", []),
        ("SELECT vehicles", ["SELECT persons"]),
        ("SELECT persons", ["SELECT vehicles"]),
        ("SELECT warrants", ["SELECT persons"]),
    ]
    assert all(span.parent == execute.context for span in batches(ended))


async def test_a_batch_has_its_size_and_the_status_of_its_source(spans: InMemorySpanExporter, world: World) -> None:
    await world.execute(OWNERS, role="investigator", variables={"ids": ["P0000001", "P0000002", "P9999999"]})
    first = batches(spans.get_finished_spans())[0]

    assert first.attributes == {
        "db.system.name": "sqlite",
        "db.operation.name": "SELECT",
        "db.namespace": "persons",
        "needtoknow.fetch": "persons.by_id",
        "needtoknow.keys": 3,
        "needtoknow.rows": 2,
        "needtoknow.source.status": "OK",
    }


async def test_a_source_that_is_down_is_recorded_as_down(
    spans: InMemorySpanExporter, metrics: None, data: Path
) -> None:
    (data / "warrants.db").unlink()
    async with running_app(data) as world:
        await world.execute(OWNERS, role="investigator", variables=people(world))
        points = data_points(world.resources.telemetry)["db.client.operation.duration"]
    last = batches(spans.get_finished_spans())[-1]

    assert last.attributes is not None
    assert last.attributes["needtoknow.source.status"] == "DOWN"
    assert last.attributes["error.type"] == "SourceUnavailable"
    assert last.attributes["needtoknow.error.code"] == "SOURCE_UNAVAILABLE"
    assert {
        (point.attributes["db.namespace"], point.attributes["needtoknow.source.status"]): point.count
        for point in points
    } == {
        ("persons", "OK"): 2,
        ("vehicles", "OK"): 1,
        ("warrants", "DOWN"): 1,
    }


async def test_one_operation_is_measured_with_its_trace_as_exemplar(
    spans: InMemorySpanExporter, metrics: None, world: World
) -> None:
    await world.execute(OWNERS, role="investigator", variables=people(world), headers={"traceparent": TRACEPARENT})
    found = data_points(world.resources.telemetry)

    assert {name: sum(point.count for point in found[name]) for name in found if hasattr(found[name][0], "count")} == {
        "http.server.request.duration": 1,
        "db.client.operation.duration": 4,
        "needtoknow.batch.keys": 4,
        "needtoknow.journal.queue.duration": 2,
        "needtoknow.journal.commit.duration": 2,
    }
    for name in ("http.server.request.duration", "db.client.operation.duration", "needtoknow.journal.commit.duration"):
        exemplars = [exemplar for point in found[name] for exemplar in point.exemplars]
        assert {exemplar.trace_id for exemplar in exemplars} == {int("a1" * 16, 16)}
        assert not any(exemplar.filtered_attributes for exemplar in exemplars)
    decided = {tuple(point.attributes.values()): point.value for point in found["needtoknow.verdicts"]}
    assert decided == {("IDENTITY", "ALLOW"): 1, ("DMV_RECORD", "ALLOW"): 1, ("WANTS", "ALLOW"): 1}


async def test_a_key_that_was_already_loaded_is_a_hit(metrics: None, world: World) -> None:
    await world.execute(TWICE, role="investigator", variables=people(world))
    points = data_points(world.resources.telemetry)["needtoknow.loader.keys"]
    keys = {point.attributes["needtoknow.loader.hit"]: point.value for point in points}

    assert keys[False] == sum(size for _, size in world.batches)
    # Most owners of their vehicles are the same people again.
    assert keys[True] > 10


async def test_a_refused_operation_is_counted_by_its_error_code(metrics: None, world: World) -> None:
    await world.execute("{ me { name } }", token="no token")
    await world.execute("{ person(id: 1) { id } }")
    await world.execute("{ person(id: 1) { id } }")

    refused = data_points(world.resources.telemetry)["needtoknow.refused"]
    assert {point.attributes["needtoknow.error.code"]: point.value for point in refused} == {
        "UNAUTHENTICATED": 1,
        "PURPOSE_REQUIRED": 2,
    }


async def test_a_refusal_that_cannot_be_journalled_is_counted_once(metrics: None, world: World) -> None:
    await world.resources.journal.close()
    response = await world.execute("{ person(id: 1) { id } }")

    [refused] = data_points(world.resources.telemetry)["needtoknow.refused"]
    assert response.codes == ["AUDIT_UNAVAILABLE"]
    assert (refused.attributes, refused.value) == ({"needtoknow.error.code": "AUDIT_UNAVAILABLE"}, 1)


async def test_a_cancelled_batch_has_no_source_status_and_no_metric(tmp_path: Path) -> None:
    exporter = InMemorySpanExporter()
    telemetry = Telemetry(ALLOW_LIST, span_exporters=[exporter], metric_exporters=[DiscardingMetricExporter()])
    with (
        telemetry.request(None),
        pytest.raises(CancelledError),
        BatchTracer(telemetry, {"persons": SqliteSource("persons", tmp_path)}).watch("persons", "persons.by_id", 3),
    ):
        raise CancelledError
    telemetry.stop()

    batch = exporter.get_finished_spans()[0]
    assert batch.attributes is not None
    assert "needtoknow.source.status" not in batch.attributes
    assert batch.attributes["error.type"] == "CancelledError"
    assert data_points(telemetry).keys() == {"needtoknow.spans.lost"}


async def test_an_operation_refused_for_overload_is_counted(metrics: None, world: World) -> None:
    world.admission.close()
    await world.execute("{ me { name } }")

    [refused] = data_points(world.resources.telemetry)["needtoknow.refused"]
    assert (refused.attributes, refused.value) == ({"needtoknow.error.code": "OVERLOADED"}, 1)


async def test_an_operation_is_named_only_if_its_name_is_listed(spans: InMemorySpanExporter, data: Path) -> None:
    async with running_app(data, named_operations=("FieldStop", "Lookup")) as world:
        for name in ("Lookup", "LookUp_Smith_555", ""):
            await world.execute(f"query {name} {{ me {{ name }} }}")
    operations = [span for span in spans.get_finished_spans() if span.name == "query"]
    names = [dict(span.attributes or {}).get("graphql.operation.name") for span in operations]

    assert names == ["Lookup", None, None]
    assert "Smith" not in "".join(span.to_json() for span in spans.get_finished_spans())


async def test_a_document_has_the_same_hash_each_time(spans: InMemorySpanExporter, world: World) -> None:
    documents = ["{ me { name } }", "{ me { name } }", "{ me { role } }"]
    for document in documents:
        await world.execute(document)
    ended = [dict(span.attributes or {}) for span in spans.get_finished_spans() if span.name == "query"]
    first, again, other = [attributes["graphql.document.hash"] for attributes in ended]

    assert first == again != other
    # A plain hash would confirm a guessed document.
    digests = [sha256(document.encode()).hexdigest() for document in documents]
    assert not any(str(pseudonym) in digest for pseudonym in (first, other) for digest in digests)


def test_a_document_has_another_hash_under_another_key() -> None:
    digest = "0" * 64

    assert document_pseudonyms(bytes(32))(digest) == document_pseudonyms(bytes(32))(digest)
    assert document_pseudonyms(bytes(32))(digest) != document_pseudonyms(bytes([1] * 32))(digest)


async def test_a_folder_that_cannot_be_made_is_logged_once_a_signal(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_app(data, traces=str(data / "world.json" / "traces")) as world:
        assert (await world.execute("{ me { name } }")).status == 200

    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [line.partition(":")[0] for line in warnings] == ["No traces are written", "No metrics are written"]


async def test_metrics_are_not_written_if_the_environment_forbids_it(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
    async with running_app(data, traces=str(tmp_path / "traces")) as world:
        await world.execute("{ me { name } }")

    assert [file.name.partition("-")[0] for file in (tmp_path / "traces").iterdir()] == ["traces"]
