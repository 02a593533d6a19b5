"""Archives: files of the oldest entries of a journal, each recorded in it, verified with it as one chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import file_digest
from operator import itemgetter
from pathlib import Path

from audit import checkpoints
from audit.archive_record import ArchiveRecord
from audit.chain import GENESIS, Anchor, Receipt
from audit.entry import Kind
from audit.errors import JournalBroken
from audit.faults import FaultKind, FaultLog
from audit.journal import JournalStore
from audit.signed_note import Signer
from audit.sqlite.journal_copy import write_entries
from audit.sqlite.store import SqliteStore
from audit.verification import AnchorCheck, ChainWalk, Progress, Verification
from filesystem.regular_file import open_regular


def write_archive(
    journal: JournalStore, before: str, file: Path, progress: Callable[[int], None] = lambda _: None
) -> ArchiveRecord:
    """Write the entries before the first one that is not older than this `stamp`, and verify what was written.

    The journal keeps its last entry, from which a writer and a checkpoint go on.
    Raises: FileExistsError; JournalBroken if there is no such entry, or the entries are not whole.
    """
    with journal.read_chain() as chain:
        first, head = chain.first(), chain.head()
    last = min(journal.last_before(before), head.sequence - 1)
    if last < first:
        raise JournalBroken("There is no entry to archive: none but the last is so old.")
    start, end = write_entries(file, journal.read_linked(first, last), progress)
    walk = _walk()
    SqliteStore(file).walk(walk)
    if walk.faults.counts:
        raise JournalBroken(f"The archive {file} is not whole: {next(iter(walk.faults))}")
    return ArchiveRecord(start, end, _digest(file))


def proof_of(file: Path) -> Path:
    """The file of the proof of an archive: signed checkpoints of the entry before its first one, and of its last."""
    return file.with_name(f"{file.name}.checkpoints")


def sign(proof: Path, signer: Signer, record: ArchiveRecord) -> None:
    """Write the proof of an archive. Raises: CheckpointError."""
    for receipt in (record.before, record.last):
        checkpoints.append(proof, signer, receipt, lambda _: None)


def record_of(journal: JournalStore, file: Path) -> ArchiveRecord | None:
    """The record of an archive in the journal, by the digest of its file; None if there is none."""
    digest = _digest(file)
    for found in journal.search(kind=Kind.ARCHIVE.value):
        record = ArchiveRecord.parse(found.entry.to_bytes())
        if record is not None and record.sha256 == digest:
            return record
    return None


def verify(
    journal: JournalStore,
    archives: Sequence[Path],
    *,
    anchors: Iterable[Anchor] = (),
    progress: Progress | None = None,
    faults: FaultLog | None = None,
) -> Verification:
    """Verification of the journal after its archives, as one chain, as `JournalStore.verify` does without them.

    Every archive that the journal records has to be given, and be the file that was recorded.
    Raises: JournalBroken if there is no such journal or archive.
    """
    if not archives:
        return journal.verify(anchors=anchors, progress=progress, faults=faults)
    walk = _walk(faults, anchors)
    files = {file: _digest(file) for file in archives}
    readable: list[tuple[int, SqliteStore]] = []
    for file in archives:
        try:
            readable.append((_first(SqliteStore(file)), SqliteStore(file)))
        except JournalBroken as cause:
            walk.faults.add(FaultKind.ARCHIVE, None, f"the archive {file} cannot be read: {cause}")
    in_order = [store for _, store in sorted(readable, key=itemgetter(0))]
    for store in in_order:
        store.walk(walk, progress)
    _resume(walk, in_order, journal)
    journal.walk(walk, progress)
    walk.end()
    recorded = {record.sha256: (sequence, record) for sequence, record in walk.archives}
    for file, digest in files.items():
        if digest not in recorded:
            walk.faults.add(FaultKind.ARCHIVE, None, f"the journal records no archive like {file}")
    for digest, (sequence, record) in recorded.items():
        if digest not in files.values():
            entries = f"entries {record.before.sequence + 1} to {record.last.sequence}"
            walk.faults.add(FaultKind.ARCHIVE, sequence, f"the archive of {entries}, which it records, was not given")
    return walk.verification()


def _walk(faults: FaultLog | None = None, anchors: Iterable[Anchor] = ()) -> ChainWalk:
    log = FaultLog() if faults is None else faults
    return ChainWalk(log, AnchorCheck(anchors, log))


def _resume(walk: ChainWalk, archives: Sequence[SqliteStore], journal: JournalStore) -> None:
    """Verify the journal from its first entry on, although archives may have some of its entries too."""
    with journal.read_chain() as chain:
        before = chain.first() - 1
    for store in archives:
        with store.read_chain() as chain:
            hash = chain.hash_of(before) if before < walk.last else None
        if hash is not None:
            walk.resume(Receipt(before, hash))
    if not before and walk.last:
        walk.resume(Receipt(0, GENESIS))


def _first(store: SqliteStore) -> int:
    with store.read_chain() as chain:
        return chain.first()


def _digest(file: Path) -> str:
    """Hex digest of a file. Raises: JournalBroken if it cannot be read."""
    try:
        with open(file, "rb", opener=open_regular) as content:
            return file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise JournalBroken(f"The archive {file} cannot be read: {error.strerror}.") from error
