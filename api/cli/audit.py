"""`needtoknow audit`: the group, its key and its database, and what its commands share."""

from __future__ import annotations

import asyncio
import getpass
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import write
from api.cli.options import Data
from api.config.setting import variable
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from audit.journal import JournalStore

TRACE = re.compile("(?:00-)?([0-9a-f]{32})(?:-[0-9a-f]{16}-[0-9a-f]{2})?")
"""A trace id, alone or in a `traceresponse` header."""

app = typer.Typer(name="audit", help="Verify and read the journal.")
Archive = Annotated[
    Path | None, typer.Option("--archive", metavar="FILE", help="Read this archive and not the journal.")
]
Time = Annotated[str | None, typer.Option(metavar="TIME", help="ISO 8601; UTC if it names no time zone.")]


@app.command()
def key(data: Data = Path("data")) -> None:
    """Print the public key of the journal's checkpoints. Store it elsewhere, for verify --key."""
    from api.config.checkpoints import signer
    from audit.errors import JournalError

    with report_as_user_error(JournalError):
        write(signer(data).verifier)


@app.command()
def migrate(
    *,
    writers: Annotated[
        list[str] | None, typer.Option("--writer", metavar="ROLE", help="Role of a server: it may append and read.")
    ] = None,
    readers: Annotated[
        list[str] | None,
        typer.Option("--reader", metavar="ROLE", help="Role that may only read, as verify and copy do."),
    ] = None,
    administrators: Annotated[
        list[str] | None,
        typer.Option("--administrator", metavar="ROLE", help="Role that may publish, revoke and archive."),
    ] = None,
) -> None:
    """Create the journal in the database of NEEDTOKNOW_JOURNAL, whose role will own it, or only grant rights on it."""
    from audit.errors import JournalError
    from audit.sqlite.store import SqliteStore

    journal = configured_journal(Path())
    if isinstance(journal, SqliteStore):
        raise UserError(f"{variable('journal')} names no database. A server creates a journal in a file by itself.")
    from audit.postgres.store import PostgresStore  # after that, because it may not be installed

    assert isinstance(journal, PostgresStore)
    with report_as_user_error(JournalError):
        is_new = asyncio.run(journal.migrate(writers or (), readers or (), administrators or ()))
    write(f"The journal {journal} {'was created' if is_new else 'was there'}.")


def configured_journal(data: Path, address: str | None = None) -> JournalStore:
    """The journal at an address, or the one that the settings name. Raises: UserError."""
    from api.config.journal_store import journal_store
    from api.config.setting import InvalidSettings
    from api.config.settings import Settings

    with report_as_user_error(InvalidSettings):
        return journal_store(data, Settings.from_environment().journal.journal if address is None else address)


def journal_to_read(data: Path, archive: Path | None = None) -> JournalStore:
    """The archive, if one is named, or the journal that the settings name. Raises: UserError if its file is missing."""
    from audit.sqlite.store import SqliteStore

    journal = configured_journal(data) if archive is None else SqliteStore(archive)
    if isinstance(journal, SqliteStore):
        try:
            journal.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            if archive is not None:
                raise UserError(f"There is no archive {archive}.") from None
            raise UserError(f"There is no journal at {journal.path}. --data names the folder of the server.") from None
    return journal


def record_read(data: Path, **filters: object) -> None:
    """Append a READ entry with the filters that were given, before anything is shown. Raises: JournalError."""
    from audit.entry import Entry, Kind

    journal = configured_journal(data)
    given = tuple(f"{name}={value}" for name, value in filters.items() if value is not None)
    asyncio.run(journal.append_once(Entry(kind=Kind.READ, user=f"local:{getpass.getuser()}", filters=given)))


def parse_period(since: str | None, until: str | None) -> dict[str, datetime | None]:
    """The times of --since and --until. Raises: BadParameter if one is no time, or nothing is between them."""
    start, end = parse_time(since, "--since"), parse_time(until, "--until")
    if start is not None and end is not None and end <= start:
        raise typer.BadParameter("--until must be after --since. One day is --since 2026-01-31 --until 2026-02-01.")
    return {"since": start, "until": end}


def parse_time(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # overflow: its year in UTC is not 1 to 9999
        raise typer.BadParameter(f"{option} is a time such as 2026-01-31 or 2026-01-31T08:00-08:00.") from None
