"""Subscriptions: a look at intervals, each an inquiry of its own, and an event when what it shows has changed."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import api.operation.event_stream
import api.operation.looks
from api.auth.failures import AuthFailure, Unauthenticated
from api.operation.event_stream import STREAMS_BY_CALLER
from policy.roles import Role
from sources.errors import SourceUnavailable
from tests.file_renewal import renewed
from tests.harness import World
from tests.part_stream import EVENTS, OLDER, PartStream, payload_of, streamed

APOLLO = (
    "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9"
)
WATCH = """subscription @inquiry(purpose: C, reason: TRAFFIC_STOP, caseNumber: "26-1") {
  watchPerson(id: "P0000001", every: 0) { id warrants { number } } }"""
STATUS = "subscription { sourceStatus(every: 0) { name status } }"


@pytest.fixture(autouse=True)
def _looks_follow_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.operation.looks, "SHORTEST_S", 0)


@pytest.fixture
async def looks(world: World) -> asyncio.Semaphore:
    """Each look waits for a release of this semaphore, before the warrants answer. The first one has it."""
    allowed = asyncio.Semaphore(1)
    world.sources["warrants"].during = lambda _: allowed.acquire()
    return allowed


def recall_warrant(world: World) -> None:
    with renewed(world.folder / "warrants.db") as file:
        file.execute("DELETE FROM warrant WHERE number = 'W000000001'")


def outcomes(world: World) -> list[str | None]:
    return [each.outcome for each in world.journal_entries() if each.kind.value == "RELEASE"]


async def first_of(stream: PartStream) -> dict[str, Any]:
    await stream.start()
    assert stream.status == 200
    return payload_of(await stream.next())


async def test_an_event_comes_at_once_and_the_next_with_a_change(world: World, looks: asyncio.Semaphore) -> None:
    async with streamed(world, WATCH, accept=EVENTS) as stream:
        first = await first_of(stream)
        recall_warrant(world)
        looks.release()
        second = payload_of(await stream.next())

    assert first["data"]["watchPerson"]["warrants"] == [{"number": "W000000001"}]
    assert second["data"]["watchPerson"] == {"id": "P0000001", "warrants": []}
    assert first["extensions"]["inquiry"]["id"] != second["extensions"]["inquiry"]["id"]
    assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"


async def test_a_look_without_a_change_is_journalled_and_sends_nothing(world: World, looks: asyncio.Semaphore) -> None:
    async with streamed(world, WATCH, accept=EVENTS) as stream:
        await first_of(stream)
        looks.release()
        looks.release()
        recall_warrant(world)
        looks.release()
        changed = payload_of(await stream.next())

    assert changed["data"]["watchPerson"]["warrants"] == []
    assert outcomes(world)[0] == "ANSWERED"
    assert set(outcomes(world)) <= {"ANSWERED", "UNCHANGED"}
    unchanged = [each for each in world.journal_entries() if each.outcome == "UNCHANGED"]
    assert all(each.released == () and each.record_ids for each in unchanged)
    assert world.journal_is_whole()


async def test_a_source_that_does_not_answer_is_an_event(world: World, looks: asyncio.Semaphore) -> None:
    async def fail(_request: Any) -> None:
        raise SourceUnavailable("warrants", "DOWN")

    async with streamed(world, WATCH, accept=EVENTS) as stream:
        await first_of(stream)
        world.sources["warrants"].during = fail
        looks.release()
        looks.release()
        failed = payload_of(await stream.next())

    assert failed["data"]["watchPerson"]["warrants"] is None
    assert [each["extensions"]["code"] for each in failed["errors"]] == ["SOURCE_UNAVAILABLE"]


async def test_a_token_that_ends_ends_the_stream(world: World, looks: asyncio.Semaphore) -> None:
    class Revoked:
        async def authenticate(self, _authorization: str | None) -> None:
            raise Unauthenticated(AuthFailure.ENDED)

    async with streamed(world, WATCH, accept=EVENTS) as stream:
        await first_of(stream)
        world.reconfigure(authenticator=Revoked())
        looks.release()
        looks.release()
        refusal = payload_of(await stream.next())
        rest = b"".join(await stream.rest())

    assert [each["extensions"]["code"] for each in refusal["errors"]] == ["UNAUTHENTICATED"]
    assert rest == b"event: complete\ndata:\n\n"


async def test_a_client_resumes_with_the_id_of_its_last_event(world: World, looks: asyncio.Semaphore) -> None:
    async with streamed(world, WATCH, accept=EVENTS) as stream:
        await stream.start()
        event = await stream.next()
    event_id = event.split(b"\n")[0].removeprefix(b"id: ").decode()
    looks.release()
    async with streamed(world, WATCH, accept=EVENTS, headers={"last-event-id": event_id}) as stream:
        await stream.start()
        opening = await stream.next()
        recall_warrant(world)
        looks.release()
        changed = payload_of(await stream.next())

    assert opening == b":\n\n"
    assert changed["data"]["watchPerson"]["warrants"] == []


async def test_an_event_id_of_another_subscription_is_refused(world: World) -> None:
    async with streamed(world, STATUS, accept=EVENTS) as stream:
        await stream.start()
        event_id = (await stream.next()).split(b"\n")[0].removeprefix(b"id: ").decode()
    for wrong in (event_id, "x", "\x7f", "é"):
        async with streamed(world, WATCH, accept=EVENTS, headers={"last-event-id": wrong}) as stream:
            await stream.start()
            body = json.loads(b"".join(await stream.rest()).split(b"data: ")[-1].split(b"\n")[0])

        assert [each["extensions"]["code"] for each in body["errors"]] == ["BAD_INPUT"]


async def test_apollo_s_form_has_a_payload_for_each_event(world: World, looks: asyncio.Semaphore) -> None:
    async with streamed(world, WATCH, accept=APOLLO) as stream:
        first = await first_of(stream)

    assert stream.headers["content-type"] == 'multipart/mixed; boundary="-"; subscriptionSpec=1.0'
    assert first["payload"]["data"]["watchPerson"]["id"] == "P0000001"


async def test_a_client_of_parts_that_takes_events_too_gets_them(world: World, looks: asyncio.Semaphore) -> None:
    async with streamed(world, WATCH, accept=f"{OLDER}, {EVENTS};q=0.5, application/json;q=0.9") as stream:
        await first_of(stream)

    assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"


@pytest.mark.parametrize("accept", ["application/json", OLDER])
async def test_a_client_that_takes_no_events_is_told_so(world: World, accept: str) -> None:
    response = await world.execute(WATCH, headers={"accept": accept})

    assert response.codes == ["BAD_INPUT"]
    assert "text/event-stream" in response.errors[0]["message"]


@pytest.mark.parametrize("arguments", ["every: -1", "every: 3601", 'until: "2020-01-01T00:00:00Z"', "until: $late"])
async def test_an_interval_or_end_out_of_bounds_is_refused(world: World, arguments: str) -> None:
    late = (datetime.now(UTC) + timedelta(hours=13)).isoformat()
    document = STATUS.replace("subscription", "subscription ($late: DateTime)" if "$" in arguments else "subscription")
    document = document.replace("every: 0", arguments)
    accept = f"{EVENTS}, application/json"
    async with streamed(world, document, accept=accept, variables={"late": late}) as stream:
        await stream.start()
        body = json.loads(b"".join(await stream.rest()))

    assert [each["extensions"]["code"] for each in body["errors"]] == ["BAD_INPUT"]


async def test_without_an_inquiry_no_record_is_watched(world: World) -> None:
    async with streamed(world, 'subscription { watchPerson(id: "P0000001") { id } }', accept=EVENTS) as stream:
        await stream.start()
        received = b"".join(await stream.rest())

    assert b"PURPOSE_REQUIRED" in received
    assert world.log == []


@pytest.mark.parametrize("role", list(Role))
async def test_a_look_is_decided_as_the_query_of_the_same_record(world: World, role: Role) -> None:
    inquiry = "@inquiry(purpose: C, reason: TRAFFIC_STOP)"
    fields = {"Person": "id ssn warrants { number bailCents }", "Vehicle": "vin owner { birthDate }"}
    key = 'by: { vin: "1HGCM82633A004352" }'
    for root, arguments in {"Person": 'id: "P0000001"', "Vehicle": key}.items():
        query = f"query {inquiry} {{ watched: {root.lower()}({arguments}) {{ {fields[root]} }} }}"
        watch = f"subscription {inquiry} {{ watched: watch{root}({arguments}, every: 60) {{ {fields[root]} }} }}"
        expected = (await world.execute(query, role=role)).body
        async with streamed(world, watch, accept=EVENTS, role=role.value) as stream:
            event = await first_of(stream)

        assert event["data"] == expected["data"]
        assert [(each["path"], each["extensions"]["code"]) for each in event.get("errors", ())] == [
            (each["path"], each["extensions"]["code"]) for each in expected.get("errors", ())
        ]
        assert event["extensions"]["inquiry"]["withheld"] == expected["extensions"]["inquiry"]["withheld"]


async def test_the_status_of_the_sources_needs_no_inquiry(world: World) -> None:
    failing = False

    async def probe() -> None:
        if failing:
            raise SourceUnavailable("warrants", "DOWN")

    world.sources["warrants"].on_probe = probe
    async with streamed(world, STATUS, accept=EVENTS) as stream:
        first = await first_of(stream)
        failing = True
        second = payload_of(await stream.next())

    assert {each["status"] for each in first["data"]["sourceStatus"]} == {"OK"}
    assert [each["name"] for each in second["data"]["sourceStatus"] if each["status"] == "DOWN"] == ["warrants"]
    assert world.journal_entries() == []


async def test_a_caller_has_so_many_streams_and_no_more(world: World) -> None:
    open_streams = [streamed(world, STATUS, accept=EVENTS) for _ in range(STREAMS_BY_CALLER)]
    for each in open_streams:
        await first_of(await each.__aenter__())
    async with streamed(world, STATUS, accept=EVENTS) as one_more:
        await one_more.start()
        refused = one_more.status
    for each in open_streams:
        await each.__aexit__(None, None, None)
    async with streamed(world, STATUS, accept=EVENTS) as again:
        await first_of(again)

    assert refused == 503


async def test_a_server_that_stops_completes_its_streams(world: World, looks: asyncio.Semaphore) -> None:
    async with streamed(world, WATCH, accept=EVENTS) as stream:
        await first_of(stream)
        world.admission.stopping.set()
        rest = b"".join(await stream.rest())

    assert rest.endswith(b"event: complete\ndata:\n\n")


async def test_a_stream_holds_no_slot_and_leaves_no_task(world: World, looks: asyncio.Semaphore) -> None:
    before = asyncio.all_tasks()
    async with streamed(world, WATCH, accept=EVENTS) as stream:
        await first_of(stream)

        assert world.admission.slots.acquired == 0

    left = asyncio.all_tasks() - before
    if left:  # the journal may still commit for others
        _, left = await asyncio.wait(left, timeout=10)
    assert left == set()
