"""Which clients get parts, and in which format: their `Accept` headers."""

from __future__ import annotations

import json

import pytest

from api.http.part_media import PartMedia, event_media, part_media
from api.operation.parts import PartFormat
from tests.harness import INVESTIGATION, World
from tests.part_stream import streamed

OLD, NEW = PartFormat.DEFER_20220824, PartFormat.INCREMENTAL_V02
APOLLO = "multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9"
RELAY = "multipart/mixed; deferSpec=20220824, */*"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
JSON, GRAPHQL = "application/json", "application/graphql-response+json"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("multipart/mixed; deferSpec=20220824", OLD),
        ("multipart/mixed;deferSpec=20220824", OLD),
        ('multipart/mixed; deferSpec="20220824"', OLD),
        ("Multipart/Mixed; DEFERSPEC=20220824", OLD),
        ("multipart/mixed ; deferSpec = 20220824 ; q = 0.5", OLD),
        ("multipart/mixed; boundary=graphql; deferSpec=20220824", OLD),
        ("multipart/mixed; incrementalSpec=v0.2", NEW),
        ('multipart/mixed; incrementalSpec="v0.2"', NEW),
        ("multipart/mixed; incrementalSpec=V0.2", NEW),
        ("multipart/mixed", NEW),
        (APOLLO, OLD),
        (RELAY, OLD),
        (f"{JSON}, multipart/mixed; incrementalSpec=v0.2", NEW),
        (f"multipart/mixed; deferSpec=20220824;q=0.9, {JSON};q=0.8", OLD),
        ("multipart/mixed; deferSpec=20220824, multipart/mixed; incrementalSpec=v0.2", OLD),
        ("multipart/mixed; deferSpec=20220824;q=0.5, multipart/mixed; incrementalSpec=v0.2", NEW),
        ("multipart/mixed; deferSpec=20991231, multipart/mixed; deferSpec=20220824", OLD),
        ("multipart/mixed; subscriptionSpec=1.0, multipart/mixed; deferSpec=20220824", OLD),
        ("multipart/mixed; deferSpec=20220824, multipart/mixed; q=x", OLD),
        ("multipart/mixed; deferSpec=20220824, application/*;q=0.5", OLD),
        ("multipart/mixed; deferSpec=20220824;q=0.5, */*;q=0.4", OLD),
    ],
)
def test_a_client_that_takes_parts_gets_its_format(accept: str, expected: PartFormat) -> None:
    assert part_media(accept) == PartMedia("multipart/mixed", expected)


@pytest.mark.parametrize(
    "accept", ["text/event-stream", "TEXT/event-stream; q=0.1", f"text/event-stream, {JSON}", URQL]
)
def test_a_client_that_takes_events_gets_the_newer_payloads(accept: str) -> None:
    assert part_media(accept) == PartMedia("text/event-stream", NEW)


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "multipart/*",
        JSON,
        f"{JSON}, {GRAPHQL}",
        "multipart/form-data",
        "multipart/mixed; deferSpec=20991231",
        "multipart/mixed; deferSpec=",
        "multipart/mixed; deferSpec",
        "multipart/mixed; incrementalSpec=v9",
        "multipart/mixed; subscriptionSpec=2.0",
        "multipart/mixed; deferSpec=20220824; q=0",
        "multipart/mixed; deferSpec=20220824; q=0.000",
        "multipart/mixed; deferSpec=20220824; q=2",
        "multipart/mixed; deferSpec=20220824; q=-1",
        "multipart/mixed; deferSpec=20220824; q=nan",
        "multipart/mixed; deferSpec=20220824; q=",
        'multipart/mixed; deferSpec="2022,0824"',
        "multipart/mixed/x; deferSpec=20220824",
        "multipart",
        ";;;,,,;q=1",
        "\x00\xff",
        # Whole JSON is preferred, by name or by a wildcard.
        f"multipart/mixed; deferSpec=20220824;q=0.5, {JSON}",
        f"multipart/mixed; deferSpec=20220824;q=0.5, {GRAPHQL};q=0.6",
        "multipart/mixed; deferSpec=20220824;q=0.5, application/*",
        "multipart/mixed; deferSpec=20220824;q=0.5, */*",
        "text/event-stream;q=0.5, */*",
    ],
)
def test_any_other_client_gets_no_parts(accept: str | None) -> None:
    assert part_media(accept) is None


def test_a_long_accept_header_is_read_in_part() -> None:
    parts = "multipart/mixed; deferSpec=20220824"

    assert part_media("a/b," * 31 + parts) is not None
    assert part_media("a/b," * 32 + parts) is None
    assert part_media("a/b;" * 10_000 + parts) is None
    assert part_media(parts + ";" * 10_000) is not None


@pytest.mark.parametrize(
    ("accept", "status", "content_type"),
    [
        ("multipart/mixed; deferSpec=20991231", 406, JSON),
        (f"multipart/mixed; deferSpec=20991231, {JSON}", 200, JSON),
        (f"multipart/mixed; deferSpec=20991231, {GRAPHQL}", 200, GRAPHQL),
        ("multipart/mixed; deferSpec=20220824; q=x", 406, JSON),
        (f"multipart/mixed; deferSpec=20220824; q=0.1, {JSON}", 200, JSON),
        ("multipart/mixed; deferSpec=20220824; q=0.1, */*", 200, JSON),
        ("a/b," * 40 + "multipart/mixed", 406, JSON),
        ("*/*", 200, JSON),
    ],
)
async def test_a_client_without_a_known_format_gets_one_reply_or_406(
    world: World, accept: str, status: int, content_type: str
) -> None:
    document = f'query {INVESTIGATION} {{ person(id: "P0000001") {{ id ... @defer {{ warrants {{ number }} }} }} }}'
    async with streamed(world, document, accept=accept) as stream:
        await stream.start()
        (body,) = await stream.rest()

    assert (stream.status, stream.headers["content-type"]) == (status, f"{content_type}; charset=utf-8")
    if status == 200:
        assert json.loads(body)["data"] == {"person": {"id": "P0000001", "warrants": [{"number": "W000000001"}]}}
    else:
        assert json.loads(body)["errors"][0]["message"].startswith("Responses are ")
        assert world.log == []


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/event-stream", "text/event-stream; charset=utf-8"),
        ("application/json, text/event-stream;q=0.1", "text/event-stream; charset=utf-8"),
        ("multipart/mixed; deferSpec=20220824, text/event-stream", "text/event-stream; charset=utf-8"),
        (
            "multipart/mixed; subscriptionSpec=1.0, multipart/mixed; deferSpec=20220824",
            'multipart/mixed; boundary="-"; subscriptionSpec=1.0',
        ),
        ("multipart/mixed; deferSpec=20220824", None),
        ("text/event-stream;q=0", None),
        (None, None),
    ],
)
def test_events_are_sent_to_each_client_that_takes_them(accept: str | None, content_type: str | None) -> None:
    media = event_media(accept)

    assert (media.content_type if media else None) == content_type
