"""Faults of a cluster under load, one after another, and what clients saw of each."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.cluster.load import Load
from bench.cluster.nodes import Cluster
from bench.cluster.responses import Outcome, Period

STEADY = 40
BACK_S = 60
"""Seconds in which the cluster has to answer whole again."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One fault, or a time without any.

    back_s: seconds from the fault until the last request was due that was not answered whole.
    """

    name: str
    period: Period
    back_s: float


class Faults:
    """Causes each fault, waits until the cluster answers whole, and repairs what is left of it."""

    def __init__(self, cluster: Cluster, load: Load, report_progress: Callable[[str], None]) -> None:
        self._cluster = cluster
        self._load = load
        self._report_progress = report_progress
        self.episodes: list[Episode] = []

    async def run(self) -> None:
        """All faults. Raises: NotReady if the cluster does not come back."""
        await self._quiet("before")
        await self._episode("server killed", self._kill_server)
        await self._episode("server frozen", self._freeze_server)
        await self._episode("pooler killed", self._kill_pooler)
        await self._episode("primary's PostgreSQL killed", self._kill_primary)
        await self._episode("primary's node killed", self._kill_node)
        await self._episode("each standby frozen", self._cut_standbys)
        await self._episode("everything restarted in turn", self._restart_all)
        await self._quiet("after")

    async def _quiet(self, name: str) -> None:
        began = time.monotonic()
        await self._load.steady(3 * STEADY, began, BACK_S, name)
        self.episodes.append(Episode(name, Period.of(self._load.due_in(began)), 0.0))

    async def _episode(self, name: str, fault: Callable[[], Awaitable[None]]) -> None:
        self._report_progress(name)
        began = time.monotonic()
        await fault()
        await self._steady(name)
        responses = self._load.due_in(began, time.monotonic())
        missed = [each.due_s - began for each in responses if each.outcome is not Outcome.WHOLE]
        self.episodes.append(Episode(name, Period.of(responses), max(missed, default=0.0)))

    async def _steady(self, name: str) -> None:
        await self._load.steady(STEADY, time.monotonic(), BACK_S, name)

    async def _whole(self) -> None:
        await asyncio.to_thread(self._cluster.wait_until_whole)

    async def _start_server(self, number: int) -> None:
        self._cluster.servers[number - 1].start()
        await asyncio.to_thread(self._cluster.wait_for_server, number)

    async def _kill_server(self) -> None:
        self._cluster.servers[0].kill()
        await self._steady("one server")
        await self._start_server(1)

    async def _freeze_server(self) -> None:
        server = self._cluster.servers[1]
        pids = server.freeze()
        await asyncio.to_thread(self._cluster.wait_until_out, 2)
        await self._steady("one server")
        server.thaw(pids)
        await asyncio.to_thread(self._cluster.wait_for_server, 2)

    async def _kill_pooler(self) -> None:
        pooler = self._cluster.poolers[0]
        pooler.kill()
        await self._steady("one pooler")
        pooler.start()
        await asyncio.to_thread(self._cluster.wait_for_server, 1)

    async def _kill_primary(self) -> None:
        primary = await asyncio.to_thread(self._cluster.primary)
        self._cluster.kill_postgres(primary)
        await self._steady("a new primary")
        await self._whole()

    async def _kill_node(self) -> None:
        node = self._cluster.postgres[await asyncio.to_thread(self._cluster.primary)]
        node.kill()
        await self._steady("a new primary")
        node.start()
        await self._whole()

    async def _cut_standbys(self) -> None:
        for index in await asyncio.to_thread(self._cluster.standbys):
            standby = self._cluster.postgres[index]
            pids = standby.freeze()
            await self._steady("one standby")
            standby.thaw(pids)
            await self._whole()

    async def _restart_all(self) -> None:
        cluster = self._cluster
        for number, (server, pooler) in enumerate(zip(cluster.servers, cluster.poolers, strict=True), 1):
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(pooler.stop, signal.SIGINT)
            pooler.start()
            await self._start_server(number)
        cluster.haproxy.send(signal.SIGUSR2)  # new processes take over its ports
        for etcd in cluster.etcd:
            await asyncio.to_thread(etcd.stop)
            etcd.start()
            await asyncio.to_thread(cluster.wait_for_etcd)
        standbys, primary = await asyncio.to_thread(cluster.standbys), await asyncio.to_thread(cluster.primary)
        for index in (*standbys, primary):
            if index == primary:
                await asyncio.to_thread(cluster.switch_over)
                await self._whole()
            await asyncio.to_thread(cluster.postgres[index].stop)
            cluster.postgres[index].start()
            await self._whole()
