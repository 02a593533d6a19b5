"""Version of the journal in a database: created and granted by a command, and refused if it is another."""

import logging

import asyncpg
import pytest

from audit.errors import JournalBroken
from audit.postgres.definitions import DECLARED, DEFINITIONS
from audit.postgres.journal import PostgresJournal
from audit.postgres.store import PostgresStore
from audit.postgres.version import migrate
from bench.postgres_server import PostgresServer
from sources.postgres.address import Address
from tests.audit.postgres.databases import Database
from tests.postgres import new_database


async def test_a_database_without_a_journal_is_refused_with_what_to_do(postgres_url: str) -> None:
    address = Address.parse(postgres_url)

    with pytest.raises(JournalBroken, match=r"there is no journal in this database; `needtoknow audit migrate` creat"):
        await PostgresJournal.open(address)


async def test_a_journal_is_created_once(postgres_url: str) -> None:
    address = Address.parse(postgres_url)

    assert [await migrate(address), await migrate(address)] == [True, False]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("needtoknow journal, version 0", "it has version 0, not 1; `needtoknow audit migrate` brings it to 1"),
        ("needtoknow journal, version 2", "it has version 2, and this program knows 1; use a newer program"),
        ("of something else", "its schema `journal` is not of this program"),
    ],
)
async def test_a_journal_of_another_version_is_refused(
    database: Database, owner: asyncpg.Connection, comment: str, message: str
) -> None:
    await owner.execute(f"COMMENT ON SCHEMA journal IS '{comment}'")

    with pytest.raises(JournalBroken, match=message):
        await PostgresJournal.open(database.as_server)
    with pytest.raises(JournalBroken):
        await migrate(database.as_owner, writers=["nobody-knows-this-role"])


async def test_definitions_txt_is_what_journal_sql_declares(database: Database, owner: asyncpg.Connection) -> None:
    await owner.execute("SET search_path = pg_catalog")
    lines = [f"{name}\t{definition}\n" for name, definition in await owner.fetch(DEFINITIONS)]

    assert "".join(lines) == DECLARED.read_text("utf-8")


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("ALTER TABLE journal.entry DISABLE TRIGGER entry_stays", "the trigger entry_stays was changed"),
        ("DROP TRIGGER entry_is_the_next ON journal.entry", "the trigger entry_is_the_next is missing"),
        ("DROP INDEX journal.entry_by_record", "the index entry_by_record is missing"),
        ("ALTER TABLE journal.entry ADD COLUMN other text", "the column other does not belong there"),
        ("CREATE RULE none AS ON INSERT TO journal.entry DO INSTEAD NOTHING", "the rule none does not belong there"),
        (
            "CREATE OR REPLACE FUNCTION journal.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "the function refuse_change was changed",
        ),
    ],
)
async def test_a_changed_definition_is_refused_and_reported(
    database: Database, owner: asyncpg.Connection, statement: str, fault: str
) -> None:
    await owner.execute(statement)

    with pytest.raises(JournalBroken, match=fault):
        await PostgresJournal.open(database.as_server)


async def test_a_journal_that_its_own_role_could_change_is_logged(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    journal = await PostgresJournal.open(database.as_owner)
    await journal.close()

    assert caplog.messages == [
        "the journal's role owns its table and could change entries; use another role: docs/journal.md"
    ]
    assert str(PostgresStore(database.as_owner)).startswith("127.0.0.1:")


async def test_a_journal_in_another_encoding_is_refused(postgres: PostgresServer) -> None:
    url = await new_database(postgres)
    name = f"{url.rpartition('/')[2]}_latin"
    connection = await asyncpg.connect(url)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'")
    await connection.close()

    with pytest.raises(JournalBroken, match=r"cannot be opened: its encoding is LATIN1, not UTF8\."):
        await PostgresJournal.open(Address.parse(postgres.url(name)))
