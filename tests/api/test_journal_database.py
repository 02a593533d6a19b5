"""Servers whose journal is in a PostgreSQL database: one chain, and no response without its entry."""

import asyncio
import shutil
from pathlib import Path

import pytest

from api.config.journal_store import journal_store
from api.config.setting import InvalidSettings
from api.config.settings import Settings
from audit.entry import Kind
from audit.postgres.store import PostgresStore
from bench.postgres_server import PostgresServer
from tests.audit.postgres.databases import PASSWORD, new_journal
from tests.harness import running_app

QUERY = 'query @inquiry(purpose: C, reason: TRAFFIC_STOP, attention: "Lee 4417") { person(id: "P0000001") { id } }'
READ = """query @inquiry(purpose: C, reason: INVESTIGATION, attention: "weekly") {
    inquiries(by: {record: "persons/P0000001"}) { total edges { node { user records } } }
}"""


async def test_servers_with_folders_of_their_own_write_one_chain(
    data: Path, postgres: PostgresServer, tmp_path: Path
) -> None:
    database = await new_journal(postgres)
    other = Path(shutil.copytree(data, tmp_path / "other"))
    url = database.as_server.url
    async with running_app(data, journal=url) as first, running_app(other, journal=url) as second:
        responses = await asyncio.gather(*(world.execute(QUERY) for _ in range(5) for world in (first, second)))

    store = PostgresStore(database.as_server)
    entries = await asyncio.to_thread(lambda: list(store.search()))
    result = await asyncio.to_thread(store.verify)
    assert {response.status for response in responses} == {200}
    kinds = [found.entry.kind for found in entries]
    assert (kinds.count(Kind.INTENT), kinds.count(Kind.RELEASE), result.is_whole) == (10, 10, True)
    assert not (data / "journal.db").exists()


async def test_a_server_that_loses_its_journal_releases_nothing(
    data: Path, postgres: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    database = await new_journal(postgres)
    async with running_app(data, journal=database.as_server.url) as world:
        async with database.owner() as owner:
            await owner.execute(f"ALTER ROLE {database.role} NOLOGIN")
            await owner.fetch(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1", database.role
            )
            refused = await world.execute(QUERY)
            ready = await world.client.get("/readyz")
            await owner.execute(f"ALTER ROLE {database.role} LOGIN")
        answered = await world.execute(QUERY)

    assert (refused.status, refused.codes, refused.data) == (503, ["AUDIT_UNAVAILABLE"], None)
    assert (ready.status_code, ready.json()["journal"]) == (503, "DOWN")
    assert answered.status == 200
    assert PASSWORD not in caplog.text


async def test_inquiries_are_read_from_the_database(data: Path, postgres: PostgresServer) -> None:
    database = await new_journal(postgres)
    async with running_app(data, journal=database.as_server.url) as world:
        await world.execute(QUERY)
        response = await world.execute(READ, role="auditor")
        again = await world.execute(READ, role="auditor")

    assert response.errors == []
    found = response.data["inquiries"]
    assert [(each["node"]["user"], each["node"]["records"]) for each in found["edges"]] == [
        ("demo-patrol", ["persons/P0000001"])
    ]
    assert found["total"] == 1
    assert again.data == response.data
    assert again.sources["journal"] == "OK"


@pytest.mark.parametrize("address", ["postgresql://u:secret@db.example/x?sslmode=disable", "secret"])
def test_an_address_that_cannot_be_used_is_not_repeated(address: str) -> None:
    with pytest.raises(InvalidSettings, match="NEEDTOKNOW_JOURNAL cannot be used: ") as refused:
        journal_store(Path(), address)

    assert "secret" not in str(refused.value)


def test_the_address_is_in_no_description_of_the_settings() -> None:
    assert "secret" not in repr(Settings.of(journal="postgresql://u:secret@127.0.0.1/x"))
