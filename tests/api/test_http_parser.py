"""The HTTP parser against h11: both find the same requests in random bytes, or the bytes are refused."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

import h11
import pytest
import zttp

from tests.api.random_requests import random_bytes, random_packets

# Requests that zttp accepts and h11 refuses. Where they end is not in doubt.
HARMLESS = (
    "illegal request line",  # a letter that is not ASCII
    "Found multiple Host: headers",
    "Only Transfer-Encoding: chunked is supported",  # "gzip, chunked" ends where its chunks end
    "closed",  # after a request of HTTP/1.0 with "keep-alive"
)


class ParsedRequest(NamedTuple):
    """What decides where a request ends, and what is done with it."""

    method: bytes
    target: bytes
    headers: set[tuple[bytes, bytes]]
    body: bytes


def parsed_by_zttp(packets: Sequence[bytes]) -> list[ParsedRequest]:
    """The requests until the bytes end or are refused. Each is answered."""
    connection = zttp.Connection(zttp.SERVER)
    requests, body = [], b""
    try:
        for packet in packets:
            event = connection.receive_event(packet)
            while event is not zttp.NEED_DATA:
                if isinstance(event, zttp.Request):
                    request, body = event, b""
                elif isinstance(event, zttp.Data):
                    body += event.data
                if isinstance(event, zttp.EndOfMessage) or getattr(event, "end_stream", False):
                    headers = {(name.lower(), value.lower()) for name, value in request.headers}
                    requests.append(ParsedRequest(request.method, request.target, headers, body))
                    connection.send_response(200, [(b"content-length", b"0")])
                    connection.end_message()
                    if connection.should_close():
                        return requests
                    connection.start_next_cycle()
                event = connection.next_event()
    except zttp.RemoteProtocolError:
        pass
    return requests


def parsed_by_h11(packets: Sequence[bytes]) -> tuple[list[ParsedRequest], str]:
    """The requests until the bytes end or are refused, and why they were refused."""
    connection = h11.Connection(h11.SERVER)
    requests, body = [], b""
    try:
        for packet in packets:
            connection.receive_data(packet)
            while (event := connection.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                if isinstance(event, h11.Request):
                    request, body = event, b""
                elif isinstance(event, h11.Data):
                    body += bytes(event.data)
                else:
                    headers = {(bytes(name), bytes(value).lower()) for name, value in request.headers}
                    requests.append(ParsedRequest(request.method, request.target, headers, body))
                    connection.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
                    connection.send(h11.EndOfMessage())
                    if connection.our_state is h11.MUST_CLOSE:
                        return requests, "closed"
                    connection.start_next_cycle()
    except h11.RemoteProtocolError as error:
        return requests, str(error)
    return requests, ""


@pytest.mark.parametrize("count", [3_000, pytest.param(300_000, marks=pytest.mark.system)])
def test_random_bytes_hold_the_same_requests_for_both_parsers(count: int) -> None:
    random = Random(1)
    accepted = 0
    for _ in range(count):
        sent = random_bytes(random)
        packets = random_packets(random, sent)
        requests = parsed_by_zttp(packets)
        expected, refusal = parsed_by_h11(packets)
        accepted += len(requests)

        assert requests == parsed_by_zttp([sent]), sent
        assert requests[: len(expected)] == expected[: len(requests)], sent
        if len(requests) > len(expected):
            assert refusal.startswith(HARMLESS), (refusal, sent)

    assert accepted > count / 4
