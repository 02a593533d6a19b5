"""A server that stops: what had connected is answered, and what connects afterwards is refused."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections import Counter
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from api.auth.demo_issuer import DemoIssuer
from audit.entry import Kind
from audit.sqlite.search import search
from policy.roles import Role
from tests.harness import PERSON_QUERY
from tests.server_process import server_process

CLIENTS = 20


@pytest.mark.parametrize("workers", ["1", pytest.param("2", id="2 workers", marks=pytest.mark.system)])
def test_a_stopping_server_answers_what_had_connected(data: Path, workers: str) -> None:
    """Its workers are frozen when it is asked to stop, so that connections wait, half of them without a request."""
    body = json.dumps({"query": PERSON_QUERY}).encode()
    headers = {
        "Host": "records.example.gov",
        "Authorization": f"Bearer {DemoIssuer.open(data).token(Role.PATROL)}",
        "Content-Type": "application/json",
        "Content-Length": len(body),
    }
    lines = ["POST /graphql HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    request = "\r\n".join([*lines, "", ""]).encode() + body
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
