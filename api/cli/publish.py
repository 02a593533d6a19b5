"""`needtoknow publish` and `needtoknow revoke`: changes for every server of one journal's database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.audit import configured_journal
from api.cli.console import write, write_json
from api.cli.options import Json
from api.cli.output_format import grid
from api.config.setting import variable
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from audit.changes import Change
    from sources.postgres.address import Address

MAX_ID_LENGTH = 200

app = typer.Typer(name="publish", help="Publish a policy or keys for every server of one journal's database.")
File = Annotated[Path, typer.Argument(metavar="FILE", help="File to publish.")]


@app.command()
def policy(file: File) -> None:
    """Put a policy matrix into force on every server, within a second. The journal records it."""
    from audit.changes import Change, ChangeKind
    from policy.errors import PolicyError
    from policy.table import MAX_BYTES, Policy

    text = read_text(file, MAX_BYTES)
    with report_as_user_error(PolicyError):
        version = Policy.parse(text, file).version
    publish([Change(ChangeKind.POLICY, text)])
    write(f"Policy {version} is published.")


@app.command()
def keys(file: File) -> None:
    """Replace the issuer's keys on every server, within a second. The journal records it."""
    from api.auth.jwks import MAX_BYTES, InvalidJwks, parse_jwks
    from audit.changes import Change, ChangeKind

    text = read_text(file, MAX_BYTES)
    with report_as_user_error(InvalidJwks):
        count = len(parse_jwks(text.encode(), str(file)))
    publish([Change(ChangeKind.KEYS, text)])
    write(f"Keys are published: {count}.")


@app.command("list")
def list_changes(json: Json = False) -> None:
    """Print every change, oldest first: what was published, when and by whom."""
    from audit.errors import JournalError

    address = database()
    from audit.postgres.changes import read_changes  # after that, because it may not be installed

    with report_as_user_error(JournalError):
        found = asyncio.run(read_changes(address))
    rows = [(each.number, each.change.kind.value, each.change.name, each.at, each.user) for each in found]
    if json:
        for row in rows:
            write_json(dict(zip(("number", "kind", "name", "at", "user"), row, strict=True)))
        return
    grid(("number", "kind", "name", "at", "by"), rows)


def revoke(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="The sub or jti of a token.")],
    restore: Annotated[bool, typer.Option("--restore", help="Accept them again.")] = False,
) -> None:
    """Reject accounts or tokens on every server of one journal's database, within a second. The journal records it."""
    from audit.changes import Change, ChangeKind

    for each in ids:
        if not each.isprintable() or not 0 < len(each) <= MAX_ID_LENGTH or each.split() != [each]:
            raise typer.BadParameter(f"An ID is the sub or jti of a token: up to {MAX_ID_LENGTH} printable letters.")
    kind = ChangeKind.RESTORE if restore else ChangeKind.REVOKE
    publish([Change(kind, each) for each in ids])
    write(f"{'Restored' if restore else 'Revoked'}: {len(ids)}.")


def publish(changes: Sequence[Change]) -> None:
    from audit.errors import JournalError

    address = database()
    from audit.postgres.changes import publish  # after that, because it may not be installed

    with report_as_user_error(JournalError):
        asyncio.run(publish(address, changes))


def database() -> Address:
    """The address of the journal's database. Raises: UserError if the journal is a file."""
    from audit.sqlite.store import SqliteStore

    journal = configured_journal(Path())
    if isinstance(journal, SqliteStore):
        raise UserError(
            f"{variable('journal')} names no database. One machine has files: {variable('policy')}, "
            f"{variable('jwks')} and {variable('revoked')}."
        )
    from audit.postgres.store import PostgresStore  # after that, because it may not be installed

    assert isinstance(journal, PostgresStore)
    return journal.address


def read_text(path: Path, max_bytes: int) -> str:
    from filesystem.regular_file import read_bounded

    try:
        return read_bounded(path, max_bytes).decode()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8.") from None
