"""Version of a journal's schema: it is refused if it is another, and `migrate` creates it."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from audit.errors import JournalBroken
from audit.postgres.connection import connect, transaction
from audit.postgres.definitions import DDL, VERSION
from sources.postgres.address import Address

COMMENT = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'journal'"
PREFIX = "needtoknow journal, version "
WRITER = """
    GRANT USAGE ON SCHEMA journal TO {role};
    GRANT SELECT ON ALL TABLES IN SCHEMA journal TO {role};
    GRANT EXECUTE ON PROCEDURE journal.append TO {role};
    GRANT EXECUTE ON FUNCTION journal.add, journal.parsed TO {role};
"""
READER = """
    GRANT USAGE ON SCHEMA journal TO {role};
    GRANT SELECT ON ALL TABLES IN SCHEMA journal TO {role};
    GRANT EXECUTE ON FUNCTION journal.parsed TO {role};
"""
ADMINISTRATOR = (
    READER
    + """
    GRANT EXECUTE ON FUNCTION journal.publish, journal.record_archive, journal.remove_archived TO {role};
"""
)


async def version_of(connection: asyncpg.Connection) -> int | None:
    """Version of the journal in a database; None if there is none. Raises: JournalBroken if it is something else."""
    found = await connection.fetch(COMMENT)
    if not found:
        return None
    comment = found[0][0] or ""
    number = comment.removeprefix(PREFIX)
    if number == comment or not number.isdecimal():
        raise JournalBroken("its schema `journal` is not of this program")
    return int(number)


def version_fault(found: int | None) -> str | None:
    """What is wrong with a version, and what to do; None if it is this program's."""
    if found is None:
        return "there is no journal in this database; `needtoknow audit migrate` creates it"
    if found > VERSION:
        return f"it has version {found}, and this program knows {VERSION}; use a newer program"
    if found < VERSION:
        return f"it has version {found}, not {VERSION}; `needtoknow audit migrate` brings it to {VERSION}"
    return None


async def require_version(connection: asyncpg.Connection) -> None:
    """Raises: JournalBroken if there is no journal, or one of another version."""
    if (fault := version_fault(await version_of(connection))) is not None:
        raise JournalBroken(fault)


async def migrate(
    address: Address, *, writers: Sequence[str] = (), readers: Sequence[str] = (), administrators: Sequence[str] = ()
) -> bool:
    """Create the journal, if there is none, and give roles that exist the rights of a server, reader or administrator.

    Returns whether it was created. The role of `address` then owns it.
    Raises: JournalBroken if there is a journal of another version; one of `connection.ERRORS`.
    """
    connection = await connect(address)
    try:
        async with transaction(connection):
            is_new = await version_of(connection) is None
            if is_new:
                await connection.execute(DDL)
            await require_version(connection)
            for grants, roles in ((WRITER, writers), (READER, readers), (ADMINISTRATOR, administrators)):
                for role in roles:
                    quoted = await connection.fetchval("SELECT quote_ident($1)", role)
                    await connection.execute(grants.format(role=quoted))
    finally:
        await connection.close()
    return is_new
