"""`needtoknow audit verify`: the journal, its archives and its checkpoints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, NoReturn

import typer

from api.cli.audit import configured_journal
from api.cli.console import progress_bar, write
from api.cli.options import Data
from api.config.setting import variable
from api.config.settings import description
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from audit.chain import Anchor, Receipt
    from audit.faults import FaultLog
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
    from audit.chain import Anchor
    from audit.errors import JournalError
    from audit.faults import FaultLog

    journal = configured_journal(data)
    anchors = [] if anchor is None else [Anchor(parse_anchor(anchor))]
    with report_as_user_error(JournalError):
        checked = check(journal, data, checkpoints, key, archives or (), anchors, FaultLog(limit))
    result = checked.result
    if not result.is_whole:
        report_faults(result)
    write(f"The journal is whole. Entries: {result.count}")
    if result.archived:
        write(f"Entries 1 to {result.archived} are in archives that were not read; --archive verifies them too.")
    for sentence in checked.coverage:
        write(sentence)
    write(f"Store this anchor elsewhere, for --anchor: {result.last}:{result.head.hex()}")


class Check(NamedTuple):
    """A verification, and sentences that say how far checkpoints and anchors vouch for it."""

    result: Verification
    coverage: tuple[str, ...]


def check(
    journal: JournalStore,
    data: Path,
    checkpoints: str = "",
    key: str | None = None,
    archives: Sequence[Path] = (),
    anchors: Sequence[Anchor] = (),
    faults: FaultLog | None = None,
) -> Check:
    """Verify a journal and its archives with their checkpoints, and these anchors. Raises: JournalError."""
    from heapq import merge

    from api.config.checkpoints import checkpoint_file, signer
    from api.config.secret_file import CHECKPOINT_KEY
    from audit.archives import proof_of
    from audit.archives import verify as verify_with_archives
    from audit.checkpoints import read
    from audit.errors import CheckpointError
    from audit.faults import FaultKind, FaultLog
    from audit.signed_note import InvalidSigningKey, Verifier

    log = FaultLog() if faults is None else faults

    def sequence_of(anchor: Anchor) -> int:
        return anchor.receipt.sequence

    def report(error: CheckpointError) -> None:
        log.add(FaultKind.CHECKPOINT, None, str(error).removesuffix("."))

    with progress_bar("Verifying the journal") as show_progress:
        file, signed = checkpoint_file(data, checkpoints), None
        # If there is a key there were checkpoints; only a copy of the journal alone has neither.
        if checkpoints or key is not None or file.exists() or (data / CHECKPOINT_KEY.name).exists():
            try:
                verifier = Verifier.parse(key) if key is not None else signer(data).verifier
                proofs = [proof for each in archives if (proof := proof_of(each)).exists()]
                signed = merge(*(read(each, verifier, report) for each in (file, *proofs)), key=sequence_of)
            except InvalidSigningKey as invalid:
                raise typer.BadParameter(f"--key: {invalid}.") from None
            except CheckpointError as unusable:
                report(unusable)
        result = verify_with_archives(
            journal,
            archives,
            anchors=merge(signed or (), anchors, key=sequence_of),
            progress=show_progress,
            faults=log,
        )
    if result.covered == 0:
        covers = "No signed checkpoint or anchor covers an entry: entries may have been cut off or rewritten unseen."
    else:
        noun = "The anchor covers" if signed is None else "Signed checkpoints cover"
        covers = f"{noun} entries {result.archived + 1} to {result.covered} of {result.last}."
    caveat = None if signed is None else checkpoint_caveat(journal, file)
    return Check(result, tuple(filter(None, (covers, caveat))))


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
