"""`needtoknow serve --workers 2`: two processes with one journal."""

from __future__ import annotations

import asyncio
import logging
import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from api.auth.demo_issuer import DemoIssuer
from api.config.checkpoints import signer
from api.config.configuration import Configuration
from api.config.settings import Settings
from api.config.user_error import UserError
from api.server.supervisor import Supervisor
from api.server.worker_process import SIGNALS
from audit.checkpoints import read
from audit.entry import Kind
from audit.sqlite.search import search
from audit.sqlite.verification import verify
from policy.roles import Role
from tests.server_process import START_S, ServerProcess, server_process, start_server

QUERY = """
    query Stop @inquiry(purpose: C, reason: TRAFFIC_STOP, attention: "Lee 4417") { person(id: "P0000001") { id } }
"""
CLIENTS, RESPONSES = 8, 120


@pytest.mark.slow
async def test_a_killed_worker_is_replaced_and_no_entry_is_lost(data: Path) -> None:
    inquiries: list[str] = []
    token = DemoIssuer.open(data).token(Role.PATROL)
    half = asyncio.Event()

    async def send_requests(client: httpx.AsyncClient) -> None:
        while len(inquiries) < RESPONSES:
            try:
                response = await client.post("/graphql", json={"query": QUERY})
            except httpx.TransportError:
                continue  # sent to the worker that was killed
            assert response.status_code == 200
            inquiries.append(response.json()["extensions"]["inquiry"]["id"])
            if len(inquiries) == RESPONSES // 2:
                half.set()

    async def kill_one(server: ServerProcess) -> None:
        await half.wait()
        os.kill(server.workers[0], signal.SIGKILL)

    with server_process(data, NEEDTOKNOW_WORKERS="2", NEEDTOKNOW_CHECKPOINT_ENTRIES="15") as server:
        # One connection per request, so that both workers get some.
        headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers) as client, asyncio.TaskGroup() as load:
            load.create_task(kill_one(server))
            for _ in range(CLIENTS):
                load.create_task(send_requests(client))
        status, stderr = server.stop(signal.SIGTERM)

    journal = data / "journal.db"
    entries = [(each.entry.kind, each.entry.id) for each in search(journal, limit=None)]
    result = verify(journal, anchors=read(data / "checkpoints.jsonl", signer(data).verifier))
    assert status == 0
    assert re.search(r"^\S+ WARNING .*worker_replaced number=1 pid=\d+ ending=SIGKILL replaced_by=\d+\)\n\Z", stderr)
    assert {(kind, each) for each in inquiries for kind in (Kind.INTENT, Kind.RELEASE)} <= set(entries)
    assert result.is_whole
    assert result.covered == result.count == len(entries)


@pytest.mark.slow
@pytest.mark.parametrize(
    "how", [signal.SIGKILL, *(pytest.param(each, marks=pytest.mark.system) for each in (signal.SIGINT, signal.SIGTERM))]
)
def test_workers_end_with_their_parent(data: Path, how: signal.Signals) -> None:
    with server_process(data, NEEDTOKNOW_WORKERS="2") as server:
        httpx.get(f"{server.url}/readyz").raise_for_status()
        # `stop` reads stderr to its end, which comes only when every worker has closed it.
        status, stderr = server.stop(how)

    assert (status, stderr) == (-9 if how == signal.SIGKILL else 0, "")


@pytest.mark.slow
def test_a_worker_that_hangs_keeps_no_other_alive_without_their_parent(data: Path) -> None:
    with server_process(data, NEEDTOKNOW_WORKERS="2") as server:
        while len(server.workers) < 2:
            assert server.process.poll() is None
        first, last = server.workers
        os.kill(last, signal.SIGSTOP)
        ended = os.pidfd_open(first)
        try:
            os.kill(server.process.pid, signal.SIGKILL)
            readable, *_ = select.select([ended], [], [], START_S)
        finally:
            os.close(ended)
            os.kill(last, signal.SIGKILL)

    assert readable == [ended]


@pytest.mark.slow
def test_a_start_up_error_is_reported_once(data: Path) -> None:
    (data / "journal.db").write_bytes(b"x" * 4096)
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--demo", "--port", "0"]

    result = subprocess.run(
        [*command, "--workers", "2", "--data", data], capture_output=True, text=True, timeout=60, check=False
    )

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"needtoknow: The journal {data}/journal.db cannot be")
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("nohup", [False, pytest.param(True, marks=pytest.mark.system)])
def test_a_server_ends_with_its_terminal_unless_nohup_started_it(data: Path, *, nohup: bool) -> None:
    terminal, own_side = pty.openpty()
    # The process that runs the tests may ignore the signal, and others inherit that.
    before = ("env", "--default-signal=HUP", "setsid", "--ctty", *(["nohup"] if nohup else ()))
    with start_server(data, before=before, stdin=own_side) as process:
        try:
            server = ServerProcess(process)
            os.close(own_side)
            os.close(terminal)
            if nohup:
                server.wait_for_log("event=reloaded")
                process.send_signal(signal.SIGTERM)
            (stopped,) = server.wait_for_log("event=stopped")
            status = process.wait(START_S)
        finally:
            process.kill()

    signals = [line for line in server.logged if "event=stop " in line]
    assert "Stopped." in stopped
    assert [line.rstrip(")\n").rpartition("=")[2] for line in signals] == ["SIGTERM" if nohup else "SIGHUP"]
    assert status == 0


@pytest.fixture
def restored_signal_handlers() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in SIGNALS}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


class StopAt(logging.Handler):
    """Sends SIGTERM to this process when the log has an event, and keeps all events."""

    def __init__(self, event: str) -> None:
        super().__init__()
        self.events: list[str] = []
        self._event = event

    def emit(self, record: logging.LogRecord) -> None:
        self.events.append(getattr(record, "event", record.getMessage()))
        if self.events[-1] == self._event:
            os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture
def stop_at(restored_signal_handlers: None) -> Iterator[Callable[[str], StopAt]]:
    handlers = []
    server_log = logging.getLogger("needtoknow")
    level = server_log.level
    server_log.setLevel(logging.INFO)

    def add(event: str) -> StopAt:
        handlers.append(StopAt(event))
        server_log.addHandler(handlers[-1])
        return handlers[-1]

    yield add
    server_log.setLevel(level)
    for each in handlers:
        server_log.removeHandler(each)


def test_a_new_worker_that_never_gets_ready_is_killed(stop_at: Callable[[str], StopAt]) -> None:
    first, second = Configuration(Settings(), {}), Configuration(Settings(workers=2), {})

    def serve(configuration: Configuration, _: int, announce: Callable[[], None]) -> None:
        if configuration.settings.workers == 1:
            announce()
        signal.pause()

    log = stop_at("reload_refused")
    on_ready = partial(os.kill, os.getpid(), signal.SIGHUP)
    Supervisor(first, serve, read=lambda: second, on_ready=on_ready, start_timeout_s=0.1).run()

    assert log.events == ["reload", "reload_refused", "stop", "worker_ended", "stopped"]


def test_a_worker_that_cannot_start_again_is_tried_later(stop_at: Callable[[str], StopAt], tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    configuration = Configuration(Settings(), {})

    def serve(_configuration: Configuration, _number: int, announce: Callable[[], None]) -> None:
        with starts.open("a") as file:
            file.write("x")
        match starts.stat().st_size:
            case 1:
                announce()
                os.kill(os.getpid(), signal.SIGKILL)
            case 2:
                raise UserError("There is no room.")
        announce()
        os.kill(os.getppid(), signal.SIGTERM)
        signal.pause()

    log = stop_at("never")
    Supervisor(configuration, serve, read=lambda: configuration, on_ready=lambda: None, retry_s=0.1).run()

    assert log.events == ["worker_replaced", "worker_failed", "stop", "worker_ended", "stopped"]
    assert starts.read_text() == "xxx"


@pytest.mark.usefixtures("restored_signal_handlers")
def test_a_file_that_a_worker_cannot_open_is_reported_in_one_line(tmp_path: Path) -> None:
    configuration = Configuration(Settings(workers=2), {})
    supervisor = Supervisor(
        configuration,
        lambda *_: (tmp_path / "a" / "b").touch(),
        read=lambda: configuration,
        on_ready=lambda: None,
    )

    with pytest.raises(UserError, match=re.escape(f"{tmp_path}/a/b: No such file or directory.")):
        supervisor.run()


def test_a_worker_that_fails_after_its_start_is_replaced_at_once(
    stop_at: Callable[[str], StopAt], tmp_path: Path
) -> None:
    has_failed = tmp_path / "has_failed"
    configuration = Configuration(Settings(), {})

    def serve(_configuration: Configuration, _number: int, announce: Callable[[], None]) -> None:
        announce()
        if not has_failed.exists():
            has_failed.touch()
            raise RuntimeError("It was ready before.")
        os.kill(os.getppid(), signal.SIGTERM)
        signal.pause()

    log = stop_at("never")
    Supervisor(configuration, serve, read=lambda: configuration, on_ready=lambda: None, retry_s=3_600).run()

    assert log.events == ["worker_replaced", "stop", "worker_ended", "stopped"]
