"""The events of one subscription: when a look is authorized, and when the token is checked."""

from __future__ import annotations

from typing import Any

import pytest

import api.operation.event_stream
import api.operation.pipeline
from api.auth.failures import AuthFailure, Unauthenticated
from api.operation.authorization import authorize_operation
from api.operation.event_stream import events
from api.operation.looks import Look, Schedule
from api.operation.messages import GraphQLResponse
from tests.harness import INVESTIGATION, World
from tests.part_stream import EVENTS, streamed


async def test_the_first_look_is_authorized_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    authorized: list[object] = []

    def counted(*arguments: Any) -> Any:
        authorized.append(arguments)
        return authorize_operation(*arguments)

    monkeypatch.setattr(api.operation.pipeline, "authorize_operation", counted)
    document = f'subscription {INVESTIGATION} {{ watchPerson(id: "P0000001", every: 3600) {{ id }} }}'
    async with streamed(world, document, accept=EVENTS) as stream:
        await stream.start()
        await stream.next()

    assert [each.outcome for each in world.journal_entries()] == [None, "ANSWERED"]
    assert len(authorized) == 1


async def test_a_token_is_checked_between_two_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.operation.event_stream, "CHECK_S", 0.0)
    checks = iter([None, None, Unauthenticated(AuthFailure.ENDED)])

    async def look(_known: str | None) -> Look:
        return Look(GraphQLResponse({"data": None}), "digest")

    async def authenticate() -> None:
        failure = next(checks)
        if failure:
            raise failure

    first = await look(None)
    found = [each async for each in events(first, look, authenticate, str, Schedule(3_600, 3_600.0))]

    assert [each.has_next for each in found] == [True, False]
    assert found[1].body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
