"""A minute of chaos: sources that go and come back, a full disk, a rush, clients that leave, and the end under load.

What goes wrong, and when, is drawn with a seed. How long it lasts is not by the clock: each fault stays until a reply
shows it, and the next one of the same source waits until a reply shows the source again.
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

from audit.entry import Entry, Kind
from audit.search import search
from resolvers.catalogue import NAMES
from tests.system.crowd import Crowd, Request
from tests.system.faults import QUIET, STILL, Fault, Surroundings
from tests.system.questions import CALLERS, nowhere, questions
from tests.system.server import COMMAND, address, needtoknow, own_environment

SEED = 1
CLIENTS, LEAVERS = 12, 2
# So few places that a rush finds none.
PLACES, RUSH = 24, 80
DISKS_FULL, RUSHES = 5, 3
STOP_S = 20
SETTINGS = {
    "NEEDTOKNOW_SOURCE_DEADLINE_MS": "1000",
    "NEEDTOKNOW_SOURCE_CIRCUIT_OPEN_S": "0.5",
    "NEEDTOKNOW_OPERATION_LIMIT": str(PLACES),
    "NEEDTOKNOW_CHECKPOINT_ENTRIES": "50",
}
# Longer than the server takes to notice that it is to stop.
SLOW = QUIET.replace("[criminal_history]\nmedian_ms = 75\np99_ms = 225", "[criminal_history]\nmedian_ms = 400")


class Serving:
    """A server in its own process, and all that it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.url = address(process)
        self.said: list[str] = []
        # Somebody has to read it: a pipe that is full holds up whoever logs.
        self._reader = Thread(target=lambda: self.said.extend(process.stdout or ()), daemon=True)
        self._reader.start()

    def ended(self) -> tuple[int, str]:
        """Exit status, and what it said since it answered."""
        status = self.process.wait(STOP_S)
        self._reader.join(STOP_S)
        return status, "".join(self.said)


@contextmanager
def serving(data: Path, profile: Path) -> Iterator[Serving]:
    command = [COMMAND, "serve", "--data", str(data), "--port", "0", "--demo", "--profile", str(profile)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=own_environment() | SETTINGS
    ) as process:
        try:
            yield Serving(process)
        finally:
            process.kill()


class Hand:
    """Lets one fault after the other come, be seen and go. Several hands share who may not be touched twice at once."""

    def __init__(self, crowd: Crowd, chance: Random, touched: dict[str, asyncio.Lock], seen: Counter[str]) -> None:
        self._crowd = crowd
        self._chance = chance
        self._touched = touched
        self._seen = seen

    async def play(self, faults: Sequence[Fault], rest_s: float) -> None:
        for fault in self._chance.sample(faults, len(faults)):
            await asyncio.sleep(self._chance.uniform(0, rest_s))
            async with AsyncExitStack() as mine:
                for source in sorted(fault.sources):
                    await mine.enter_async_context(self._touched[source])
                with fault.during():
                    await self._crowd.seen(partial(shows, fault), str(fault))
                    await asyncio.sleep(self._chance.uniform(0.2, 0.8))
                self._seen[fault.kind] += 1
                # What was sent before may still fail, and not because of the next fault.
                await self._crowd.settled()
                for source in fault.sources:
                    await self._crowd.seen(partial(answers, source), f"{source} is back")

    async def rush(self, times: int, rest_s: float) -> None:
        asked = list(self._crowd.quiet)
        for _ in range(times):
            await asyncio.sleep(self._chance.uniform(0, rest_s))
            while True:
                rush = [self._crowd.ask(question) for question in self._chance.choices(asked, k=RUSH)]
                if any(request.refusal == "OVERLOADED" for request in await asyncio.gather(*rush)):
                    break
            self._seen["rush"] += 1


def shows(fault: Fault, request: Request) -> bool:
    if isinstance(fault.shows, str):
        return request.refusal == fault.shows
    source, status = fault.shows
    return request.sources.get(source) == status


def answers(source: str, request: Request) -> bool:
    return request.sources.get(source) in {"OK", "EMPTY"}


async def play(crowd: Crowd, around: Surroundings, chance: Random) -> Counter[str]:
    """All faults, several at a time, never two of one source; how often each kind was seen."""
    seen: Counter[str] = Counter()
    touched: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
    files = [fault(source) for fault in (around.away, around.replaced, around.locked) for source in NAMES]
    behaviours = [around.flapping(), *map(around.frozen, NAMES)]
    async with asyncio.TaskGroup() as hands:

        def hand() -> Hand:
            return Hand(crowd, Random(chance.random()), touched, seen)

        hands.create_task(hand().play(files, rest_s=2))
        hands.create_task(hand().play(behaviours, rest_s=2))
        hands.create_task(hand().play([around.full()] * DISKS_FULL, rest_s=12))
        hands.create_task(hand().rush(RUSHES, rest_s=15))
    return seen


async def stop(server: Serving, around: Surroundings, crowd: Crowd) -> float:
    """Stop the server while it is in the midst of answering; when it was told to."""
    around.behave(SLOW)
    await crowd.settled()
    while crowd.under_way < CLIENTS // 2:
        await asyncio.sleep(0.01)
    server.process.terminate()
    return monotonic()


def journal(data: Path) -> dict[str, list[Entry]]:
    """What was written of each request, by its terminal, oldest first."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    for found in reversed(list(search(data / "journal.db"))):
        entries[found.entry.terminal or ""].append(found.entry)
    return entries


def kinds(entries: list[Entry]) -> list[Kind]:
    return [entry.kind for entry in entries]


def is_journalled(request: Request, entries: list[Entry]) -> bool:
    """Its intent and its release, under the inquiry that its reply names, with the sources as its reply has them."""
    if kinds(entries) != [Kind.INTENT, Kind.RELEASE] or {entry.id for entry in entries} != {request.inquiry}:
        return False
    told = {each.name: each.status for each in entries[-1].sources}
    return told == request.sources and (entries[-1].outcome == "PARTIAL") is request.is_in_part


def token(data: Path, role: str) -> str:
    return needtoknow("token", "--as", role, "--aal", "2", "--minutes", "15", "--data", str(data)).strip()


async def test_in_chaos_nothing_is_lost_nothing_is_wrong_and_all_of_it_is_in_the_journal(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    data, spare, profile = tmp_path / "data", tmp_path / "spare", tmp_path / "profile.toml"
    needtoknow("seed", "--data", str(data), "--people", "1000", "--rng", str(SEED))
    shutil.copytree(data, spare)
    profile.write_text(STILL, encoding="utf-8")
    chance = Random(SEED)
    # Connections are given up before the server does so, which would look as if it had lost a request.
    limits = httpx.Limits(max_connections=None, keepalive_expiry=2)
    with serving(data, profile) as server:
        around = Surroundings(data, spare, profile, server.process.pid)
        async with httpx.AsyncClient(limits=limits) as client, asyncio.TaskGroup() as load:
            crowd = Crowd(server.url, {role: token(data, role) for role in CALLERS}, nowhere(spare), client)
            for question in questions(spare, chance):
                await crowd.learn(question)
            around.behave(QUIET)
            began, is_over = monotonic(), asyncio.Event()
            for _ in range(CLIENTS):
                load.create_task(crowd.go_on(Random(chance.random())))
            for _ in range(LEAVERS):
                load.create_task(crowd.leave_again_and_again(Random(chance.random()), is_over))
            seen = await play(crowd, around, chance)
            is_over.set()
            took_s = monotonic() - began
            around.behave(STILL)
            await crowd.settled()
            again = [await crowd.ask(question) for question in crowd.quiet]
            stopped_at = await stop(server, around, crowd)
        status, said = server.ended()

    entries = journal(data)
    answered = [request for request in crowd.requests if request.is_answered]
    in_part = [request for request in answered if request.is_in_part]
    silent = [request for request in crowd.requests if request.status is None]
    lost = [request for request in silent if request.sent_at < stopped_at or request.terminal in entries]
    mistaken = [request for request in crowd.requests if request.wrong]
    refused = Counter(request.refusal for request in crowd.requests if request.refusal)
    begun = [terminal for terminal in crowd.left if kinds(entries[terminal]) == [Kind.INTENT]]
    finished = [request for request in answered if request.sent_at < stopped_at < request.replied_at]
    record_property(
        "counted",
        f"chaos of {took_s:.0f} s, seed {SEED}: {len(crowd.requests) - len(silent) + len(lost):,} requests, "
        f"{len(answered) - len(in_part):,} answered whole, {len(in_part):,} in part, "
        f"{refused.total():,} refused ({', '.join(f'{code} {times:,}' for code, times in sorted(refused.items()))}), "
        f"{len(lost)} lost, {len(mistaken)} wrong; {len(crowd.left):,} clients left, {len(begun):,} of them in the "
        f"midst of their answer; {len(finished)} answered after the server was told to stop; "
        f"faults seen: {', '.join(f'{kind} {times}' for kind, times in sorted(seen.items()))}",
    )

    assert lost == []
    assert mistaken == []
    assert seen == {
        "away": len(NAMES),
        "replaced": len(NAMES),
        "locked": len(NAMES),
        "frozen": len(NAMES),
        "flapping": 1,
        "disk full": DISKS_FULL,
        "rush": RUSHES,
    }
    assert begun
    assert finished
    assert all(request.is_answered and not request.is_in_part for request in again)
    assert (status, "Traceback" in said) == (0, False), said[-2_000:]

    assert needtoknow("audit", "verify", "--data", str(data))
    assert [request for request in answered if not is_journalled(request, entries[request.terminal])] == []
    turned_away = [request.terminal for request in crowd.requests if request.refusal == "OVERLOADED"]
    assert [terminal for terminal in turned_away if entries[terminal]] == []
