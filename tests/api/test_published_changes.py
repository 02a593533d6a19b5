"""Changes that an administrator publishes: in force on every server of one journal's database, and never missed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time
from typing import Any

import httpx
import orjson
import pytest
from joserfc.jwk import ECKey

from audit.changes import Change, ChangeKind
from audit.errors import JournalUnavailable
from audit.postgres.changes import publish
from bench.postgres_server import PostgresServer
from policy.table import MATRIX
from sources.postgres.address import Address
from tests.api.tokens import ISSUER, signed
from tests.audit.postgres.databases import Database, new_journal
from tests.harness import PERSON_QUERY, running_app

COMMAND = Path(sys.executable).with_name("needtoknow")
START_S, WITHIN_S = 60, 1.0


@pytest.fixture
async def database(postgres: PostgresServer) -> Database:
    return await new_journal(postgres)


def jwks(*keys: ECKey) -> bytes:
    return orjson.dumps({"keys": [key.as_dict(private=False) for key in keys]})


def key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


def token(key: ECKey, **claims: Any) -> str:
    now = int(time())
    times = {"iat": now - 10, "exp": now + 600, "auth_time": now - 20, "certified_until": "2099-01-01"}
    return signed(key, **{**times, **claims})


def environment(**settings: object) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
    return own | {f"NEEDTOKNOW_{name.upper()}": str(value) for name, value in settings.items()}


@contextmanager
def server(data: Path, **settings: object) -> Iterator[str]:
    """The address of a server process that listens."""
    process = subprocess.Popen(
        [COMMAND, "serve", "--port", "0", "--data", data],
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split(" listens at ")[1].split("/graphql")[0]
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


@dataclass
class Servers:
    """Two server processes of one journal's database, each with a data folder of its own."""

    urls: list[str]
    administrator: Address
    client: httpx.AsyncClient

    async def ask(self, url: str, token: str, query: str = PERSON_QUERY) -> httpx.Response:
        return await self.client.post(
            f"{url}/graphql", json={"query": query}, headers={"Authorization": f"Bearer {token}"}
        )

    async def seconds_until(self, is_so: Callable[[httpx.Response], bool], token: str, change: Change) -> float:
        """The time from just before a change is published until responses of every server are so."""
        began = monotonic()
        await publish(self.administrator, [change])
        for url in self.urls:
            while not is_so(await self.ask(url, token)):
                assert monotonic() - began < START_S
        return monotonic() - began


@pytest.fixture
async def issuer() -> ECKey:
    return key("first")


@pytest.fixture
async def servers(seeded: Path, database: Database, issuer: ECKey, tmp_path: Path) -> AsyncIterator[Servers]:
    keys = tmp_path / "jwks.json"
    keys.write_bytes(jwks(issuer))
    settings = {"journal": database.as_server.url, "issuer": ISSUER, "jwks": keys, "failed_auth_delay_s": 0}
    folders = [Path(shutil.copytree(seeded, tmp_path / name)) for name in ("one", "two")]
    with ExitStack() as stack:
        urls = [stack.enter_context(server(folder, **settings)) for folder in folders]
        async with httpx.AsyncClient(timeout=START_S) as client:
            yield Servers(urls, database.as_administrator, client)


def is_status(status: int) -> Callable[[httpx.Response], bool]:
    return lambda response: response.status_code == status


def is_released(response: httpx.Response) -> bool:
    return response.status_code == 200 and response.json()["data"]["person"] is not None


def is_withheld(response: httpx.Response) -> bool:
    return response.status_code == 200 and response.json()["data"]["person"] is None


@pytest.mark.slow
async def test_a_revocation_is_in_force_on_every_server_within_a_second(servers: Servers, issuer: ECKey) -> None:
    mine, theirs = token(issuer, sub="u-1", jti="one"), token(issuer, sub="u-2", jti="two")
    before = [await servers.ask(url, mine) for url in servers.urls]
    took = await servers.seconds_until(is_status(401), mine, Change(ChangeKind.REVOKE, "u-1"))
    others = [await servers.ask(url, theirs) for url in servers.urls]
    back = await servers.seconds_until(is_status(200), mine, Change(ChangeKind.RESTORE, "u-1"))

    assert [is_released(each) for each in before + others] == [True] * 4
    assert max(took, back) < WITHIN_S


@pytest.mark.slow
async def test_a_policy_is_in_force_on_every_server_within_a_second(servers: Servers, issuer: ECKey) -> None:
    usual = MATRIX.read_text("utf-8")
    mine = token(issuer)
    before = [await servers.ask(url, mine) for url in servers.urls]
    took = await servers.seconds_until(is_withheld, mine, Change(ChangeKind.POLICY, all_denied(usual)))
    back = await servers.seconds_until(is_released, mine, Change(ChangeKind.POLICY, usual))

    assert [is_released(each) for each in before] == [True, True]
    assert max(took, back) < WITHIN_S


@pytest.mark.slow
async def test_keys_are_in_force_on_every_server_within_a_second(servers: Servers, issuer: ECKey) -> None:
    """Also for tokens that were accepted just before."""
    new = key("second")
    old_token, new_token = token(issuer), token(new)
    before = [
        ((await servers.ask(url, old_token)).status_code, (await servers.ask(url, new_token)).status_code)
        for url in servers.urls
    ]
    took = await servers.seconds_until(is_status(401), old_token, Change(ChangeKind.KEYS, jwks(new).decode()))
    after = [(await servers.ask(url, new_token)).status_code for url in servers.urls]

    assert (before, after) == ([(200, 401)] * 2, [200, 200])
    assert took < WITHIN_S


@pytest.mark.slow
async def test_a_change_is_in_force_after_every_connection_was_ended(
    servers: Servers, database: Database, issuer: ECKey
) -> None:
    mine = token(issuer, sub="u-1")
    before = [await servers.ask(url, mine) for url in servers.urls]
    ended = 0
    async with database.owner() as owner:
        ended = await owner.fetchval(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE usename = $1", database.role
        )
        await servers.seconds_until(is_status(401), mine, Change(ChangeKind.REVOKE, "u-1"))
    after = [await servers.ask(url, token(issuer, sub="u-2")) for url in servers.urls]

    assert ended >= 4  # of each server, that of the journal and that of its changes
    assert [is_released(each) for each in before + after] == [True] * 4


def all_denied(matrix: str) -> str:
    """The matrix with no access for patrol."""
    column = re.search("^record_class +patrol", matrix, re.MULTILINE)
    assert column is not None
    return re.sub("^([A-Z_]+ +)[AMSDO]", r"\1D", matrix, flags=re.MULTILINE)


async def test_a_stale_server_answers_503_and_is_not_ready(
    data: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_app(data, journal=database.as_server.url) as world:
        ready = await world.client.get("/readyz")

        def raise_if_stale() -> None:
            raise JournalUnavailable

        monkeypatch.setattr(world.resources.changes.monitor, "raise_if_stale", raise_if_stale)
        refused = await world.execute(PERSON_QUERY)
        stale = await world.client.get("/readyz")

    assert (ready.status_code, stale.status_code, stale.json()["journal"]) == (200, 503, "DOWN")
    assert (refused.status, refused.codes, refused.data) == (503, ["AUDIT_UNAVAILABLE"], None)
