"""Chaos test of sources and journals of each kind: faults, bursts, disconnecting clients, and a shutdown under load.

The faults and their order are random with a seed. No fault has a fixed duration: it stays until a response shows it,
and the next one of the same source waits until a response shows the source again.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from threading import Thread
from time import monotonic

import httpx
import pytest

from audit.entry import Entry, Kind
from audit.journal import JournalStore
from audit.postgres.store import PostgresStore
from audit.sqlite.store import SqliteStore
from bench.processes import tree
from resolvers.catalogue import NAMES
from seed.postgres import copy_world
from sources.postgres.address import Address
from tests.audit.postgres.databases import new_journal
from tests.postgres import new_database
from tests.system.clients import RETRY_S, Clients, Request
from tests.system.database_faults import DatabaseEnvironment
from tests.system.faults import QUIET, UNCHANGED, Environment, Fault, FileEnvironment, Profile
from tests.system.operations import CALLERS, Operation, operations
from tests.system.server import COMMAND, address, needtoknow, own_environment

pytestmark = pytest.mark.alone
SEED = 1
CLIENTS, DISCONNECTING = 12, 2
# The limit is low enough that a burst exceeds it.
OPERATION_LIMIT, BURST = 24, 80
OF_ALL, BURSTS = 4, 3
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
def server_process(data: Path, profile: Path, settings: Mapping[str, str]) -> Iterator[ServerProcess]:
    command = [COMMAND, "serve", "--data", str(data), "--port", "0", "--demo", "--profile", str(profile)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=own_environment() | settings
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
                async with fault.during():
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


async def admitted(clients: Clients, operation: Operation) -> Request:
    """The first response that is not a refusal because of other clients."""
    while (request := await clients.send(operation)).refusal == "OVERLOADED":
        await asyncio.sleep(RETRY_S)
    return request


def shows(fault: Fault, request: Request) -> bool:
    if isinstance(fault.shows, str):
        return request.refusal == fault.shows
    source, status = fault.shows
    return request.sources.get(source) == status


def answers(source: str, request: Request) -> bool:
    return request.sources.get(source) in {"OK", "EMPTY"}


def all_faults(environment: Environment, profile: Profile) -> list[list[Fault]]:
    """Those of the sources, of the profile, and of the journal."""
    return [
        [fault for source in NAMES for fault in environment.of_source(source)],
        [profile.flapping(), *map(profile.frozen, NAMES)],
        (environment.of_all() * OF_ALL)[:OF_ALL],
    ]


async def inject_all(clients: Clients, faults: Sequence[Sequence[Fault]], rng: Random) -> Counter[str]:
    """Inject all faults, several at a time, never two of one source. Returns how often each kind was observed."""
    observed: Counter[str] = Counter()
    locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
    async with asyncio.TaskGroup() as tasks:

        def injector() -> FaultInjector:
            return FaultInjector(clients, Random(rng.random()), locks, observed)

        for each, rest_s in zip(faults, (2, 2, 12), strict=True):
            tasks.create_task(injector().inject(each, rest_s))
        tasks.create_task(injector().send_bursts(BURSTS, rest_s=15))
    return observed


async def stop(server: ServerProcess, profile: Profile, clients: Clients) -> float:
    """Send SIGTERM while requests are running. Returns the time of the signal."""
    profile.apply(SLOW)
    await clients.finished()
    while clients.pending < CLIENTS // 2:
        await asyncio.sleep(0.01)
    server.process.terminate()
    return monotonic()


def entries_by_terminal(journal: JournalStore) -> dict[str, list[Entry]]:
    """The entries of each request, oldest first."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    for found in reversed(list(journal.search())):
        entries[found.entry.terminal or ""].append(found.entry)
    return entries


def kinds(entries: list[Entry]) -> list[Kind]:
    return [entry.kind for entry in entries]


def is_journalled(request: Request, entries: list[Entry]) -> bool:
    """Whether intent and release are journalled under the inquiry id and with the sources of the response."""
    if kinds(entries) != [Kind.INTENT, Kind.RELEASE] or {entry.id for entry in entries} != {request.inquiry}:
        return False
    journalled = {each.name: each.status for each in entries[-1].sources}
    asked = {name: status for name, status in request.sources.items() if status != "NOT_ASKED"}
    return journalled == asked and (entries[-1].outcome == "PARTIAL") is request.is_in_part


def token(data: Path, role: str) -> str:
    return needtoknow("token", "--as", role, "--aal", "2", "--minutes", "15", "--data", str(data)).strip()


@dataclass(frozen=True)
class Installation:
    """Where sources and journal are: settings of the server, the journal, and faults by the id of its process."""

    settings: Mapping[str, str]
    journal: JournalStore
    environment: Callable[[int], Environment]


@pytest.fixture
def spare(tmp_path: Path) -> Path:
    """The world of the server, which no fault touches."""
    needtoknow("seed", "--data", str(tmp_path / "spare"), "--people", "1000", "--rng", str(SEED))
    return tmp_path / "spare"


@pytest.fixture(params=["files", "databases"])
async def installation(request: pytest.FixtureRequest, spare: Path, tmp_path: Path) -> Installation:
    data = Path(shutil.copytree(spare, tmp_path / "data"))
    if request.param == "files":
        return Installation({}, SqliteStore(data / "journal.db"), lambda pid: FileEnvironment(data, spare, pid))
    server = request.getfixturevalue("postgres")
    world, journal = await new_database(server), await new_journal(server)
    await asyncio.to_thread(copy_world, spare, Address.parse(world))
    databases = DatabaseEnvironment(server, world, journal)
    await databases.create_roles()
    return Installation(databases.settings(), PostgresStore(journal.as_owner), lambda _: databases)


async def test_under_chaos_no_response_is_lost_wrong_or_unjournalled(
    installation: Installation, spare: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    data, profile = tmp_path / "data", Profile(tmp_path / "profile.toml")
    profile.apply(UNCHANGED)
    rng = Random(SEED)
    # Clients close idle connections before the server does. Otherwise a request could look lost.
    limits = httpx.Limits(max_connections=None, keepalive_expiry=2)
    settings = {**SETTINGS, **installation.settings}
    with server_process(data, profile.path, settings) as server:
        faults = all_faults(installation.environment(tree(server.process.pid)[1]), profile)
        async with httpx.AsyncClient(limits=limits) as client, asyncio.TaskGroup() as load:
            tokens = {role: token(data, role) for role in CALLERS}
            clients = Clients(server.url, tokens, client)
            for operation in operations(spare, rng):
                await clients.record_baseline(operation)
            profile.apply(QUIET)
            began, is_over = monotonic(), asyncio.Event()
            for _ in range(CLIENTS):
                load.create_task(clients.send_continuously(Random(rng.random())))
            for _ in range(DISCONNECTING):
                load.create_task(clients.disconnect_repeatedly(Random(rng.random()), is_over))
            observed = await inject_all(clients, faults, rng)
            is_over.set()
            took_s = monotonic() - began
            profile.apply(UNCHANGED)
            await clients.finished()
            afterwards = [await admitted(clients, operation) for operation in clients.baseline]
            stopped_at = await stop(server, profile, clients)
        status, output = server.wait()

    entries = await asyncio.to_thread(entries_by_terminal, installation.journal)
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
    assert observed == Counter(fault.kind for each in faults for fault in each) + Counter(burst=BURSTS)
    assert interrupted
    assert finished
    assert all(request.is_answered and not request.is_in_part for request in afterwards)
    assert (status, "Traceback" in output, "exception=" in output) == (0, False, False), output[-2_000:]

    assert (await asyncio.to_thread(installation.journal.verify)).is_whole
    assert [request for request in answered if not is_journalled(request, entries[request.terminal])] == []
    rejected = [request.terminal for request in clients.requests if request.refusal == "OVERLOADED"]
    assert [terminal for terminal in rejected if entries[terminal]] == []
