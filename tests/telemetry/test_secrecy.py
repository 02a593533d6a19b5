"""Secrecy: nothing exported or logged for the whole schema has a value of a request or a record."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from logging.handlers import BufferingHandler
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLObjectType,
    get_introspection_query,
    get_named_type,
    is_object_type,
    is_required_argument,
    is_union_type,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from resolvers.catalogue import NAMES
from schema.build import guarded_schema
from telemetry.allow_list import ATTRIBUTES, BATCH, ERROR_TYPE, METRICS, SPANS, UNLISTED
from tests.api.seeded_values import number_roots
from tests.harness import World, person_ids, running_app
from tests.telemetry.helpers import collector
from tests.telemetry.record_values import found_in, record_values

INQUIRY = "@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: $case, attention: $attention)"
MANY_FIELDS = 20_000
CASE, ATTENTION, TERMINAL = "CASE-7731-SECRET", "Quillfeather 4417", "UNIT-SECRET-12"


@dataclass(frozen=True)
class Exercised:
    """All that left an application while it was exercised, and its data folder."""

    data: Path
    responses: str
    exported: list[Any]
    files: list[Path]
    log: list[logging.LogRecord]


@pytest.fixture(scope="module")
def exercised(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Exercised:
    folder = tmp_path_factory.mktemp("exercised")
    data, traces = Path(shutil.copytree(seeded, folder / "data")), folder / "traces"

    async def run() -> str:
        async with running_app(data, traces=str(traces)) as world:
            world.allow_fields(MANY_FIELDS)
            return await exercise(world)

    log = BufferingHandler(sys.maxsize)
    with pytest.MonkeyPatch.context() as patch, collector() as (url, received):
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        patch.setattr(logging.getLogger(), "level", logging.DEBUG)
        logging.getLogger().addHandler(log)
        responses = asyncio.run(run())
        logging.getLogger().removeHandler(log)
    return Exercised(data, responses, messages(received), sorted(traces.iterdir()), log.buffer)


def messages(received: list[tuple[str, bytes]]) -> list[Any]:
    """The requests as protobuf messages of traces and metrics."""
    kinds = {"/v1/traces": ExportTraceServiceRequest, "/v1/metrics": ExportMetricsServiceRequest}
    return [kinds[path].FromString(body) for path, body in received]


def selection(kind: GraphQLObjectType, depth: int) -> str:
    """Every field of a type that needs no argument, and of the types below it."""
    chosen = []
    for name, field in kind.fields.items():
        below = get_named_type(field.type)
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if is_union_type(below):
            members = " ".join(f"... on {each} {{ {selection(each, depth - 1)} }}" for each in below.types)
            chosen += [f"{name} {{ {members} }}"] if depth > 0 else []
        elif not is_object_type(below):
            chosen.append(name)
        elif depth > 0:
            chosen.append(f"{name} {{ {selection(below, depth - 1)} }}")
    return " ".join(chosen)


def operations_by_root() -> dict[str, str]:
    """An operation for each root field of the schema, with every field below it."""
    query = guarded_schema().graphql.query_type
    assert query is not None
    operations = {}
    for name, root in query.fields.items():
        kind = get_named_type(root.type)
        needed = {name: of.type for name, of in root.args.items() if is_required_argument(of)}
        declared = "".join(f", ${name}: {of}" for name, of in needed.items())
        arguments = f"({', '.join(f'{name}: ${name}' for name in needed)})" if needed else ""
        inside = "__typename ... on Person { id name { full } ssn warrants { number } }"
        if is_object_type(kind):
            inside = selection(kind, 4 if name.startswith("search") else 2)
        operations[name] = (
            f"query Quillfeather($case: String, $attention: String{declared}) {INQUIRY} "
            f"{{ {name}{arguments} {{ {inside} }} }}"
        )
    return operations


def record(folder: Path, source: str, table: str, having: str = "1") -> dict[str, Any]:
    """One row of a source, by column."""
    with closing(sqlite3.connect(folder / f"{source}.db")) as database:
        database.row_factory = sqlite3.Row
        found = database.execute(f"SELECT * FROM {table} WHERE {having} LIMIT 1").fetchone()
    return dict(found)


def arguments_by_root(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Root fields with arguments that find a record, or that have a record's value in the wrong place."""
    having = "ssn IS NOT NULL AND license_number IS NOT NULL AND fbi_number IS NOT NULL"
    person = record(folder, "persons", "person", having)
    vehicle = record(folder, "vehicles", "vehicle", "plate IS NOT NULL")
    article = record(folder, "property", "property_report", "serial IS NOT NULL")
    firearm, report = (record(folder, "firearms", table) for table in ("firearm", "firearm_report"))
    item = record(folder, "property", "property_report", "serial IS NOT NULL")
    missing = record(folder, "missing_persons", "missing_person", "last_seen_city IS NOT NULL")
    return [
        ("me", {}),
        ("sources", {}),
        ("inquiryStatus", {}),
        ("person", {"id": person["id"]}),
        ("person", {"id": person["ssn"]}),
        ("persons", {"ids": person_ids(folder)[:30]}),
        ("searchPersons", {"by": {"name": {"surname": person["surname"], "given": person["given"]}}}),
        ("searchPersons", {"by": {"ssn": person["ssn"]}}),
        ("searchPersons", {"by": {"ssn": f"no {person['ssn']}"}}),
        ("searchPersons", {"by": {"surname": person["surname"]}}),
        ("searchPersons", {"by": {"fbiNumber": person["fbi_number"]}}),
        ("searchPersons", {"by": {"driverLicense": {"number": person["license_number"]}}}),
        ("vehicle", {"by": {"vin": vehicle["vin"]}}),
        ("vehicle", {"by": {"plate": {"number": vehicle["plate"], "state": vehicle["plate_state"]}}}),
        ("vehiclesByPlate", {"number": vehicle["plate"]}),
        ("searchVehicles", {"by": {"plateStart": vehicle["plate"][:2]}}),
        ("property", {"by": {"serial": article["serial"]}}),
        ("property", {"by": {"plate": {"number": vehicle["plate"]}}}),
        ("property", {"by": {"ownerApplied": person["ssn"]}}),
        ("searchMissingPersons", {"by": {"plate": {"number": vehicle["plate"]}}}),
        ("unidentifiedPersons", {"by": {"sex": "M", "foundFrom": person["ssn"]}}),
        ("firearm", {"by": {"serial": {"number": firearm["serial"]}}}),
        ("firearm", {"by": {"number": report["number"]}}),
        ("vehiclesByPlate", {"number": vehicle["plate"]}),
        ("property", {"by": {"serial": item["serial"]}}),
        ("property", {"by": {"ownerApplied": person["ssn"]}}),
        ("searchMissingPersons", {"by": {"lastSeenCity": missing["last_seen_city"], "lastSeenState": "CA"}}),
        ("unidentifiedPersons", {"by": {"sex": "M"}}),
        *(
            (root, {argument: record(folder, fetch.source, fetch.table)[kind.column]})
            for root, argument, fetch, kind in number_roots()
        ),
        ("_service", {}),
        ("_entities", {"representations": [{"__typename": "Person", "id": person["id"]}]}),
        ("_entities", {"representations": [{"__typename": "Person", "id": person["ssn"]}]}),
        ("_entities", {"representations": [{"__typename": person["surname"], "id": person["id"]}]}),
        ("inquiries", {}),
        ("inquiry", {"id": person["ssn"]}),
    ]


async def exercise(world: World) -> str:
    """Run every operation as several callers, with right and wrong arguments. Returns the responses as one text."""
    responses = []
    operations = operations_by_root()
    headers = {
        "x-terminal": TERMINAL,
        "traceparent": f"00-{'a1' * 16}-{'b2' * 8}-01",
        "tracestate": f"s={TERMINAL}",
        "baggage": f"s={TERMINAL}",
    }
    arguments = arguments_by_root(world.folder)
    assert {root for root, _ in arguments} == set(operations)
    for role, aal in (("records", 2), ("patrol", 1), ("investigator", 2), ("outsider", 1)):
        for root, given in arguments:
            variables = {**given, "case": CASE, "attention": ATTENTION}
            response = await world.execute(
                operations[root], role=role, aal=aal, variables=variables, headers=headers, operation="Quillfeather"
            )
            responses.append(response.text)
    name = record(world.folder, "persons", "person")["surname"]
    wrong = (f"{{ person(id: {name}) {{ id }} }}", f"{{ {name} }}", "{ me { name } } #" + name, f'"""{name}"""')
    responses += [(await world.execute(document)).text for document in wrong]
    responses.append((await world.execute(get_introspection_query())).text)
    responses.append((await world.execute("{ me { name } }", token=name)).text)
    responses.append((await world.client.post(f"/graphql?name={name}", content=name)).text)
    return "".join(responses)


def texts(message: Any) -> Iterator[str]:
    """Every string in a protobuf message, at any depth."""
    for field, value in message.ListFields():
        for each in value if field.is_repeated else [value]:
            if hasattr(each, "ListFields"):
                yield from texts(each)
            elif isinstance(each, str):
                yield each


def json_texts(value: Any) -> Iterator[str]:
    """Every string in a JSON value, at any depth."""
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from json_texts(each)


def test_no_value_of_a_request_or_record_is_exported_or_logged(exercised: Exercised) -> None:
    secrets = record_values(exercised.data) | {CASE.lower(), ATTENTION.lower(), TERMINAL.lower(), "quillfeather"}
    sent = {text for request in exercised.exported for text in texts(request)}
    lines = [json.loads(line) for file in exercised.files for line in file.read_text().splitlines()]
    written = {text for line in lines for text in json_texts(line)}
    # The responses contain many of the values, so they could have been exported.
    assert len(found_in(exercised.responses, secrets)) > 300
    assert {file.name.partition("-")[0] for file in exercised.files} == {"metrics", "traces"}
    assert {type(request) for request in exercised.exported} == {ExportTraceServiceRequest, ExportMetricsServiceRequest}
    assert found_in("\n".join((sent | written) - allowed_words()), secrets) == set()
    # The test's own client logs the URLs that it requests.
    logged = "\n".join(each.getMessage() for each in exercised.log if each.name != "httpx")
    assert found_in(logged, secrets) == set()


def test_every_step_is_exported_and_only_listed_names(exercised: Exercised) -> None:
    spans = [
        span
        for request in exercised.exported
        if isinstance(request, ExportTraceServiceRequest)
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    metrics = [
        metric
        for request in exercised.exported
        if isinstance(request, ExportMetricsServiceRequest)
        for resource in request.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    ]
    keys = {attribute.key for span in spans for attribute in span.attributes}
    batches = {name for name in {span.name for span in spans} if name.startswith("SELECT ")}
    points = [
        point
        for metric in metrics
        for point in (*metric.sum.data_points, *metric.histogram.data_points, *metric.gauge.data_points)
    ]
    assert {span.name for span in spans} - batches == set(SPANS) - {BATCH, UNLISTED, "mutation", "subscription"}
    assert batches == {f"SELECT {name}" for name in (*NAMES, "journal")}
    assert keys <= {attribute.key for attribute in ATTRIBUTES.values()} | {ERROR_TYPE}
    assert not [span for span in spans if span.events or span.trace_state or span.status.message]
    # There is no server here, and so no connection.
    expected = {metric.key for name, metric in METRICS.items() if name != "connections"}
    assert {metric.name for metric in metrics} == expected
    assert {attribute.key for point in points for attribute in point.attributes} <= {
        ATTRIBUTES[name].key for metric in METRICS.values() for name in metric.attributes
    }


def allowed_words() -> set[str]:
    """The words of the allow-list. A surname may happen to be one of them."""
    words = {*SPANS, *(attribute.key for attribute in ATTRIBUTES.values())}
    words |= {text for metric in METRICS.values() for text in (metric.key, metric.description)}
    for attribute in ATTRIBUTES.values():
        if isinstance(attribute.values, frozenset):
            words |= attribute.values
    return words | set(NAMES)
