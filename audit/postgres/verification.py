"""Verification of a journal in a database: its chain, its columns, its definitions, and who could change entries.

It does not check that indexes are whole: `pg_amcheck` does, for a superuser.
"""

from __future__ import annotations

from collections.abc import Iterable

from audit.chain import COLUMNS, GENESIS, Anchor
from audit.errors import JournalBroken
from audit.faults import FaultKind, FaultLog
from audit.postgres.connection import DAMAGE, Session, describe, session
from audit.postgres.definitions import CHANGERS, DEFINITIONS, definition_differences
from audit.postgres.text import columns_of
from audit.postgres.version import version_fault, version_of
from audit.verification import PROGRESS_INTERVAL, AnchorCheck, ChainWalk, Progress, Verification
from sources.postgres.address import Address

NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
ENTRIES = f"""
    SELECT sequence, previous, convert_to(body, 'UTF8'), hash, {NAMES}, record_ids FROM journal.entry ORDER BY sequence
"""
FIRST = "SELECT sequence, previous FROM journal.entry ORDER BY sequence LIMIT 1"
HASH = "SELECT hash FROM journal.entry WHERE sequence = $1"
CHANGES = """
    SELECT number, sequence FROM journal.change JOIN journal.entry USING (sequence)
    WHERE journal.parsed(body) ->> 'document_sha256'
          IS DISTINCT FROM encode(sha256(convert_to(change.kind || ' ' || content, 'UTF8')), 'hex')
       OR entry.kind IS DISTINCT FROM 'CHANGE'
    ORDER BY number
"""
COUNT = "SELECT coalesce(max(number), 0) - count(*) FROM journal.change"


def verify(
    address: Address,
    *,
    anchors: Iterable[Anchor] = (),
    progress: Progress | None = None,
    faults: FaultLog | None = None,
) -> Verification:
    """Verification of the whole journal, in one snapshot; it may be written meanwhile.

    Memory use does not grow with the journal: entries are read in pages, and `anchors` as they are reached.
    Raises: JournalBroken if there is no journal, or one of another version.
    """
    log = FaultLog() if faults is None else faults
    walk = ChainWalk(log, AnchorCheck(anchors, log))
    walk_database(address, walk, progress)
    walk.end()
    return walk.verification()


def walk_database(address: Address, walk: ChainWalk, progress: Progress | None) -> None:
    """Check everything in one database, as the next part of a walk.

    Raises: JournalBroken if there is no journal, or one of another version.
    """
    log = walk.faults
    with session(address, is_snapshot=True) as journal:
        if (fault := version_fault(journal.runner.run(version_of(journal.connection)))) is not None:
            raise JournalBroken(f"The journal {address} cannot be verified: {fault}.")
        for difference in definition_differences(journal.fetch(DEFINITIONS)):
            log.add(FaultKind.FILE, None, difference)
        for (role,) in journal.fetch(CHANGERS):
            log.add(FaultKind.FILE, None, f"the role {role} has the right to change entries or to add them unlinked")
        if missing := journal.value(COUNT):
            log.add(FaultKind.FILE, None, f"changes are missing: {missing}")
        for number, sequence in journal.fetch(CHANGES):
            log.add(FaultKind.FILE, None, f"change {number} is not the one that entry {sequence} records")
        _read_all(journal, walk, progress)


def _read_all(journal: Session, walk: ChainWalk, progress: Progress | None) -> None:
    newest = journal.value("SELECT coalesce(max(sequence), 0) FROM journal.entry")
    journal.fetch("SET LOCAL enable_sort = off")  # of millions of rows, into files
    try:
        first, previous = next(iter(journal.fetch(FIRST)), (1, GENESIS))
        walk.begin(first, previous, columns_of)
        for row in journal.stream(ENTRIES):
            walk.check(*row)
            if progress is not None and walk.count % PROGRESS_INTERVAL == 0:
                progress(walk.count, newest)
    except DAMAGE as cause:
        # The transaction has failed with it, so nothing after that place can be read in this snapshot.
        walk.pass_over(walk.last + 1, None, describe(cause), newest)
    else:
        walk.check_start(lambda sequence: journal.value(HASH, sequence))
