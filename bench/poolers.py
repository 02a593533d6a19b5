"""Sources and journal direct, and through PgBouncer: requests a second, latency and CPU, side by side.

`python -m bench.poolers` starts PostgreSQL, and PgBouncer in transaction mode if it is installed. From version 1.21 on
it knows prepared statements, so that way is measured too; `--pgbouncer` names another program.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time

from audit.entry import Entry, Kind
from audit.postgres.journal import PostgresJournal
from audit.postgres.version import migrate
from bench.data_folder import world_folder
from bench.pgbouncer import PREPARED_SINCE, PgBouncer, program, version_of
from bench.postgres_server import DURABLE, PostgresServer, server_folder
from bench.processes import Server
from engine.authorization import Visible
from policy.caller import Assurance, Caller
from policy.clearance import Clearance
from policy.decide import decide
from policy.grants import Grant
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from resolvers.persons import PERSON
from seed.postgres import copy_world
from sources.postgres.address import POOLERS, Address
from sources.postgres.source import PostgresSource

PEOPLE = 1_000

Ask = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Way:
    """A way to the database."""

    title: str
    address: Address
    processes: tuple[int, ...]


@dataclass(frozen=True)
class Round:
    """One measurement of one way: latencies in milliseconds, and CPU seconds of the client and of the others."""

    seconds: float
    latencies_ms: list[float]
    client_s: float
    servers_s: float


async def measure(way: Way, clients: int, seconds: float, ask: Ask) -> Round:
    """Ask over and over, with that many at a time."""
    latencies: list[float] = []
    await asyncio.gather(*(ask() for _ in range(clients)))

    def servers_s() -> float:
        return sum(Server(pid, 0).cpu_s() for pid in way.processes)

    began, client_s, others_s = perf_counter(), process_time(), servers_s()

    async def ask_until_the_end() -> None:
        while (sent := perf_counter()) < began + seconds:
            await ask()
            latencies.append((perf_counter() - sent) * 1_000)

    await asyncio.gather(*(ask_until_the_end() for _ in range(clients)))
    return Round(perf_counter() - began, latencies, process_time() - client_s, servers_s() - others_s)


async def read(way: Way, clients: int, seconds: float) -> Round:
    """One person by number, of a source with a connection for each client."""
    source = PostgresSource("persons", way.address, connections=clients, deadline_s=30)
    grant, numbers = _grant(), count()
    columns = [Visible(name, is_masked=False) for name in ("surname", "given", "birth_date", "sex", "ssn")]

    async def ask() -> None:
        await source.fetch(PERSON.request(("id",), [f"P{next(numbers) % PEOPLE + 1:07}"], columns, grant))

    try:
        return await measure(way, clients, seconds, ask)
    finally:
        await source.close()


async def write(way: Way, clients: int, seconds: float) -> Round:
    """One entry of the journal; those that wait share a commit."""
    journal = await PostgresJournal.open(way.address, deadline_s=30)
    numbers = count()

    async def ask() -> None:
        records = (f"persons/P{next(numbers) % PEOPLE + 1:07}",)
        await journal.append(Entry(kind=Kind.INTENT, user="bench", role="patrol", record_ids=records))

    try:
        return await measure(way, clients, seconds, ask)
    finally:
        await journal.close()


def _grant() -> Grant:
    inquiry = Inquiry(Purpose.C, Reason.INVESTIGATION, "26-0417", None)
    until = Clearance(certified_until=date(2100, 1, 1))
    caller = Caller("bench", "Bench", "BENCH", "CA9190000", Role.INVESTIGATOR, True, until, Assurance.AAL2, "bench")
    grant = decide(Policy.load(), caller, inquiry, RecordClass, today=date(2026, 3, 2))[RecordClass.IDENTITY]
    assert isinstance(grant, Grant)
    return grant


def ways(server: PostgresServer, poolers: ExitStack, folder: Path, pgbouncer: str | None) -> Iterator[Way]:
    yield Way("direct", Address.parse(server.url()), (server.pid,))
    if pgbouncer is None:
        print("PgBouncer is not installed, so only the direct way is measured.")
        return
    version = version_of(pgbouncer)
    for kind in POOLERS if version >= PREPARED_SINCE else POOLERS[:1]:
        settings = {"default_pool_size": "16"} | ({"max_prepared_statements": "200"} if kind == "prepared" else {})
        pooler = PgBouncer(folder / kind, server.port, {"postgres": server.password}, program=pgbouncer, **settings)
        poolers.enter_context(pooler)
        url = server.url().replace(f":{server.port}/", f":{pooler.port}/")
        title = f"PgBouncer {version[0]}.{version[1]}, pooler={kind}"
        yield Way(title, Address.parse(f"{url}?pooler={kind}"), (server.pid, pooler.pid))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pgbouncer", default=program(), help="the program")
    arguments.add_argument("--seconds", type=float, default=2.0, help="for each way in each round")
    arguments.add_argument("--rounds", type=int, default=5, help="in which the ways alternate")
    options = arguments.parse_args()
    world = world_folder(Path("build"), PEOPLE, lambda text: print(text, flush=True))
    with (
        server_folder() as folder,
        PostgresServer.create(folder / "cluster", DURABLE) as server,
        ExitStack() as poolers,
    ):
        copy_world(world, Address.parse(server.url()))
        asyncio.run(migrate(Address.parse(server.url())))
        all_ways = list(ways(server, poolers, folder, options.pgbouncer))
        print("| task | clients | way | a second | p50 ms | p99 ms | client, server CPU µs |")
        print("|---|---|---|---|---|---|---|")
        for task, run in (("a person", read), ("an entry", write)):
            for clients in (1, 8):
                rounds: dict[str, list[Round]] = {way.title: [] for way in all_ways}
                for _ in range(options.rounds):
                    for way in all_ways:
                        rounds[way.title].append(asyncio.run(run(way, clients, options.seconds)))
                for title, measured in rounds.items():
                    print(f"| {task} | {clients} | {title} | {row(measured)} |", flush=True)


def row(rounds: list[Round]) -> str:
    """Requests a second, percentiles, and CPU of the client and of the servers for a request."""
    latencies = [each for one in rounds for each in one.latencies_ms]
    hundredths = quantiles(latencies, n=100)
    per_s = median(len(one.latencies_ms) / one.seconds for one in rounds)
    cpu_us = [sum(getattr(one, name) for one in rounds) / len(latencies) * 1e6 for name in ("client_s", "servers_s")]
    return f"{per_s:,.0f} | {hundredths[49]:.2f} | {hundredths[98]:.1f} | {cpu_us[0]:,.0f}, {cpu_us[1]:,.0f}"


if __name__ == "__main__":
    main()
