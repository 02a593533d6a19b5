"""`needtoknow serve --workers 2`: two processes, one journal, and nothing lost when one of them is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from api.auth.demo_issuer import DemoIssuer
from api.config.checkpoints import signer
from audit.chain import Verified, verify
from audit.checkpoints import read
from audit.entry import Kind
from audit.search import search
from bench.processes import tree
from policy.roles import Role
from tests.cli.server import ServerProcess, server_process

QUESTION = """
    query Stop @inquiry(purpose: C, reason: TRAFFIC_STOP, attention: "Lee 4417") { person(id: "P0000001") { id } }
"""
CLIENTS, ANSWERS = 8, 400


def workers(server: ServerProcess) -> list[int]:
    return [pid for pid in tree(server.process.pid) if pid != server.process.pid]


async def test_under_load_a_killed_worker_is_replaced_and_no_answer_is_without_its_entries(data: Path) -> None:
    answered: list[str] = []
    token = DemoIssuer.open(data).token(Role.PATROL)
    half = asyncio.Event()

    async def ask_on(client: httpx.AsyncClient) -> None:
        while len(answered) < ANSWERS:
            try:
                reply = await client.post("/graphql", json={"query": QUESTION})
            except httpx.TransportError:
                continue  # it was with the one that was killed
            assert reply.status_code == 200
            answered.append(reply.json()["extensions"]["inquiry"]["id"])
            if len(answered) == ANSWERS // 2:
                half.set()

    async def kill_one(server: ServerProcess) -> None:
        await half.wait()
        os.kill(workers(server)[0], signal.SIGKILL)

    with server_process(data, NEEDTOKNOW_WORKERS="2", NEEDTOKNOW_CHECKPOINT_ENTRIES="50") as server:
        # One connection a question: then the socket, and not the connection, chooses who answers.
        headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers) as client, asyncio.TaskGroup() as load:
            load.create_task(kill_one(server))
            for _ in range(CLIENTS):
                load.create_task(ask_on(client))
        status, _, told = server.stop(signal.SIGTERM)

    journal = data / "journal.db"
    written = [(each.entry.kind, each.entry.id) for each in search(journal, limit=None)]
    whole = verify(journal, anchors=read(data / "checkpoints.jsonl", signer(data).verifier))
    assert (status, told) == (0, "")
    assert {(kind, each) for each in answered for kind in (Kind.INTENT, Kind.RELEASE)} <= set(written)
    assert isinstance(whole, Verified)
    assert whole.covered == whole.count == len(written)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_when_the_one_that_was_started_ends_so_do_all(data: Path, how: signal.Signals) -> None:
    with server_process(data, NEEDTOKNOW_WORKERS="2") as server:
        httpx.get(f"{server.url}/readyz").raise_for_status()
        # Their end of its stderr: what they hold open cannot be read to its end before they are gone.
        status, seconds, told = server.stop(how)

    assert (status, told) == (-9 if how == signal.SIGKILL else 0, "")
    assert seconds < 5


def test_what_stops_the_first_worker_is_told_once(data: Path) -> None:
    (data / "journal.db").write_bytes(b"x" * 4096)
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--demo", "--port", "0"]

    ended = subprocess.run(
        [*command, "--workers", "2", "--data", data], capture_output=True, text=True, timeout=60, check=False
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"needtoknow: The journal {data}/journal.db cannot be")
    assert ended.stderr.count("\n") == 1
