"""Rights on the journal's database: a server can append, and neither it nor a mistake of the owner changes an entry."""

from collections.abc import Callable

import asyncpg
import pytest

from audit.entry import Entry
from audit.postgres.journal import PostgresJournal
from audit.postgres.version import migrate
from tests.audit.postgres.databases import Database

CHANGES = (
    "UPDATE journal.entry SET body = '{}'",
    "DELETE FROM journal.entry",
    "TRUNCATE journal.entry",
    "INSERT INTO journal.entry SELECT * FROM journal.entry",
    "INSERT INTO journal.entry (sequence, previous, hash, body) VALUES (3, '', '', '{}')",
    "INSERT INTO journal.entry (sequence, previous, hash, body) SELECT 1, previous, hash, body FROM journal.entry",
)
DEFINITIONS = (
    "ALTER TABLE journal.entry DISABLE TRIGGER ALL",
    "DROP TABLE journal.entry",
    "CREATE TABLE journal.other ()",
    "CREATE OR REPLACE FUNCTION journal.parsed(body text) RETURNS jsonb LANGUAGE sql AS 'SELECT NULL::jsonb'",
    "SET session_replication_role = replica",
)


@pytest.mark.parametrize("statement", [*CHANGES, *DEFINITIONS])
async def test_the_role_of_a_server_can_only_append(
    journal: PostgresJournal, database: Database, make_intent: Callable[..., Entry], statement: str
) -> None:
    await journal.append(make_intent(1))
    connection = await asyncpg.connect(database.as_server.url)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("role", ["origin", "replica"])
async def test_a_trigger_refuses_a_change_by_the_owner(
    journal: PostgresJournal, owner: asyncpg.Connection, make_intent: Callable[..., Entry], statement: str, role: str
) -> None:
    await journal.append(make_intent(1))
    await owner.execute(f"SET session_replication_role = {role}")

    with pytest.raises(asyncpg.RaiseError, match=r"never changed or removed|follows the last one"):
        await owner.execute(statement)


async def test_a_reader_can_read_and_not_append(
    journal: PostgresJournal, database: Database, owner: asyncpg.Connection, make_intent: Callable[..., Entry]
) -> None:
    await journal.append(make_intent(1))
    await owner.execute('CREATE ROLE "an Auditor"')
    await migrate(database.as_owner, readers=["an Auditor"])
    await owner.execute('SET ROLE "an Auditor"')

    assert await owner.fetchval("SELECT count(*) FROM journal.entry WHERE journal.parsed(body) IS NOT NULL") == 1
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.fetch("SELECT journal.add(ARRAY['{}'], 0, '')")
    await owner.execute('RESET ROLE; DROP OWNED BY "an Auditor"; DROP ROLE "an Auditor"')
