"""Compression: replies of more than 1 kB, for clients that take gzip, and never a streamed one."""

from __future__ import annotations

import gzip
import threading
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api.http.compression import MINIMUM_BYTES, THREAD_BYTES
from api.http.middleware import middleware_stack
from api.http.negotiation import preferred_coding
from api.operation.messages import GraphQLResponse
from telemetry.recorder import Telemetry
from tests.api.http_client import JSON_BODY, TYPENAME, StubHandler
from tests.harness import TRAFFIC_STOP, World, running_app
from tests.part_stream import FORMATS

GZIP = {**JSON_BODY, "accept-encoding": "gzip"}


async def post(client: httpx.AsyncClient, headers: dict[str, str] = GZIP) -> tuple[httpx.Response, bytes]:
    """A response, and its body as it was sent."""
    async with client.stream("POST", "/graphql", content=TYPENAME, headers=headers) as response:
        raw = b"".join([part async for part in response.aiter_raw()])
    return response, raw


def reply_of(size: int) -> GraphQLResponse:
    """A reply whose JSON has this many bytes."""
    return GraphQLResponse({"data": {"a": "x" * (size - len('{"data":{"a":""}}'))}})


async def test_a_reply_of_a_kilobyte_is_compressed(client: httpx.AsyncClient, handler: StubHandler) -> None:
    handler.response = reply_of(MINIMUM_BYTES)
    response, raw = await post(client)

    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["content-length"] == str(len(raw))
    assert len(gzip.decompress(raw)) == MINIMUM_BYTES > len(raw)


async def test_a_smaller_reply_is_sent_as_it_is(client: httpx.AsyncClient, handler: StubHandler) -> None:
    handler.response = reply_of(MINIMUM_BYTES - 1)
    response, raw = await post(client)

    assert "content-encoding" not in response.headers
    assert len(raw) == MINIMUM_BYTES - 1


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "*;q=0", "identity, gzip;q=0.5", "gzip;q=x"])
async def test_a_client_that_takes_no_gzip_gets_none(
    client: httpx.AsyncClient, handler: StubHandler, accepted: str
) -> None:
    handler.response = reply_of(5_000)
    response, raw = await post(client, {**JSON_BODY, "accept-encoding": accepted})

    assert "content-encoding" not in response.headers
    assert len(raw) == 5_000


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0.1", "br"),
        ("br;q=0, GZIP", "gzip"),
        ("*", "br"),
        ("*;q=0.5, br;q=0", "gzip"),
        ("identity;q=0.5, gzip;q=0.9", "gzip"),
        ("identity;q=0.5, gzip;q=0.4", None),
        ("deflate", None),
        ("," * 10_000 + "gzip", None),
    ],
)
def test_the_coding_is_the_first_offer_that_the_client_takes(accepted: str, coding: str | None) -> None:
    assert preferred_coding(accepted, ("br", "gzip")) == coding


async def test_equal_replies_have_equal_compressed_bytes(client: httpx.AsyncClient, handler: StubHandler) -> None:
    """So a compressed length tells hidden from absent no more than the reply itself does."""
    handler.response = reply_of(50_000)
    _, first = await post(client)
    _, second = await post(client)

    assert first == second


async def test_a_large_reply_is_compressed_in_a_thread(
    client: httpx.AsyncClient, handler: StubHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []
    compressor = zlib.compressobj

    def recorded(*arguments: Any) -> Any:
        threads.append(threading.current_thread() is threading.main_thread())
        return compressor(*arguments)

    monkeypatch.setattr(zlib, "compressobj", recorded)
    for size in (THREAD_BYTES - 1, THREAD_BYTES):
        handler.response = reply_of(size)
        response, raw = await post(client)
        assert (response.headers["content-encoding"], len(gzip.decompress(raw))) == ("gzip", size)

    assert threads == [True, False]


@pytest.mark.parametrize("media_type", ["multipart/mixed; boundary=-", "text/event-stream"])
async def test_a_streamed_reply_is_not_compressed(media_type: str) -> None:
    parts = [b"a" * 2_000, b"b" * 2_000]

    async def stream(_request: object) -> Response:
        async def bodies() -> AsyncIterator[bytes]:
            for part in parts:
                yield part

        return StreamingResponse(bodies(), media_type=media_type)

    app = Starlette(routes=[Route("/graphql", stream, methods=["POST"])], middleware=middleware_stack(Telemetry()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        response, raw = await post(client)

    assert "content-encoding" not in response.headers
    assert raw == b"".join(parts)


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_an_answer_in_parts_is_not_compressed(world: World, accept: str) -> None:
    query = f'query {TRAFFIC_STOP} {{ person(id: "P0000001") {{ id ... @defer {{ vehicles {{ plate }} }} }} }}'
    response = await world.execute(query, headers={"accept": accept, "accept-encoding": "gzip"})

    assert "content-encoding" not in response.http.headers
    assert b"1N00001" in response.http.content


@pytest.mark.parametrize("compression", [True, False])
async def test_a_setting_turns_compression_off(data: Path, compression: bool) -> None:
    async with running_app(data, compression=compression) as world:
        response = await world.execute(
            "{ __schema { types { name description } } }", headers={"accept-encoding": "gzip"}
        )

    assert response.http.headers.get("content-encoding") == ("gzip" if compression else None)
    assert response.data["__schema"]["types"]
