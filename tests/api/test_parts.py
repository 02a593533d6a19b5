"""Answers in parts over HTTP: the bytes of each format, and which part says what."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from sources.errors import SourceUnavailable
from tests.api.http_client import listening, post_bytes
from tests.harness import INVESTIGATION, TRAFFIC_STOP, World
from tests.part_stream import (
    EVENTS,
    FIRST,
    FORMATS,
    LAST,
    NEWER,
    OLDER,
    PART_HEAD,
    Barriers,
    comparable,
    merged,
    payload_of,
    payloads_of,
    streamed,
)

WARRANTS = '... @defer(label: "warrants") { warrants { number } }'
VEHICLES = '... @defer(label: "vehicles") { vehicles { plate } }'
PERSON = f'query {INVESTIGATION} {{ person(id: "P0000001") {{ id %s }} }}'
TWO = PERSON % f"{WARRANTS} {VEHICLES}"
WHOLE = {"person": {"id": "P0000001", "warrants": [{"number": "W000000001"}], "vehicles": [{"plate": "1N00001"}]}}


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (OLDER, 'multipart/mixed; boundary="-"; deferSpec=20220824'),
        (NEWER, 'multipart/mixed; boundary="-"; incrementalSpec=v0.2'),
        (EVENTS, "text/event-stream; charset=utf-8"),
    ],
    ids=FORMATS,
)
async def test_the_response_has_the_media_type_of_its_format(world: World, accept: str, content_type: str) -> None:
    async with streamed(world, TWO, accept=accept) as stream:
        await stream.start()

        assert (stream.status, stream.headers["content-type"]) == (200, content_type)
        assert stream.headers["cache-control"] == "private, no-store"
        assert stream.headers["x-accel-buffering"] == "no"
        assert "content-length" not in stream.headers
        assert "content-encoding" not in stream.headers


@pytest.mark.parametrize("accept", [OLDER, NEWER], ids=["older", "newer"])
async def test_each_part_ends_with_its_boundary(world: World, accept: str) -> None:
    """So that a client can read it before the next one comes."""
    barriers = Barriers(world, "warrants", "vehicles")
    async with streamed(world, TWO, accept=accept) as stream:
        await stream.start()
        sent = [await stream.next()]
        for name in ("vehicles", "warrants"):
            await barriers.asked[name].wait()
            assert not stream.has_more()
            barriers.open[name].set()
            sent.append(await stream.next())
        assert await stream.rest() == []

    first, second, last = sent
    assert first.startswith(FIRST + b'{"data":{"person":{"id":"P0000001"}}')
    assert first.endswith(b"}\r\n---")
    assert second.startswith(PART_HEAD + b"{")
    assert second.endswith(b"}\r\n---")
    assert last.startswith(PART_HEAD + b"{")
    assert last.endswith(b"}" + LAST)
    assert b"".join(sent).count(b"\r\n---") == 3
    assert merged(map(payload_of, sent))["data"] == WHOLE


async def test_events_are_whole_and_the_last_one_is_complete(world: World) -> None:
    barriers = Barriers(world, "warrants", "vehicles")
    async with streamed(world, TWO, accept=EVENTS) as stream:
        await stream.start()
        sent = [await stream.next()]
        for name in ("warrants", "vehicles"):
            await barriers.asked[name].wait()
            assert not stream.has_more()
            barriers.open[name].set()
            sent.append(await stream.next())

    assert [each.partition(b"{")[0] for each in sent] == [b"event: next\ndata: "] * 3
    assert [each.rpartition(b"}")[2] for each in sent] == [b"\n\n", b"\n\n", b"\n\nevent: complete\ndata:\n\n"]
    assert [each.count(b"\n") for each in sent] == [3, 3, 6]


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_a_real_client_reads_each_part_before_the_next(world: World, accept: str) -> None:
    """Over a socket: each read ends where the server has nothing else to send."""
    barriers = Barriers(world, "warrants", "vehicles")
    body = json.dumps({"query": TWO}).encode()
    request = post_bytes(body, f"Authorization: Bearer {world.token('patrol')}", f"Accept: {accept}")
    async with listening(world.app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        payloads = [await chunk(reader)]
        for name in ("vehicles", "warrants"):
            barriers.open[name].set()
            payloads.append(await chunk(reader))
        end = await reader.readuntil(b"0\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    assert b"transfer-encoding: chunked" in head.lower()
    assert end == b"0\r\n\r\n"
    assert [payload_of(each)["hasNext"] for each in payloads] == [True, True, False]
    assert merged(map(payload_of, payloads))["data"] == WHOLE


async def chunk(reader: asyncio.StreamReader) -> bytes:
    """The next chunk of a response."""
    size = int(await reader.readuntil(b"\r\n"), 16)
    found = await reader.readexactly(size)
    assert await reader.readexactly(2) == b"\r\n"
    return found


async def test_the_older_format_has_paths_and_labels(world: World) -> None:
    barriers = Barriers(world, "warrants", "vehicles")
    async with streamed(world, TWO, accept=OLDER) as stream:
        await stream.start()
        first = payload_of(await stream.next())
        barriers.open["vehicles"].set()
        second = payload_of(await stream.next())
        barriers.open["warrants"].set()
        last = payload_of(await stream.next())

    assert first.keys() == {"data", "hasNext", "extensions"}
    assert without_extensions(second) == {
        "incremental": [{"path": ["person"], "label": "vehicles", "data": {"vehicles": [{"plate": "1N00001"}]}}],
        "hasNext": True,
    }
    assert without_extensions(last) == {
        "incremental": [{"path": ["person"], "label": "warrants", "data": {"warrants": [{"number": "W000000001"}]}}],
        "hasNext": False,
    }


async def test_the_newer_format_has_pending_and_completed(world: World) -> None:
    barriers = Barriers(world, "warrants", "vehicles")
    async with streamed(world, TWO) as stream:
        await stream.start()
        first = payload_of(await stream.next())
        barriers.open["vehicles"].set()
        second = payload_of(await stream.next())
        barriers.open["warrants"].set()
        last = payload_of(await stream.next())

    assert first["pending"] == [
        {"id": "0", "path": ["person"], "label": "warrants"},
        {"id": "1", "path": ["person"], "label": "vehicles"},
    ]
    assert without_extensions(second) == {
        "incremental": [{"id": "1", "data": {"vehicles": [{"plate": "1N00001"}]}}],
        "completed": [{"id": "1"}],
        "hasNext": True,
    }
    assert without_extensions(last) == {
        "incremental": [{"id": "0", "data": {"warrants": [{"number": "W000000001"}]}}],
        "completed": [{"id": "0"}],
        "hasNext": False,
    }


def without_extensions(payload: dict[str, Any]) -> dict[str, Any]:
    assert payload["extensions"].keys() == {"inquiry"}
    return {name: value for name, value in payload.items() if name != "extensions"}


# --- which parts there are ---


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_a_condition_in_a_variable_decides_if_a_part_is_deferred(world: World, accept: str) -> None:
    document = (
        f"query($slow: Boolean!) {INVESTIGATION}"
        ' { person(id: "P0000001") { id ... @defer(if: $slow) { warrants { number } } } }'
    )
    counts = {}
    for slow in (True, False):
        payloads = await payloads_of(world, document, accept=accept, variables={"slow": slow})
        counts[slow] = len(payloads)
        assert merged(payloads)["data"] == {"person": {"id": "P0000001", "warrants": [{"number": "W000000001"}]}}

    assert counts == {True: 2, False: 1}


@pytest.mark.parametrize("accept", [f"{OLDER}, application/json", f"{NEWER}, application/json"])
async def test_what_is_read_from_a_record_that_is_there_is_no_part(world: World, accept: str) -> None:
    document = PERSON % "... @defer { ssn name { full } }"
    async with streamed(world, document, accept=accept) as stream:
        await stream.start()
        reply = json.loads(b"".join(await stream.rest()))

    assert stream.headers["content-type"] == "application/json; charset=utf-8"
    assert reply["data"]["person"]["ssn"] == "***-**-7001"
    assert "hasNext" not in reply


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_a_client_of_parts_alone_gets_a_whole_reply_as_one_part(world: World, accept: str) -> None:
    (payload,) = await payloads_of(world, PERSON % "", accept=accept)

    assert payload["data"] == {"person": {"id": "P0000001"}}
    assert payload["hasNext"] is False
    assert "pending" not in payload


@pytest.mark.parametrize("accept", [OLDER, NEWER], ids=["older", "newer"])
async def test_each_fragment_with_fetched_fields_has_an_entry_of_its_own(world: World, accept: str) -> None:
    """Relay waits for each label: also if all fields come with another fragment, or there is nothing to look into."""
    fragments = (
        '... @defer(label: "a") { warrants { number } } ... @defer(label: "b") { warrants { status } }'
        ' ... @defer(label: "c") { warrants { subject { id } } }'
    )
    document = f"query {INVESTIGATION} {{ persons(ids: %s) {{ id {fragments} }} }}" % '["P0000001", "P0000007"]'
    payloads = await payloads_of(world, document, accept=accept)

    expected = [(index, label) for label in "abc" for index in (0, 1)]
    if accept == OLDER:
        entries = [entry for each in payloads for entry in each.get("incremental", ())]
        assert [(entry["path"][1], entry["label"]) for entry in entries] == expected
        assert [entry["data"] for entry in entries if entry["label"] == "b"] == [
            {"warrants": [{"status": "ACTIVE"}]},
            {"warrants": []},
        ]
    else:
        pending = {each["id"]: (each["path"][1], each["label"]) for each in payloads[0]["pending"]}
        completed = [pending[entry["id"]] for each in payloads for entry in each.get("completed", ())]
        assert (sorted(pending.values()), sorted(completed)) == (sorted(expected), sorted(expected))
        assert all(entry["data"] for each in payloads for entry in each.get("incremental", ()))
    assert comparable(merged(payloads)) == comparable((await world.execute(document)).body)


async def test_a_client_of_json_gets_one_whole_reply(world: World) -> None:
    response = await world.execute(TWO)

    assert response.data == WHOLE
    assert "hasNext" not in response.body


async def test_more_parts_than_the_limit_are_refused_before_anything_is_read(world: World) -> None:
    def document(count: int) -> str:
        return PERSON % " ".join(f"... @defer {{ a{number}: warrants {{ number }} }}" for number in range(count))

    allowed = await payloads_of(world, document(20))
    assert len(merged(allowed)["data"]["person"]) == 21

    async with streamed(world, document(21)) as stream:
        await stream.start()
        (body,) = await stream.rest()

    assert (stream.status, stream.headers["content-type"]) == (400, "application/graphql-response+json; charset=utf-8")
    assert [each["extensions"]["code"] for each in json.loads(body)["errors"]] == ["TOO_COMPLEX"]
    assert world.log == []
    # To a client that takes no parts, they are none.
    assert len((await world.execute(document(21))).data["person"]) == 22


# --- refusals ---


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_a_refusal_is_json_even_to_a_client_of_parts_alone(world: World, accept: str) -> None:
    found = {}
    for name, query, token in [
        ("no token", TWO, "x"),
        ("no inquiry", TWO.replace(INVESTIGATION, ""), None),
        ("no document", "{", None),
        ("unknown field", PERSON % "... @defer { nothing }", None),
    ]:
        async with streamed(world, query, accept=accept, token=token) as stream:
            await stream.start()
            body = json.loads(b"".join(await stream.rest()))
        assert stream.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
        assert body.keys() <= {"errors", "extensions"}
        found[name] = (stream.status, body["errors"][0]["extensions"]["code"])

    assert found == {
        "no token": (401, "UNAUTHENTICATED"),
        "no inquiry": (400, "PURPOSE_REQUIRED"),
        "no document": (400, "BAD_INPUT"),
        "unknown field": (400, "BAD_INPUT"),
    }


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_an_overloaded_server_says_so_to_a_client_of_parts(world: World, accept: str) -> None:
    world.admission.close()
    async with streamed(world, TWO, accept=accept) as stream:
        await stream.start()
        (body,) = await stream.rest()

    assert (stream.status, "retry-after" in stream.headers) == (503, True)
    assert [each["extensions"]["code"] for each in json.loads(body)["errors"]] == ["OVERLOADED"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_nothing_is_sent_in_parts_by_get(world: World, method: str) -> None:
    for accept in FORMATS.values():
        response = await world.client.request(
            method, "/graphql", params={"query": "{ __typename }"}, headers={"accept": accept}
        )

        assert response.status_code == 406
        assert response.headers["content-type"] == "application/json; charset=utf-8"


# --- what each part says ---


async def test_errors_and_statuses_come_with_the_part_that_knows_them(world: World) -> None:
    barriers = Barriers(world, "vehicles")

    async def fail(_request: Any) -> None:
        raise SourceUnavailable("warrants", "DOWN")

    world.sources["warrants"].during = fail
    document = PERSON % f"ssn {WARRANTS} {VEHICLES}"
    async with streamed(world, document, role="investigator") as stream:
        await stream.start()
        first, second = payload_of(await stream.next()), payload_of(await stream.next())
        barriers.open["vehicles"].set()
        last = payload_of(await stream.next())

    assert codes(first["errors"]) == {"person.ssn": "STEP_UP_REQUIRED"}
    assert [each["path"] for each in first["extensions"]["inquiry"]["withheld"]] == [["person", "ssn"]]
    assert statuses(first, "persons", "warrants", "vehicles") == ["OK", "PENDING", "PENDING"]
    (entry,) = second["incremental"]
    assert entry["data"] == {"warrants": None}
    assert codes(entry["errors"]) == {"person.warrants": "SOURCE_UNAVAILABLE"}
    assert statuses(second, "persons", "warrants", "vehicles") == ["OK", "DOWN", "PENDING"]
    assert "errors" not in last["incremental"][0]
    assert statuses(last, "persons", "warrants", "vehicles") == ["OK", "DOWN", "OK"]
    assert world.journal_entries()[-1].outcome == "PARTIAL"


def codes(errors: list[dict[str, Any]]) -> dict[str, str]:
    return {".".join(map(str, each["path"])): each["extensions"]["code"] for each in errors}


def statuses(payload: dict[str, Any], *names: str) -> list[str]:
    found = {each["name"]: each["status"] for each in payload["extensions"]["inquiry"]["sources"]}
    return [found[name] for name in names]


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_a_denied_edge_is_said_with_its_part(world: World, accept: str) -> None:
    """Its null stands in that part, and it is the same whether or not denials are set aside."""
    document = (
        f'query {INVESTIGATION} {{ protectiveOrder(number: "H000000002") {{ number'
        " ... @defer { restrained { id } protectedParties { phone } } } }"
    )
    both = {}
    for aside in (False, True):
        extensions = {"withheld": "aside"} if aside else {}
        payloads = await payloads_of(world, document, accept=accept, role="investigator", extensions=extensions)
        whole = await world.execute(document, role="investigator", extensions=extensions)
        both[aside] = merged(payloads)
        assert both[aside]["data"] == whole.data
        assert codes(both[aside]["errors"]) == whole.codes_by_path
        assert both[aside]["extensions"]["inquiry"]["withheld"] == whole.withheld

    assert both[True]["errors"] == []
    assert both[False]["errors"] != []
    assert both[True]["extensions"]["inquiry"]["withheld"] == both[False]["extensions"]["inquiry"]["withheld"]


async def test_withheld_places_are_said_with_the_part_that_has_them(world: World) -> None:
    barriers = Barriers(world, "criminal_history")
    document = (
        f'query {INVESTIGATION} {{ order: protectiveOrder(number: "H000000002") {{ prohibitionBasis }}'
        ' person(id: "P0000001") { ... @defer { criminalHistory { cycles { arrestedOn } } } } }'
    )
    async with streamed(world, document) as stream:
        await stream.start()
        first = payload_of(await stream.next())
        barriers.open["criminal_history"].set()
        last = payload_of(await stream.next())

    def places(payload: dict[str, Any]) -> list[str]:
        return [".".join(each["path"]) for each in payload["extensions"]["inquiry"]["withheld"]]

    assert places(first) == ["order.prohibitionBasis"]
    assert places(last) == ["order.prohibitionBasis", "person.criminalHistory.cycles.@.arrestedOn"]


async def test_the_safety_banner_comes_with_the_part_that_selects_it(world: World) -> None:
    """The notice that nobody asked for the banner is in no part of such an operation."""
    selected = f'query {TRAFFIC_STOP} {{ person(id: "P0000001") {{ id ... @defer {{ safety {{ complete }} }} }} }}'
    payloads = await payloads_of(world, selected)
    assert merged(payloads)["data"]["person"]["safety"] is not None
    assert [each["extensions"]["inquiry"].get("safety") for each in payloads] == [None, None]

    left_out = await payloads_of(world, f'query {TRAFFIC_STOP} {{ person(id: "P0000001") {{ id {WARRANTS} }} }}')
    assert [each["extensions"]["inquiry"].get("safety") for each in left_out] == ["NOT_ASKED", "NOT_ASKED"]


STATUS = "inquiryStatus { id sources { name status } }"


async def test_a_deferred_status_comes_last_and_knows_every_source(world: World) -> None:
    barriers = Barriers(world, "warrants", "vehicles")
    document = f'query {INVESTIGATION} {{ ... @defer(label: "end") {{ {STATUS} }} person(id: "P0000001") {{ %s }} }}'
    async with streamed(world, document % f"id {WARRANTS} {VEHICLES}") as stream:
        await stream.start()
        first = payload_of(await stream.next())
        sent = []
        for name in ("vehicles", "warrants"):
            barriers.open[name].set()
            sent.append(payload_of(await stream.next()))
        sent += map(payload_of, await stream.rest())

    whole = merged([first, *sent])
    assert "inquiryStatus" not in first["data"]
    assert whole["data"]["inquiryStatus"]["id"] == whole["extensions"]["inquiry"]["id"]
    found = {each["name"]: each["status"] for each in whole["data"]["inquiryStatus"]["sources"]}
    assert found == {each["name"]: each["status"] for each in whole["extensions"]["inquiry"]["sources"]}
    assert (found["vehicles"], found["warrants"], "PENDING" in found.values()) == ("OK", "OK", False)


async def test_a_status_that_is_not_deferred_says_what_is_pending(world: World) -> None:
    barriers = Barriers(world, "warrants")
    document = f'query {INVESTIGATION} {{ {STATUS} person(id: "P0000001") {{ id {WARRANTS} }} }}'
    async with streamed(world, document) as stream:
        await stream.start()
        first = payload_of(await stream.next())
        barriers.open["warrants"].set()
        last = payload_of(await stream.next())

    found = {each["name"]: each["status"] for each in first["data"]["inquiryStatus"]["sources"]}
    assert (found["persons"], found["warrants"]) == ("OK", "PENDING")
    assert statuses(last, "warrants") == ["OK"]
