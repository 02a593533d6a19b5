"""A server that stops: what had connected is answered, and what connects afterwards is refused."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections import Counter
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import pytest

from api.auth.demo_issuer import DemoIssuer
from audit.entry import Kind
from audit.sqlite.search import search
from policy.roles import Role
from tests.harness import INVESTIGATION, PERSON_QUERY
from tests.part_stream import LAST, NEWER
from tests.server_process import server_process

CLIENTS = 20
# A source that answers after ten minutes, and operations that may take one.
LATE = "seed = 1\n[warrants]\nmedian_ms = 600000\np99_ms = 600000\n"
PATIENT = {"NEEDTOKNOW_SOURCE_DEADLINE_MS": "60000", "NEEDTOKNOW_OPERATION_BUDGET_MS": "60000"}


def request_of(data: Path, query: str, **more: str) -> bytes:
    body = json.dumps({"query": query}).encode()
    headers = {
        "Host": "records.example.gov",
        "Authorization": f"Bearer {DemoIssuer.open(data).token(Role.PATROL)}",
        "Content-Type": "application/json",
        "Content-Length": len(body),
        **more,
    }
    lines = ["POST /graphql HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", pytest.param("2", id="2 workers", marks=pytest.mark.system)])
def test_a_stopping_server_answers_what_had_connected(data: Path, workers: str) -> None:
    """Its workers are frozen when it is asked to stop, so that connections wait, half of them without a request."""
    request = request_of(data, PERSON_QUERY)
    with server_process(data, NEEDTOKNOW_WORKERS=workers) as server, ExitStack() as stack:
        while len(frozen := server.workers) < int(workers):
            assert server.process.poll() is None
        for each in frozen:
            os.kill(each, signal.SIGSTOP)
        clients = [stack.enter_context(server.connect()) for _ in range(CLIENTS)]
        for client in clients[::2]:
            client.sendall(request)
        server.process.send_signal(signal.SIGTERM)
        server.wait_for_log("event=stop ")
        for each in frozen:
            os.kill(each, signal.SIGCONT)
        for client in clients[1::2]:
            client.sendall(request)
        replies = [b"".join(iter(partial(client.recv, 65_536), b"")) for client in clients]
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port))

    assert {reply.split(b"\r\n")[0] for reply in replies} == {b"HTTP/1.1 200 OK"}
    kinds = Counter(found.entry.kind for found in search(data / "journal.db"))
    assert kinds == {Kind.INTENT: CLIENTS, Kind.RELEASE: CLIENTS}


def test_a_stopping_server_does_not_wait_long_for_parts(data: Path, tmp_path: Path) -> None:
    """The source is ten minutes late. The client is cut off, and the journal says which parts left."""
    profile = tmp_path / "late.toml"
    profile.write_text(LATE)
    late = f'query {INVESTIGATION} {{ person(id: "P0000001") {{ id ... @defer {{ warrants {{ number }} }} }} }}'
    with (
        server_process(data, NEEDTOKNOW_PROFILE=str(profile), **PATIENT) as server,
        server.connect() as client,
    ):
        client.sendall(request_of(data, late, Accept=NEWER))
        received = b""
        while b'"hasNext":true' not in received:
            received += client.recv(65_536)
        status, printed = server.stop(signal.SIGTERM)
        with suppress(ConnectionError):
            received += client.recv(65_536)

    assert (status, printed) == (0, "")
    assert LAST not in received
    *_, part, release = [found.entry for found in search(data / "journal.db")][::-1]
    assert (part.kind, part.parts) == (Kind.PART, (0,))
    assert (release.kind, release.parts, release.outcome) == (Kind.RELEASE, (0,), "ABANDONED")
