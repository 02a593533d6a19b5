"""Chaos test: failing sources, a full disk, bursts, disconnecting clients, and a shutdown under load.

The faults and their order are random with a seed. No fault has a fixed duration: it stays until a response shows it,
and the next one of the same source waits until a response shows the source again.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path
from random import Random
from threading import Thread
from time import monotonic

import httpx
import pytest

from audit.entry import Entry, Kind
from audit.sqlite.search import search
from resolvers.catalogue import NAMES
from tests.system.clients import Clients, Request
from tests.system.faults import QUIET, UNCHANGED, Environment, Fault
from tests.system.operations import CALLERS, operations
from tests.system.server import COMMAND, address, needtoknow, own_environment

pytestmark = pytest.mark.alone
SEED = 1
CLIENTS, DISCONNECTING = 12, 2
# The limit is low enough that a burst exceeds it.
OPERATION_LIMIT, BURST = 24, 80
DISKS_FULL, BURSTS = 5, 3
STOP_S = 20
SETTINGS = {
    "NEEDTOKNOW_SOURCE_DEADLINE_MS": "1000",
    "NEEDTOKNOW_SOURCE_CIRCUIT_OPEN_S": "0.5",
    "NEEDTOKNOW_OPERATION_LIMIT": str(OPERATION_LIMIT),
    "NEEDTOKNOW_CHECKPOINT_ENTRIES": "50",
}
# Slower than the server's reaction to SIGTERM.
SLOW = QUIET.replace("[criminal_history]\nmedian_ms = 75\np99_ms = 225", "[criminal_history]\nmedian_ms = 400")


class ServerProcess:
    """A server process and its output."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.url = address(process)
        self.output: list[str] = []
        # The output must be read: a full pipe blocks the server's log.
        self._reader = Thread(target=lambda: self.output.extend(process.stdout or ()), daemon=True)
        self._reader.start()

    def wait(self) -> tuple[int, str]:
        """Exit status, and the output since the start."""
        status = self.process.wait(STOP_S)
        self._reader.join(STOP_S)
        return status, "".join(self.output)


@contextmanager
def server_process(data: Path, profile: Path) -> Iterator[ServerProcess]:
    command = [COMMAND, "serve", "--data", str(data), "--port", "0", "--demo", "--profile", str(profile)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=own_environment() | SETTINGS
    ) as process:
        try:
            yield ServerProcess(process)
        finally:
            process.kill()


class FaultInjector:
    """Applies faults one after another. Several injectors share a lock for each source, so none has two faults."""

    def __init__(self, clients: Clients, rng: Random, locks: dict[str, asyncio.Lock], observed: Counter[str]) -> None:
        self._clients = clients
        self._rng = rng
        self._locks = locks
        self._observed = observed

    async def inject(self, faults: Sequence[Fault], rest_s: float) -> None:
        for fault in self._rng.sample(faults, len(faults)):
            await asyncio.sleep(self._rng.uniform(0, rest_s))
            async with AsyncExitStack() as stack:
                for source in sorted(fault.sources):
                    await stack.enter_async_context(self._locks[source])
                with fault.during():
                    await self._clients.observed(partial(shows, fault), str(fault))
                    await asyncio.sleep(self._rng.uniform(0.2, 0.8))
                self._observed[fault.kind] += 1
                # Requests sent before may still fail because of this fault.
                await self._clients.finished()
                for source in fault.sources:
                    await self._clients.observed(partial(answers, source), f"{source} is back")

    async def send_bursts(self, times: int, rest_s: float) -> None:
        operations = list(self._clients.baseline)
        for _ in range(times):
            await asyncio.sleep(self._rng.uniform(0, rest_s))
            while True:
                burst = [self._clients.send(operation) for operation in self._rng.choices(operations, k=BURST)]
                if any(request.refusal == "OVERLOADED" for request in await asyncio.gather(*burst)):
                    break
            self._observed["burst"] += 1


def shows(fault: Fault, request: Request) -> bool:
    if isinstance(fault.shows, str):
        return request.refusal == fault.shows
    source, status = fault.shows
    return request.sources.get(source) == status


def answers(source: str, request: Request) -> bool:
    return request.sources.get(source) in {"OK", "EMPTY"}


async def inject_all(clients: Clients, environment: Environment, rng: Random) -> Counter[str]:
    """Inject all faults, several at a time, never two of one source. Returns how often each kind was observed."""
    observed: Counter[str] = Counter()
    locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
    files = [
        fault(source) for fault in (environment.missing, environment.replaced, environment.locked) for source in NAMES
    ]
    profiles = [environment.flapping(), *map(environment.frozen, NAMES)]
    async with asyncio.TaskGroup() as tasks:

        def injector() -> FaultInjector:
            return FaultInjector(clients, Random(rng.random()), locks, observed)

        tasks.create_task(injector().inject(files, rest_s=2))
        tasks.create_task(injector().inject(profiles, rest_s=2))
        tasks.create_task(injector().inject([environment.full()] * DISKS_FULL, rest_s=12))
        tasks.create_task(injector().send_bursts(BURSTS, rest_s=15))
    return observed


async def stop(server: ServerProcess, environment: Environment, clients: Clients) -> float:
    """Send SIGTERM while requests are running. Returns the time of the signal."""
    environment.apply_profile(SLOW)
    await clients.finished()
    while clients.pending < CLIENTS // 2:
        await asyncio.sleep(0.01)
    server.process.terminate()
    return monotonic()


def journal(data: Path) -> dict[str, list[Entry]]:
    """The entries of each request by its terminal, oldest first."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    for found in reversed(list(search(data / "journal.db"))):
        entries[found.entry.terminal or ""].append(found.entry)
    return entries


def kinds(entries: list[Entry]) -> list[Kind]:
    return [entry.kind for entry in entries]


def is_journalled(request: Request, entries: list[Entry]) -> bool:
    """Whether intent and release are journalled under the inquiry id and with the sources of the response."""
    if kinds(entries) != [Kind.INTENT, Kind.RELEASE] or {entry.id for entry in entries} != {request.inquiry}:
        return False
    journalled = {each.name: each.status for each in entries[-1].sources}
    return journalled == request.sources and (entries[-1].outcome == "PARTIAL") is request.is_in_part


def token(data: Path, role: str) -> str:
    return needtoknow("token", "--as", role, "--aal", "2", "--minutes", "15", "--data", str(data)).strip()


async def test_under_chaos_no_response_is_lost_wrong_or_unjournalled(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    data, spare, profile = tmp_path / "data", tmp_path / "spare", tmp_path / "profile.toml"
    needtoknow("seed", "--data", str(data), "--people", "1000", "--rng", str(SEED))
    shutil.copytree(data, spare)
    profile.write_text(UNCHANGED, encoding="utf-8")
    rng = Random(SEED)
    # Clients close idle connections before the server does. Otherwise a request could look lost.
    limits = httpx.Limits(max_connections=None, keepalive_expiry=2)
    with server_process(data, profile) as server:
        environment = Environment(data, spare, profile, server.process.pid)
        async with httpx.AsyncClient(limits=limits) as client, asyncio.TaskGroup() as load:
            tokens = {role: token(data, role) for role in CALLERS}
            clients = Clients(server.url, tokens, client)
            for operation in operations(spare, rng):
                await clients.record_baseline(operation)
            environment.apply_profile(QUIET)
            began, is_over = monotonic(), asyncio.Event()
            for _ in range(CLIENTS):
                load.create_task(clients.send_continuously(Random(rng.random())))
            for _ in range(DISCONNECTING):
                load.create_task(clients.disconnect_repeatedly(Random(rng.random()), is_over))
            observed = await inject_all(clients, environment, rng)
            is_over.set()
            took_s = monotonic() - began
            environment.apply_profile(UNCHANGED)
            await clients.finished()
            afterwards = [await clients.send(operation) for operation in clients.baseline]
            stopped_at = await stop(server, environment, clients)
        status, output = server.wait()

    entries = journal(data)
    answered = [request for request in clients.requests if request.is_answered]
    in_part = [request for request in answered if request.is_in_part]
    unanswered = [request for request in clients.requests if request.status is None]
    lost = [request for request in unanswered if request.sent_at < stopped_at or request.terminal in entries]
    wrong_responses = [request for request in clients.requests if request.wrong]
    refused = Counter(request.refusal for request in clients.requests if request.refusal)
    interrupted = [terminal for terminal in clients.disconnected if kinds(entries[terminal]) == [Kind.INTENT]]
    finished = [request for request in answered if request.sent_at < stopped_at < request.replied_at]
    record_property(
        "counted",
        f"chaos of {took_s:.0f} s, seed {SEED}: {len(clients.requests) - len(unanswered) + len(lost):,} requests, "
        f"{len(answered) - len(in_part):,} answered whole, {len(in_part):,} in part, "
        f"{refused.total():,} refused ({', '.join(f'{code} {times:,}' for code, times in sorted(refused.items()))}), "
        f"{len(lost)} lost, {len(wrong_responses)} wrong; "
        f"{len(clients.disconnected):,} clients disconnected, {len(interrupted):,} of them during "
        f"their response; {len(finished)} answered after SIGTERM; "
        f"faults observed: {', '.join(f'{kind} {times}' for kind, times in sorted(observed.items()))}",
    )

    assert lost == []
    assert wrong_responses == []
    assert observed == {
        "missing": len(NAMES),
        "replaced": len(NAMES),
        "locked": len(NAMES),
        "frozen": len(NAMES),
        "flapping": 1,
        "disk full": DISKS_FULL,
        "burst": BURSTS,
    }
    assert interrupted
    assert finished
    assert all(request.is_answered and not request.is_in_part for request in afterwards)
    assert (status, "Traceback" in output) == (0, False), output[-2_000:]

    assert needtoknow("audit", "verify", "--data", str(data))
    assert [request for request in answered if not is_journalled(request, entries[request.terminal])] == []
    rejected = [request.terminal for request in clients.requests if request.refusal == "OVERLOADED"]
    assert [terminal for terminal in rejected if entries[terminal]] == []
