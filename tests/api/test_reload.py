"""SIGHUP: settings that can change are read again, and no request is lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.auth.demo_issuer import DemoIssuer
from audit.entry import Kind
from audit.sqlite.search import search
from audit.sqlite.verification import verify
from policy.roles import Role
from tests.harness import PERSON_QUERY
from tests.server_process import START_S, ServerProcess, server_process
from tests.sources.file_faults import locked

pytestmark = pytest.mark.slow

IN_FLIGHT = 60
PATIENT = (
    "NEEDTOKNOW_SOURCE_DEADLINE_MS=50000\nNEEDTOKNOW_OPERATION_BUDGET_MS=50000\nNEEDTOKNOW_EXECUTOR_LATENCY_MS=0\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "needtoknow.env"
    path.write_text(PATIENT)
    return path


WORKERS = [
    pytest.param({"WORKERS": "1"}, id="1 worker"),
    pytest.param({"WORKERS": "2"}, id="2 workers", marks=pytest.mark.system),
    pytest.param({"WORKERS": "1", "HTTP_PARSER": "h11"}, id="h11", marks=pytest.mark.system),
]


@pytest.fixture(params=WORKERS)
def server(request: pytest.FixtureRequest, data: Path, file: Path) -> Iterator[ServerProcess]:
    settings = {f"NEEDTOKNOW_{name}": value for name, value in request.param.items()}
    with server_process(data, NEEDTOKNOW_ENV_FILE=str(file), **settings) as server:
        while len(server.workers) < int(request.param["WORKERS"]):
            assert server.process.poll() is None
        yield server


def reload(server: ServerProcess, times: int = 1) -> str:
    """Send SIGHUP, and wait until every worker is a new one. Returns what the log says."""
    server.process.send_signal(signal.SIGHUP)
    return server.wait_for_log("event=reloaded", times)[-1]


def headers(data: Path) -> dict[str, str]:
    return {"Authorization": f"Bearer {DemoIssuer.open(data).token(Role.PATROL)}"}


async def test_requests_in_flight_and_idle_connections_survive_a_reload(
    server: ServerProcess, data: Path, file: Path
) -> None:
    before = server.workers
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with (
        httpx.AsyncClient(base_url=server.url, headers=headers(data), timeout=START_S, limits=limits) as client,
        httpx.AsyncClient(base_url=server.url, headers=headers(data), timeout=START_S, limits=limits) as idle,
    ):
        # As many connections as requests at the same time, which then wait for their next request.
        await asyncio.gather(*(idle.post("/graphql", json={"query": PERSON_QUERY}) for _ in range(10)))
        with locked(data / "persons.db"):
            requests = [
                asyncio.create_task(client.post("/graphql", json={"query": PERSON_QUERY})) for _ in range(IN_FLIGHT)
            ]
            while intents(data) < 10 + IN_FLIGHT:
                await asyncio.sleep(0)
            file.write_text(PATIENT + "NEEDTOKNOW_SOURCE_LIMIT=100\n")
            logged = await asyncio.to_thread(reload, server)
            assert not any(each.done() for each in requests)
        responses = await asyncio.gather(*requests)
        later = await asyncio.gather(*(idle.post("/graphql", json={"query": PERSON_QUERY}) for _ in range(10)))
    status, unusual = server.stop(signal.SIGTERM)

    assert [each.json()["data"] for each in responses + later] == [{"person": {"id": "P0000001"}}] * (IN_FLIGHT + 10)
    assert "changed=NEEDTOKNOW_SOURCE_LIMIT needs_restart=-" in logged
    assert not set(before) & set(pids(server.logged, "event=worker_replaced"))
    assert (status, unusual) == (0, "")
    assert verify(data / "journal.db").is_whole


async def test_no_request_is_lost_while_settings_are_reloaded_again_and_again(
    server: ServerProcess, data: Path
) -> None:
    statuses: list[int] = []
    is_over = asyncio.Event()

    async def send_requests(*, keep_alive: bool) -> None:
        extra = {} if keep_alive else {"Connection": "close"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers(data) | extra, timeout=START_S) as client:
            while not is_over.is_set():
                statuses.append((await client.post("/graphql", json={"query": PERSON_QUERY})).status_code)

    async with asyncio.TaskGroup() as load:
        for number in range(8):
            load.create_task(send_requests(keep_alive=number % 2 == 0))
        for times in range(1, 4):
            await asyncio.to_thread(reload, server, times)
        is_over.set()
    status, unusual = server.stop(signal.SIGTERM)

    assert set(statuses) == {200}
    assert (status, unusual) == (0, "")


def test_an_unusable_file_is_refused_in_one_line_and_nothing_changes(
    server: ServerProcess, data: Path, file: Path
) -> None:
    before = server.workers
    file.write_text("NEEDTOKNOW_SOURCE_LIMIT=s3cret\n")
    server.process.send_signal(signal.SIGHUP)
    (refused,) = server.wait_for_log("event=reload_refused")
    response = httpx.post(f"{server.url}/graphql", json={"query": PERSON_QUERY}, headers=headers(data))
    after = server.workers
    file.write_text("NEEDTOKNOW_SOURCE_LIMIT=5\n")
    reload(server)
    status, unusual = server.stop(signal.SIGTERM)

    assert f"{file}, line 1: NEEDTOKNOW_SOURCE_LIMIT must be a whole number." in refused
    assert (response.status_code, after) == (200, before)
    assert (status, unusual) == (0, refused)


def test_a_new_worker_that_cannot_start_changes_nothing(server: ServerProcess, file: Path, tmp_path: Path) -> None:
    before = server.workers
    file.write_text(f"NEEDTOKNOW_POLICY={tmp_path}/absent.txt\n")
    server.process.send_signal(signal.SIGHUP)
    (refused,) = server.wait_for_log("event=reload_refused")
    after, response = server.workers, httpx.get(f"{server.url}/readyz")
    status, unusual = server.stop(signal.SIGTERM)

    assert f"{tmp_path}/absent.txt" in refused
    assert (after, response.status_code) == (before, 200)
    assert (status, unusual) == (0, refused)


def test_a_setting_that_needs_a_restart_is_named(server: ServerProcess, file: Path) -> None:
    file.write_text("NEEDTOKNOW_HOST=127.0.0.2\nNEEDTOKNOW_JOURNAL=postgresql://u:s3cret@127.0.0.1/records\n")

    logged = reload(server)
    response = httpx.get(f"{server.url}/readyz")
    status, unusual = server.stop(signal.SIGTERM)

    assert "Reloaded. Only a restart changes NEEDTOKNOW_HOST, NEEDTOKNOW_JOURNAL." in logged
    assert response.status_code == 200
    assert (status, unusual) == (0, logged)
    assert "s3cret" not in "".join(server.logged)


def test_a_reload_changes_the_number_of_workers(data: Path, file: Path) -> None:
    with server_process(data, NEEDTOKNOW_ENV_FILE=str(file)) as server:
        file.write_text("NEEDTOKNOW_WORKERS=3\n")
        reload(server)
        server.wait_for_log("event=worker_ended")
        three = server.workers
        file.write_text("NEEDTOKNOW_WORKERS=1\n")
        reload(server, 2)
        server.wait_for_log("event=worker_ended", 4)
        one = server.workers
        status, unusual = server.stop(signal.SIGTERM)

    assert (len(three), len(one), set(three) & set(one)) == (3, 1, set())
    assert (status, unusual) == (0, "")


def test_a_signal_to_a_worker_reloads_nothing_and_kills_nothing(server: ServerProcess) -> None:
    before = server.workers
    for pid in before:
        os.kill(pid, signal.SIGHUP)
    response = httpx.get(f"{server.url}/readyz")

    assert (response.status_code, server.workers) == (200, before)
    assert server.stop(signal.SIGTERM) == (0, "")


def intents(data: Path) -> int:
    return sum(found.entry.kind is Kind.INTENT for found in search(data / "journal.db", limit=None))


def pids(lines: list[str], event: str) -> list[int]:
    return [int(part.partition("=")[2]) for line in lines if event in line for part in line.split() if "pid=" in part]
