"""A whole run: the cluster is started, asked and disturbed; then its journal is compared with the responses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from api.auth.demo_issuer import DemoIssuer
from bench.cluster.faults import Episode, Faults
from bench.cluster.load import Load
from bench.cluster.nodes import Cluster
from bench.cluster.programs import Programs
from bench.cluster.responses import Outcome, Response
from bench.postgres_server import server_folder
from policy.roles import Role

RATE = 20.0


@dataclass(frozen=True, slots=True)
class Result:
    """What clients saw, and what the journal has.

    without_entries: ids of inquiries that were answered, and have no intent or no release.
    verified:        what `needtoknow audit verify` printed for each server, with that server's checkpoints.
    """

    episodes: list[Episode]
    responses: list[Response]
    without_entries: list[str]
    entries: int
    is_verified: bool
    verified: list[str]

    @property
    def wrong(self) -> list[Response]:
        return [each for each in self.responses if each.outcome is Outcome.WRONG]


def run(world: Path, rate: float = RATE, report_progress: Callable[[str], None] = print) -> Result:
    """A run with the records of a world. Raises: NotInstalled, NotReady."""
    with server_folder() as folder:
        report_progress("installing Patroni")
        programs = Programs.find(folder)
        report_progress("starting the cluster")
        with Cluster(folder, programs, world) as cluster:
            token = DemoIssuer.open(cluster.token_folder()).token(Role.INVESTIGATOR, aal=2, minutes=60)
            headers = {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Accept": "application/json",
            }
            load = Load(f"{cluster.url}/graphql", headers, rate)
            faults = Faults(cluster, load, report_progress)
            asyncio.run(_disturb(load, faults, world))
            report_progress("reading the journal")
            entries = asyncio.run(_entries(cluster.journal.url))
            verified = [cluster.verify(number) for number in (1, 2)]
            report_progress("ending the cluster")
    return Result(
        faults.episodes,
        load.responses,
        without_entries(load.responses, entries),
        len(entries),
        not any(each.returncode for each in verified),
        [each.stdout + each.stderr for each in verified],
    )


async def _disturb(load: Load, faults: Faults, world: Path) -> None:
    await load.learn(world)
    sending = asyncio.create_task(load.run())
    try:
        await faults.run()
    finally:
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending


async def _entries(url: str) -> set[tuple[str, str, int]]:
    """The id, kind and number of each entry."""
    connection = await asyncpg.connect(url)
    try:
        return {tuple(row) for row in await connection.fetch("SELECT id, kind, sequence FROM journal.entry")}
    finally:
        await connection.close()


def without_entries(responses: Iterable[Response], entries: Iterable[tuple[str, str, int]]) -> list[str]:
    """The ids of answered inquiries of which the intent or the release is missing."""
    found = {(id, kind) for id, kind, _ in entries}
    answered = [each for each in responses if each.outcome in {Outcome.WHOLE, Outcome.PARTIAL, Outcome.WRONG}]
    return [
        each.inquiry_id for each in answered if not {(each.inquiry_id, "INTENT"), (each.inquiry_id, "RELEASE")} <= found
    ]
