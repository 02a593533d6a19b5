"""What leaves when the whole schema is exercised, to a collector, files and the log: nothing asked or found."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLObjectType,
    get_introspection_query,
    get_named_type,
    is_object_type,
    is_required_argument,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from resolvers.catalogue import NAMES
from schema.build import blueprint
from telemetry.allow_list import ATTRIBUTES, BATCH, ERROR_TYPE, METRICS, SPANS, UNLISTED
from tests.harness import World, serving
from tests.telemetry.planted import leaked, planted_values

INQUIRY = "@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: $case, attention: $attention)"
CASE, ATTENTION, TERMINAL = "CASE-7731-SECRET", "Quillfeather 4417", "UNIT-SECRET-12"


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What a collector on this host is sent, traces and metrics."""
    received: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kind = ExportTraceServiceRequest if self.path == "/v1/traces" else ExportMetricsServiceRequest
            received.append(kind.FromString(body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield received
        server.shutdown()
        thread.join()


def selection(kind: GraphQLObjectType, depth: int) -> str:
    """Every field of a type that needs no argument, and of the types below it."""
    chosen = []
    for name, field in kind.fields.items():
        below = get_named_type(field.type)
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if not is_object_type(below):
            chosen.append(name)
        elif depth > 0:
            chosen.append(f"{name} {{ {selection(below, depth - 1)} }}")
    return " ".join(chosen)


def everything() -> dict[str, str]:
    """A question for each root of the schema, with all that it leads to."""
    query = blueprint().graphql.query_type
    assert query is not None
    questions = {}
    for name, root in query.fields.items():
        kind = get_named_type(root.type)
        assert is_object_type(kind)
        needed = {name: of.type for name, of in root.args.items() if is_required_argument(of)}
        declared = "".join(f", ${name}: {of}" for name, of in needed.items())
        arguments = f"({', '.join(f'{name}: ${name}' for name in needed)})" if needed else ""
        inside = selection(kind, 4 if name.startswith("search") else 2)
        questions[name] = (
            f"query Quillfeather($case: String, $attention: String{declared}) {INQUIRY} "
            f"{{ {name}{arguments} {{ {inside} }} }}"
        )
    return questions


def record(folder: Path, source: str, table: str, having: str = "1") -> dict[str, Any]:
    """One row of a source, by column."""
    with closing(sqlite3.connect(folder / f"{source}.db")) as database:
        database.row_factory = sqlite3.Row
        found = database.execute(f"SELECT * FROM {table} WHERE {having} LIMIT 1").fetchone()
    return dict(found)


def arguments_of(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Roots with arguments that find something, or that quote a value where it does not belong."""
    having = "ssn IS NOT NULL AND license_number IS NOT NULL AND fbi_number IS NOT NULL"
    person = record(folder, "persons", "person", having)
    vehicle = record(folder, "vehicles", "vehicle", "plate IS NOT NULL")
    return [
        ("me", {}),
        ("sources", {}),
        ("person", {"id": person["id"]}),
        ("person", {"id": person["ssn"]}),
        ("persons", {"ids": [f"P{number:07}" for number in range(1, 31)]}),
        ("searchPersons", {"by": {"name": {"surname": person["surname"], "given": person["given"]}}}),
        ("searchPersons", {"by": {"ssn": person["ssn"]}}),
        ("searchPersons", {"by": {"ssn": f"no {person['ssn']}"}}),
        ("searchPersons", {"by": {"surname": person["surname"]}}),
        ("searchPersons", {"by": {"fbiNumber": person["fbi_number"]}}),
        ("searchPersons", {"by": {"driverLicense": {"number": person["license_number"]}}}),
        ("vehicle", {"by": {"vin": vehicle["vin"]}}),
        ("vehicle", {"by": {"plate": {"number": vehicle["plate"], "state": vehicle["plate_state"]}}}),
        ("searchVehicles", {"by": {"plateStart": vehicle["plate"][:2]}}),
        ("warrant", {"number": record(folder, "warrants", "warrant")["number"]}),
        ("protectiveOrder", {"number": record(folder, "protective_orders", "protective_order")["number"]}),
        ("criminalHistory", {"ciiNumber": record(folder, "criminal_history", "subject")["cii_number"]}),
        ("inquiries", {}),
        ("inquiry", {"id": person["ssn"]}),
    ]


async def exercise(world: World) -> str:
    """Asks everything as several people, rightly and wrongly. What they were told, as one text."""
    told = []
    questions = everything()
    headers = {
        "x-terminal": TERMINAL,
        "traceparent": f"00-{'a1' * 16}-{'b2' * 8}-01",
        "tracestate": f"s={TERMINAL}",
        "baggage": f"s={TERMINAL}",
    }
    arguments = arguments_of(world.folder)
    assert {root for root, _ in arguments} == set(questions)
    for role, aal in (("records", 2), ("patrol", 1), ("investigator", 2), ("outsider", 1)):
        for root, given in arguments:
            variables = {**given, "case": CASE, "attention": ATTENTION}
            answer = await world.execute(
                questions[root], as_=role, aal=aal, variables=variables, headers=headers, operation="Quillfeather"
            )
            told.append(answer.text)
    name = record(world.folder, "persons", "person")["surname"]
    wrong = (f"{{ person(id: {name}) {{ id }} }}", f"{{ {name} }}", "{ me { name } } #" + name, f'"""{name}"""')
    told += [(await world.execute(document)).text for document in wrong]
    told.append((await world.execute(get_introspection_query())).text)
    told.append((await world.execute("{ me { name } }", token=name)).text)
    told.append((await world.client.post(f"/graphql?name={name}", content=name)).text)
    return "".join(told)


def texts(message: Any) -> Iterator[str]:
    """Every text that a protobuf message holds, however deep."""
    for field, value in message.ListFields():
        for each in value if field.is_repeated else [value]:
            if hasattr(each, "ListFields"):
                yield from texts(each)
            elif isinstance(each, str):
                yield each


def json_texts(value: Any) -> Iterator[str]:
    """Every text that a JSON value holds, however deep."""
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from json_texts(each)


async def test_what_leaves_holds_nothing_that_was_asked_or_found(
    exported: list[Any], data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    folder = tmp_path / "traces"
    async with serving(data, traces=str(folder)) as world:
        told = await exercise(world)

    planted = planted_values(data) | {CASE.lower(), ATTENTION.lower(), TERMINAL.lower(), "quillfeather"}
    sent = {text for request in exported for text in texts(request)}
    files = sorted(folder.iterdir())
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    written = {text for line in lines for text in json_texts(line)}
    # They were told a great deal of it, so it was there to be leaked.
    assert len(leaked(told, planted)) > 300
    assert {file.name.partition("-")[0] for file in files} == {"metrics", "traces"}
    assert {type(request) for request in exported} == {ExportTraceServiceRequest, ExportMetricsServiceRequest}
    assert leaked("\n".join((sent | written) - words_of_ours()), planted) == set()
    # The test's own client logs the addresses that it calls.
    assert leaked("\n".join(each.getMessage() for each in caplog.records if each.name != "httpx"), planted) == set()


async def test_what_is_exported_is_on_the_lists_and_every_step_is_there(exported: list[Any], data: Path) -> None:
    async with serving(data) as world:
        await exercise(world)

    spans = [
        span
        for request in exported
        if isinstance(request, ExportTraceServiceRequest)
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    metrics = [
        metric
        for request in exported
        if isinstance(request, ExportMetricsServiceRequest)
        for resource in request.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    ]
    keys = {attribute.key for span in spans for attribute in span.attributes}
    batches = {name for name in {span.name for span in spans} if name.startswith("SELECT ")}
    points = [point for metric in metrics for point in (*metric.sum.data_points, *metric.histogram.data_points)]
    assert {span.name for span in spans} - batches == set(SPANS) - {BATCH, UNLISTED, "mutation", "subscription"}
    assert batches == {f"SELECT {name}" for name in (*NAMES, "journal")}
    assert keys <= {attribute.key for attribute in ATTRIBUTES.values()} | {ERROR_TYPE}
    assert not [span for span in spans if span.events or span.trace_state or span.status.message]
    assert {metric.name for metric in metrics} == {metric.key for metric in METRICS.values()}
    assert {attribute.key for point in points for attribute in point.attributes} <= {
        ATTRIBUTES[name].key for metric in METRICS.values() for name in metric.attributes
    }


def words_of_ours() -> set[str]:
    """The fixed vocabulary, which a surname may happen to be a word of."""
    words = {*SPANS, *(attribute.key for attribute in ATTRIBUTES.values())}
    words |= {text for metric in METRICS.values() for text in (metric.key, metric.meaning)}
    for attribute in ATTRIBUTES.values():
        if isinstance(attribute.values, frozenset):
            words |= attribute.values
    return words | set(NAMES)
