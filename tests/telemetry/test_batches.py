"""One question, as traces and metrics tell of it: what waited for what, how each source fared, what it is called."""

from __future__ import annotations

import logging
from asyncio import CancelledError
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from api.operation.batch_tracing import BatchTracer
from telemetry.allow_list import AllowList
from telemetry.pseudonym import DocumentPseudonym
from telemetry.recorder import Telemetry
from tests.harness import INQUIRY, World, serving
from tests.telemetry.readable import Readable

PERSONS = f"query Owners($ids: [ID!]!) {INQUIRY} {{ persons(ids: $ids)"
OWNERS = f"{PERSONS} {{ vehicles {{ owner {{ warrants {{ number }} }} }} }} }}"
TWICE = f"{PERSONS} {{ warrants {{ number }} vehicles {{ owner {{ warrants {{ number }} }} }} }} }}"
IDS = [f"P{number:07}" for number in range(1, 31)]
TRACEPARENT = f"00-{'a1' * 16}-{'b2' * 8}-01"


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> InMemoryMetricReader:
    """Every metric, when it is looked at. Named before `world`, so that the application finds it."""
    reader = InMemoryMetricReader()
    monkeypatch.setattr("telemetry.exporters.metric_exporters", lambda *_: [reader])
    monkeypatch.setattr("telemetry.recorder.PeriodicExportingMetricReader", lambda reader: reader)
    return reader


def points(metrics: InMemoryMetricReader) -> dict[str, list[Any]]:
    """The points of each metric."""
    data = metrics.get_metrics_data()
    assert data is not None
    return {
        metric.name: list(metric.data.data_points)
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }


def batches(spans: Sequence[ReadableSpan]) -> list[ReadableSpan]:
    return [span for span in spans if span.kind is SpanKind.CLIENT]


async def test_a_batch_is_linked_to_those_whose_rows_it_asks_for(spans: InMemorySpanExporter, world: World) -> None:
    await world.execute(OWNERS, as_="investigator", variables={"ids": IDS})
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


async def test_a_batch_says_how_large_it_was_and_how_the_source_answered(
    spans: InMemorySpanExporter, world: World
) -> None:
    await world.execute(OWNERS, as_="investigator", variables={"ids": [*IDS[:2], "P9999999"]})
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


async def test_a_source_that_is_down_is_told_as_down(
    spans: InMemorySpanExporter, metrics: InMemoryMetricReader, data: Path
) -> None:
    (data / "warrants.db").unlink()
    async with serving(data) as world:
        await world.execute(OWNERS, as_="investigator", variables={"ids": IDS})
        taken = points(metrics)["db.client.operation.duration"]
    last = batches(spans.get_finished_spans())[-1]

    assert last.attributes is not None
    assert last.attributes["needtoknow.source.status"] == "DOWN"
    assert last.attributes["error.type"] == "SourceUnavailable"
    assert last.attributes["needtoknow.error.code"] == "SOURCE_UNAVAILABLE"
    fared = {(point.attributes["db.namespace"], point.attributes["needtoknow.source.status"]): point for point in taken}
    assert {each: point.count for each, point in fared.items()} == {
        ("persons", "OK"): 2,
        ("vehicles", "OK"): 1,
        ("warrants", "DOWN"): 1,
    }


async def test_metrics_say_what_one_question_took_and_in_which_trace(
    spans: InMemorySpanExporter, metrics: InMemoryMetricReader, world: World
) -> None:
    await world.execute(OWNERS, as_="investigator", variables={"ids": IDS}, headers={"traceparent": TRACEPARENT})
    found = points(metrics)

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


async def test_a_key_whose_answer_is_there_already_is_a_hit(metrics: InMemoryMetricReader, world: World) -> None:
    await world.execute(TWICE, as_="investigator", variables={"ids": IDS})
    keys = {
        point.attributes["needtoknow.loader.hit"]: point.value for point in points(metrics)["needtoknow.loader.keys"]
    }

    assert keys[False] == sum(size for _, size in world.batches)
    # Most who own a vehicle of theirs are the same people again.
    assert keys[True] > 10


async def test_a_question_refused_whole_is_counted_by_its_code(metrics: InMemoryMetricReader, world: World) -> None:
    await world.execute("{ me { name } }", token="no token")
    await world.execute("{ person(id: 1) { id } }")
    await world.execute("{ person(id: 1) { id } }")

    refused = points(metrics)["needtoknow.refused"]
    assert {point.attributes["needtoknow.error.code"]: point.value for point in refused} == {
        "UNAUTHENTICATED": 1,
        "PURPOSE_REQUIRED": 2,
    }


async def test_a_batch_that_is_broken_off_says_nothing_of_its_source() -> None:
    exporter, reader = Readable(), InMemoryMetricReader()
    telemetry = Telemetry(
        AllowList(sources=["persons"], fetches=["persons.by_id"]), exporters=[exporter], readers=[reader]
    )
    with (
        telemetry.request(None),
        pytest.raises(CancelledError),
        BatchTracer(telemetry).watch("persons", "persons.by_id", 3),
    ):
        raise CancelledError
    telemetry.stop()

    batch = exporter.get_finished_spans()[0]
    assert batch.attributes is not None
    assert "needtoknow.source.status" not in batch.attributes
    assert batch.attributes["error.type"] == "CancelledError"
    assert points(reader).keys() == {"needtoknow.spans.lost"}


async def test_a_question_refused_for_want_of_a_place_is_counted(metrics: InMemoryMetricReader, world: World) -> None:
    world.resources.admission.close()
    await world.execute("{ me { name } }")

    [refused] = points(metrics)["needtoknow.refused"]
    assert (refused.attributes, refused.value) == ({"needtoknow.error.code": "OVERLOADED"}, 1)


async def test_an_operation_is_named_only_if_its_name_is_listed(spans: InMemorySpanExporter, data: Path) -> None:
    async with serving(data, named_operations="FieldStop, Desk") as world:
        for name in ("Desk", "LookUp_Smith_555", ""):
            await world.execute(f"query {name} {{ me {{ name }} }}")
    operations = [span for span in spans.get_finished_spans() if span.name == "query"]
    said = [dict(span.attributes or {}).get("graphql.operation.name") for span in operations]

    assert said == ["Desk", None, None]
    assert "Smith" not in "".join(span.to_json() for span in spans.get_finished_spans())


async def test_a_document_is_told_by_the_same_hash_each_time(spans: InMemorySpanExporter, world: World) -> None:
    documents = ["{ me { name } }", "{ me { name } }", "{ me { role } }"]
    for document in documents:
        await world.execute(document)
    ended = [dict(span.attributes or {}) for span in spans.get_finished_spans() if span.name == "query"]
    first, again, other = [attributes["graphql.document.hash"] for attributes in ended]

    assert first == again != other
    # Or whoever guesses a document could look whether it was asked.
    digests = [sha256(document.encode()).hexdigest() for document in documents]
    assert not any(str(told) in digest for told in (first, other) for digest in digests)


def test_under_another_key_a_document_has_another_hash() -> None:
    digest = "0" * 64

    assert DocumentPseudonym(bytes(32))(digest) == DocumentPseudonym(bytes(32))(digest)
    assert DocumentPseudonym(bytes(32))(digest) != DocumentPseudonym(bytes([1] * 32))(digest)


async def test_a_folder_that_cannot_be_made_is_one_line_in_the_log(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(data, traces=str(data / "world.json" / "traces")) as world:
        assert (await world.execute("{ me { name } }")).status == 200

    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [line.partition(":")[0] for line in said] == ["No traces are written", "No metrics are written"]


async def test_metrics_are_not_written_where_they_are_not_wanted(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
    async with serving(data, traces=str(tmp_path / "traces")) as world:
        await world.execute("{ me { name } }")

    assert [file.name.partition("-")[0] for file in (tmp_path / "traces").iterdir()] == ["traces"]
