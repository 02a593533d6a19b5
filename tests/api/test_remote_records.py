"""Records of a remote source over GraphQL HTTP: values, faults at their fields, and no answer where there is none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from resolvers.remote_tables import remote_reads
from sources.remote.json_schema import json_schema
from sources.remote.source import RemoteSource
from tests.harness import World, running_app
from tests.sources.scripted_server import Asked, Reply, ScriptedServer, answered, http, scripted_server

QUERY = """query @inquiry(purpose: C, reason: TRAFFIC_STOP) {
    person(id: "P0000001") { id warrants { number status bailCents cautions } }
}"""
WARRANT: dict[str, Any] = {
    "number": "W000000007",
    "status": "ACTIVE",
    "bail_cents": 5_000,
    "cautions": '["00"]',
    "extradition": "1",
    "agency_ori": "CA9190000",
}
VALIDATOR = Draft202012Validator(json_schema("warrants", remote_reads("warrants")))


@asynccontextmanager
async def remote_warrants(data: Path, reply: Reply) -> AsyncIterator[tuple[World, ScriptedServer]]:
    """The application, whose warrants come from a server that replies so."""
    async with scripted_server(reply) as server, running_app(data, addresses={"warrants": server.url}) as world:
        yield world, server


def replied(**values: Any) -> Reply:
    return lambda asked: http(orjson.dumps(answered(asked, **WARRANT | values)))


async def test_a_remote_warrant_is_released_and_journalled_like_any_other(data: Path) -> None:
    async with remote_warrants(data, replied()) as (world, server):
        response = await world.execute(QUERY)
        probed = await world.execute("{ sources { name status } }")
        entry = world.journal_entries()[1]

    assert response.errors == []
    assert response.data["person"]["warrants"] == [
        {"number": "W000000007", "status": "ACTIVE", "bailCents": 5_000, "cautions": ["ARMED_AND_DANGEROUS"]}
    ]
    assert response.sources["warrants"] == "OK"
    assert {"name": "warrants", "status": "OK"} in probed.data["sources"]
    assert "warrants/W000000007" in entry.record_ids
    replies = [answered(asked, **WARRANT) for asked in server.asked]
    assert [error.message for each in server.asked for error in VALIDATOR.iter_errors(each.body)] == []
    assert [error.message for each in replies for error in VALIDATOR.iter_errors(each)] == []
    assert {tuple(asked.body["keys"]) for asked in server.asked} == {("000001DM0",), ()}


async def test_a_wrong_value_is_a_record_fault_at_its_field(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with remote_warrants(data, replied(bail_cents="s3cret", status="GONE")) as (world, _):
        response = await world.execute(QUERY)

    (warrant,) = response.data["person"]["warrants"]
    assert warrant == {"number": "W000000007", "status": None, "bailCents": None, "cautions": ["ARMED_AND_DANGEROUS"]}
    assert response.codes_by_path == {
        "person.warrants.0.status": "RECORD_FAULT",
        "person.warrants.0.bailCents": "RECORD_FAULT",
    }
    assert response.sources["warrants"] == "OK"
    assert "s3cret" not in caplog.text + response.text


def no_rows_but_not_complete(_: Asked) -> bytes:
    return http(orjson.dumps({"version": 1, "complete": False, "answers": []}))


async def test_an_answer_that_is_not_complete_is_not_no_warrant(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with remote_warrants(data, no_rows_but_not_complete) as (world, _):
        response = await world.execute(QUERY)
        probed = await world.execute("{ sources { name status } }")
        entry = world.journal_entries()[1]

    assert response.data["person"] == {"id": "P0000001", "warrants": None}
    assert response.codes_by_path == {"person.warrants": "SOURCE_UNAVAILABLE"}
    assert response.sources["warrants"] == "DOWN"
    assert {"name": "warrants", "status": "DOWN"} in probed.data["sources"]
    assert (entry.outcome, {each.name: each.status for each in entry.sources}["warrants"]) == ("PARTIAL", "DOWN")
    assert caplog.messages[0] == "source warrants failed: its reply does not say that it is complete"


async def test_a_reply_that_is_late_is_a_timeout_and_one_line_of_log(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def never(_: Asked) -> bytes:
        await asyncio.Event().wait()
        raise AssertionError

    caplog.set_level(logging.WARNING)
    async with remote_warrants(data, never) as (world, _):
        inner = world.sources["warrants"].inner
        assert isinstance(inner, RemoteSource)
        inner.deadline_s = 0.5
        response = await world.execute(QUERY)

    assert response.data["person"] == {"id": "P0000001", "warrants": None}
    assert response.sources["warrants"] == "TIMEOUT"
    assert caplog.messages == ["source warrants failed: no reply within 0.5 s"]
