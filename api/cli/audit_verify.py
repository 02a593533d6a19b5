"""`needtoknow audit verify`: the journal, its archives and its checkpoints."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from api.cli.audit import configured_journal
from api.cli.console import progress_bar, write
from api.cli.options import Data
from api.config.setting import variable
from api.config.settings import description
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from audit.chain import Receipt
    from audit.journal import JournalStore
    from audit.verification import Verification


def verify(
    data: Data = Path("data"),
    anchor: Annotated[
        str | None, typer.Option(metavar="SEQUENCE:HASH", help="Anchor that an earlier verify printed.")
    ] = None,
    checkpoints: Annotated[
        str, typer.Option(metavar="FILE", envvar=variable("checkpoints"), help=description("checkpoints"))
    ] = "",
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="Public key of the checkpoints. Default: the data folder's own.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Maximum faults listed of each kind; all are counted.")] = 20,
    archives: Annotated[
        list[Path] | None,
        typer.Option("--archive", metavar="FILE", help="Archive to verify with it as one chain; give all."),
    ] = None,
) -> None:
    """Verify the whole journal. Exit status 1, and everything that does not hold, if it is not whole."""
    from heapq import merge

    from api.config.checkpoints import checkpoint_file, signer
    from api.config.secret_file import CHECKPOINT_KEY
    from audit.archives import proof_of
    from audit.archives import verify as verify_with_archives
    from audit.chain import Anchor
    from audit.checkpoints import read
    from audit.errors import CheckpointError, JournalError
    from audit.faults import FaultKind, FaultLog
    from audit.signed_note import InvalidSigningKey, Verifier

    faults = FaultLog(limit)

    def sequence_of(anchor: Anchor) -> int:
        return anchor.receipt.sequence

    def report(error: CheckpointError) -> None:
        faults.add(FaultKind.CHECKPOINT, None, str(error).removesuffix("."))

    journal = configured_journal(data)
    anchors = [] if anchor is None else [Anchor(parse_anchor(anchor))]
    with report_as_user_error(JournalError), progress_bar("Verifying the journal") as show_progress:
        file, signed = checkpoint_file(data, checkpoints), None
        # If there is a key there were checkpoints; only a copy of the journal alone has neither.
        if checkpoints or key or file.exists() or (data / CHECKPOINT_KEY.name).exists():
            try:
                verifier = Verifier.parse(key) if key else signer(data).verifier
                proofs = [proof for each in archives or () if (proof := proof_of(each)).exists()]
                signed = merge(*(read(each, verifier, report) for each in (file, *proofs)), key=sequence_of)
            except InvalidSigningKey as invalid:
                raise typer.BadParameter(f"--key: {invalid}.") from None
            except CheckpointError as unusable:
                report(unusable)
        result = verify_with_archives(
            journal,
            archives or (),
            anchors=merge(signed or (), anchors, key=sequence_of),
            progress=show_progress,
            faults=faults,
        )
    if not result.is_whole:
        report_faults(result)
    write(f"The journal is whole. Entries: {result.count}")
    if result.archived:
        write(f"Entries 1 to {result.archived} are in archives that were not read; --archive verifies them too.")
    if result.covered == 0:
        write("No signed checkpoint or anchor covers an entry: entries may have been cut off or rewritten unseen.")
    else:
        covers = "The anchor covers" if signed is None else "Signed checkpoints cover"
        write(f"{covers} entries {result.archived + 1} to {result.covered} of {result.last}.")
    if signed is not None and (caveat := checkpoint_caveat(journal, file)) is not None:
        write(caveat)
    write(f"Store this anchor elsewhere, for --anchor: {result.last}:{result.head.hex()}")


def report_faults(result: Verification) -> NoReturn:
    """Print the faults if there are several. Raises: UserError with the first, and the number of each kind."""
    first = str(result.faults[0])
    if any(fault.kind.value != "CHECKPOINT" or fault.sequence is not None for fault in result.faults):
        first = f"The journal is not whole. {first}"
    total = sum(result.fault_counts.values())
    if total == 1:
        raise UserError(first)
    for fault in result.faults:
        write(fault)
    kinds = ", ".join(f"{count} {kind.value}" for kind, count in result.fault_counts.items())
    more = "" if total == len(result.faults) else " --limit lists more."
    raise UserError(f"{first} Faults: {kinds}.{more}")


def checkpoint_caveat(journal: JournalStore, checkpoints: Path) -> str | None:
    """Why checkpoints may prove nothing: the writer of the journal's file can also change them."""
    from audit.sqlite.store import SqliteStore

    if not isinstance(journal, SqliteStore):
        return None
    if checkpoints.resolve().parent == journal.path.resolve().parent:
        return "The checkpoints are in the journal's folder: they prove nothing against someone who can write there."
    if checkpoints.stat().st_uid == journal.path.stat().st_uid:
        return (
            "The checkpoints have the journal's owner: they prove nothing against that user, "
            "unless the user can only append to them."
        )
    return None


def parse_anchor(text: str) -> Receipt:
    from audit.chain import Receipt

    anchor = re.fullmatch("([0-9]{1,18}):([0-9a-fA-F]{64})", text)
    if anchor is None:
        raise typer.BadParameter("--anchor is SEQUENCE:HASH, as verify printed it.")
    return Receipt(int(anchor[1]), bytes.fromhex(anchor[2]))
