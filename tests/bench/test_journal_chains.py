"""The chains that `bench.journal_chains` compares: each one appends every entry, linked."""

import asyncio

import asyncpg
import pytest

from audit.chain import GENESIS, chain_hash
from bench.journal_chains import CHAINS, Chain, Load, line, measure
from bench.postgres_server import PostgresServer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("chain", [CHAINS[0], *(pytest.param(each, marks=pytest.mark.system) for each in CHAINS[1:])])
def test_each_chain_links_all_entries_of_two_writers(postgres: PostgresServer, chain: type[Chain]) -> None:
    load = Load(writers=2, appenders=2, seconds=0.05)

    measured = measure(postgres, chain, load)

    written = sum(len(writer.entries_ms) for writer in measured.writers)
    heads: dict[int, bytes] = {}
    entries = asyncio.run(entries_of(postgres))
    for number, sequence, previous, hash, body in entries:
        assert (previous, hash) == (heads.get(number, GENESIS), chain_hash(previous, sequence, body.encode()))
        heads[number] = hash
    assert len(entries) == written >= 4
    assert line("alone", chain, load, [measured, measured]).startswith(f"| alone | 2 | 2 | {chain.title} |")


async def entries_of(server: PostgresServer) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(server.url())
    try:
        return await connection.fetch("SELECT chain, sequence, previous, hash, body FROM entry ORDER BY 1, 2")
    finally:
        await connection.close()
