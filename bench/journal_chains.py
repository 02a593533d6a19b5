"""Journal on PostgreSQL: one chain under a lock, or a chain for each writer; commits a second, latency and CPU.

`python -m bench.journal_chains` starts a server, and another with a synchronous standby, both on the loopback address.
The disk decides the figures: choose with TMPDIR a disk like the one that will hold the journal.
"""

from __future__ import annotations

import argparse
import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

import asyncpg
import orjson

from audit.chain import GENESIS, Receipt, chain_hash
from bench.journal import PEOPLE, release
from bench.postgres_server import DURABLE, PostgresServer, server_folder
from bench.processes import Server

DDL = Path(__file__).with_suffix(".sql").read_text("utf-8")
CELLS = ("id", "kind", "at", "user", "agency", "case_number", "record_ids")
INSERT = f"INSERT INTO entry VALUES ({', '.join(f'${number}' for number in range(1, 13))})"  # noqa: S608 - no values
LAST = "SELECT sequence, hash FROM entry WHERE chain = 0 ORDER BY sequence DESC LIMIT 1"


class Chain(ABC):
    """How a writer appends a batch of entries in one transaction."""

    title: str

    def __init__(self, connection: asyncpg.Connection, writer: int) -> None:
        self.connection = connection
        self.writer = writer

    @abstractmethod
    async def append(self, bodies: Sequence[bytes]) -> None:
        """Return when the entries are durable."""


class FlushedUnderLock(Chain):
    """One chain: a function takes the lock, reads the last entry, hashes and inserts; one round trip."""

    title = "one, flushed under the lock"

    async def append(self, bodies: Sequence[bytes]) -> None:
        await self.connection.fetch("SELECT * FROM append(0, $1)", [body.decode() for body in bodies])


class FlushedAfterLock(Chain):
    """The same, but the lock is released before the commit is flushed; one round trip."""

    title = "one, flushed after the lock"

    async def append(self, bodies: Sequence[bytes]) -> None:
        await self.connection.fetch("CALL append_then_flush(0, $1, '')", [body.decode() for body in bodies])


class HashedByClient(Chain):
    """One chain: the client takes the lock, reads the last entry, hashes, inserts and commits; five round trips."""

    title = "one, hashed by the client"

    async def append(self, bodies: Sequence[bytes]) -> None:
        async with self.connection.transaction():
            await self.connection.execute("SELECT pg_advisory_xact_lock(0)")
            last = await self.connection.fetchrow(LAST)
            rows, _ = linked(0, bodies, Receipt(0, GENESIS) if last is None else Receipt(*last))
            await self.connection.executemany(INSERT, rows)


class ChainPerWriter(Chain):
    """A chain for each writer, which knows its end: no lock; one round trip."""

    title = "one for each writer"

    def __init__(self, connection: asyncpg.Connection, writer: int) -> None:
        super().__init__(connection, writer)
        self.head = Receipt(0, GENESIS)

    async def append(self, bodies: Sequence[bytes]) -> None:
        rows, head = linked(self.writer, bodies, self.head)
        await self.connection.executemany(INSERT, rows)
        self.head = head


CHAINS: tuple[type[Chain], ...] = (FlushedUnderLock, FlushedAfterLock, HashedByClient, ChainPerWriter)


TITLES = (
    *("server", "writers", "appenders each", "chain", "entries/s", "entries a commit"),
    *("commit p50 ms", "commit p99 ms", "entry p50 ms", "entry p99 ms", "client CPU µs", "server CPU µs"),
)


def linked(chain: int, bodies: Sequence[bytes], head: Receipt) -> tuple[list[tuple[object, ...]], Receipt]:
    rows = []
    for body in bodies:
        sequence, previous = head.sequence + 1, head.hash
        head = Receipt(sequence, chain_hash(previous, sequence, body))
        rows.append((chain, sequence, previous, head.hash, *map(orjson.loads(body).get, CELLS), body.decode()))
    return rows, head


@dataclass(frozen=True)
class Load:
    """Number of writing processes, concurrent appenders in each, seconds."""

    writers: int
    appenders: int
    seconds: float


@dataclass(frozen=True)
class WriterResult:
    """Result of one writer: seconds, CPU seconds, and milliseconds of each entry and of each commit."""

    seconds: float
    cpu_s: float
    entries_ms: list[float]
    commits_ms: list[float]


async def write(url: str, chain: type[Chain], writer: int, load: Load, barrier: Barrier) -> WriterResult:
    """Append concurrently until the time is over; all entries that wait are one commit."""
    rng = Random(writer)
    connection = await asyncpg.connect(url)
    appending = chain(connection, writer)
    waiting: list[tuple[bytes, asyncio.Future[None]]] = []
    has_entries = asyncio.Event()
    entries: list[float] = []
    commits: list[float] = []

    async def commit_until_cancelled() -> None:
        while await has_entries.wait():
            batch = waiting.copy()
            waiting.clear()
            has_entries.clear()
            sent = perf_counter()
            await appending.append([body for body, _ in batch])
            commits.append((perf_counter() - sent) * 1_000)
            for _, durable in batch:
                durable.set_result(None)

    async def append_until_the_end() -> None:
        while (sent := perf_counter()) < began + load.seconds:
            ids = tuple(f"persons/P{rng.randrange(PEOPLE):07}" for _ in range(3))
            durable = asyncio.get_running_loop().create_future()
            waiting.append((release(ids).to_bytes(), durable))
            has_entries.set()
            await durable
            entries.append((perf_counter() - sent) * 1_000)

    committing = asyncio.create_task(commit_until_cancelled())
    await asyncio.to_thread(barrier.wait)
    began, began_cpu = perf_counter(), process_time()
    await asyncio.gather(*(append_until_the_end() for _ in range(load.appenders)))
    result = WriterResult(perf_counter() - began, process_time() - began_cpu, entries, commits)
    for _ in ("measured", "noted"):  # the CPU time of a connection's process is lost when it ends
        await asyncio.to_thread(barrier.wait)
    committing.cancel()
    await connection.close()
    return result


def run_writer(results: Queue[WriterResult], *arguments: Any) -> None:
    results.put(asyncio.run(write(*arguments)))


async def prepare(server: PostgresServer) -> None:
    connection = await asyncpg.connect(server.url())
    await connection.execute("DROP TABLE IF EXISTS entry; DROP ROUTINE IF EXISTS append, append_then_flush;")
    await connection.execute(DDL)
    await connection.execute("CHECKPOINT")
    await connection.close()


@dataclass(frozen=True)
class Measured:
    """One run: what the writers did, and the CPU seconds of all processes of the server."""

    writers: list[WriterResult]
    server_cpu_s: float


def measure(server: PostgresServer, chain: type[Chain], load: Load) -> Measured:
    asyncio.run(prepare(server))
    spawn = get_context("spawn")
    barrier, results = spawn.Barrier(load.writers + 1), spawn.Queue()
    processes = [
        spawn.Process(target=run_writer, args=(results, server.url(), chain, writer, load, barrier))
        for writer in range(load.writers)
    ]
    for process in processes:
        process.start()
    cluster = Server(server.pid, server.port)
    barrier.wait()
    began = cluster.cpu_s()
    barrier.wait()
    used = cluster.cpu_s() - began
    barrier.wait()
    writers = [results.get() for _ in processes]
    for process in processes:
        process.join()
    return Measured(writers, used)


def line(place: str, chain: type[Chain], load: Load, rounds: Sequence[Measured]) -> str:
    writers = [writer for measured in rounds for writer in measured.writers]
    per_s = median(sum(len(each.entries_ms) / each.seconds for each in measured.writers) for measured in rounds)
    entries = quantiles([ms for writer in writers for ms in writer.entries_ms], n=100)
    commits = quantiles([ms for writer in writers for ms in writer.commits_ms], n=100)
    count = sum(len(writer.entries_ms) for writer in writers)
    client_us = sum(writer.cpu_s for writer in writers) / count * 1e6
    server_us = sum(measured.server_cpu_s for measured in rounds) / count * 1e6
    batch = count / sum(len(writer.commits_ms) for writer in writers)
    cells = (
        *(place, load.writers, load.appenders, chain.title, f"{per_s:,.0f}", f"{batch:.1f}"),
        *(f"{ms:.1f}" for ms in (commits[49], commits[98], entries[49], entries[98])),
        *(f"{client_us:.0f}", f"{server_us:.0f}"),
    )
    return f"| {' | '.join(map(str, cells))} |"


@contextmanager
def servers() -> Iterator[dict[str, PostgresServer]]:
    """A server alone, and one with a standby that has flushed a commit before it counts."""
    settings = {**DURABLE, "autovacuum": "off"}
    with server_folder() as folder, ExitStack() as running:
        alone = running.enter_context(PostgresServer.create(folder / "alone", settings))
        synchronous = {**settings, "synchronous_standby_names": "standby"}
        primary = running.enter_context(PostgresServer.create(folder / "primary", synchronous))
        running.enter_context(primary.standby(folder / "standby", "standby"))
        yield {"alone": alone, "standby": primary}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=5.0, help="for each chain in each round")
    arguments.add_argument("--rounds", type=int, default=3, help="in which the chains alternate")
    arguments.add_argument("--writers", type=int, nargs="+", default=[1, 2, 4], help="processes that write")
    arguments.add_argument(
        "--appenders", type=int, nargs="+", default=[1, 8], help="concurrent appenders in each writer"
    )
    options = arguments.parse_args()
    print(f"| {' | '.join(TITLES)} |")
    print("|---" * len(TITLES) + "|")
    with servers() as running:
        for place, server in running.items():
            for appenders in options.appenders:
                for writers in options.writers:
                    load = Load(writers, appenders, options.seconds)
                    rounds = [[measure(server, chain, load) for chain in CHAINS] for _ in range(options.rounds)]
                    for number, chain in enumerate(CHAINS):
                        print(line(place, chain, load, [each[number] for each in rounds]), flush=True)


if __name__ == "__main__":
    main()
