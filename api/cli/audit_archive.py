"""`needtoknow audit archive` and `copy`: the oldest entries as a file, and all entries in another place."""

from __future__ import annotations

import asyncio
import getpass
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.audit import configured_journal, journal_to_read
from api.cli.console import progress_bar, write
from api.cli.options import Data
from api.config.setting import variable
from api.config.settings import description
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from audit.archive_record import ArchiveRecord
    from audit.journal import JournalStore


def archive(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Archive to write, or one that was recorded.")],
    before: Annotated[
        str | None, typer.Option(metavar="MONTH", help="Archive the entries before this month (UTC): 2026-10.")
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Then remove them from the journal. Of a file, stop the servers first.")
    ] = False,
    data: Data = Path("data"),
    checkpoints: Annotated[
        str, typer.Option(metavar="FILE", envvar=variable("checkpoints"), help=description("checkpoints"))
    ] = "",
) -> None:
    """Write the entries of closed months into a file, with their proof, and record it in the journal."""
    from audit.archives import record_of
    from audit.errors import JournalError

    journal = configured_journal(data)
    with report_as_user_error(JournalError):
        if file.exists():
            if not remove:
                raise UserError(f"{file} exists. Only --remove takes an archive that was recorded.")
            record = record_of(journal, file)
            if record is None:
                raise UserError(f"The journal records no archive like {file}, so no entry is removed.")
        elif before is None:
            raise typer.BadParameter("--before is missing: a month such as 2026-10.")
        else:
            record = write_and_record(journal, month_start(before), file, data, checkpoints)
            write(f"Entries {record.before.sequence + 1} to {record.last.sequence} are in {file}.")
        if remove:
            write(f"Entries removed from the journal: {asyncio.run(journal.remove_archived(record))}.")


def write_and_record(journal: JournalStore, before: str, file: Path, data: Path, checkpoints: str) -> ArchiveRecord:
    """The record of a new archive, which is in the journal and covered by a checkpoint. Raises: JournalError."""
    from api.config.checkpoints import checkpoint_file, signer
    from audit.archives import proof_of, sign, write_archive
    from audit.checkpointer import Checkpointer

    own_signer = signer(data)
    with progress_bar("Archiving") as report:
        record = write_archive(journal, before, file, lambda done: report(done, None))
    sign(proof_of(file), own_signer, record)
    asyncio.run(journal.record_archive(record, getpass.getuser()))
    # The entry of the last checkpoint has to stay in the journal.
    Checkpointer(journal, checkpoint_file(data, checkpoints), own_signer).sign()
    return record


def copy(
    to: Annotated[str, typer.Argument(metavar="TARGET", help="New folder, or postgresql://… with an empty journal.")],
    data: Data = Path("data"),
) -> None:
    """Copy the journal, with the policies, and verify the copy. Servers may write meanwhile."""
    from api.config.data_folder import JOURNAL
    from audit.chain import Anchor
    from audit.copies import copy_to_database, copy_to_file
    from audit.errors import JournalError
    from audit.policy_archive import FOLDER
    from audit.sqlite.store import SqliteStore
    from filesystem.private_file import make_private_folder

    journal = journal_to_read(data)
    with report_as_user_error(JournalError):
        if "://" in to:
            target = configured_journal(data, to)
            with progress_bar("Copying") as report:
                last = copy_to_database(journal, to, report)
        else:
            folder, target = Path(to), SqliteStore(Path(to) / JOURNAL)
            if target.path.exists():
                raise UserError(f"{target.path} exists; choose a new folder.")
            make_private_folder(folder)
            with progress_bar("Copying") as report:
                last = copy_to_file(journal, target.path, report)
            if (data / FOLDER).is_dir():
                shutil.copytree(data / FOLDER, folder / FOLDER, dirs_exist_ok=True)
        with progress_bar("Verifying the copy") as report:
            result = target.verify(anchors=[Anchor(last, "the last entry of the original")], progress=report)
    if not result.is_whole:
        raise UserError(f"The copy {target} is not whole. {result.faults[0]}")
    write(f"The copy {target} is whole. Entries: {result.count}")


def month_start(text: str) -> str:
    """The `stamp` of the first moment of a month that has begun."""
    from audit.entry import stamp

    if re.fullmatch("[0-9]{4}-[0-9]{2}", text) is None:
        raise typer.BadParameter("--before is a month such as 2026-10.")
    try:
        start = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        raise typer.BadParameter("--before is a month such as 2026-10.") from None
    if start > datetime.now(UTC):
        raise UserError(f"{text} has not begun: only closed months are archived.")
    return stamp(start)
