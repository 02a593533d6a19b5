"""A process that writes to a journal until it is killed, and prints each receipt.

Arguments: the journal's path, and optionally the size limit of its files in bytes. If there is a checkpoint.key beside
the journal, every hundred entries are signed.
"""

import asyncio
import resource
import sys
from itertools import count
from pathlib import Path

from audit.checkpointer import Checkpointer
from audit.entry import Entry, Kind
from audit.errors import JournalUnavailable
from audit.signed_note import Signer
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.store import SqliteStore


def report(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def main(path: Path) -> None:
    key = path.with_name("checkpoint.key")
    checkpointer = None
    if key.exists():
        signer = Signer("needtoknow", key.read_bytes())
        checkpointer = Checkpointer(SqliteStore(path), path.with_name("checkpoints.jsonl"), signer, every_entries=100)
    journal = await SqliteJournal.open(path, deadline_s=30, checkpointer=checkpointer)
    numbers = count(1)

    async def client() -> None:
        while True:
            entry = Entry(kind=Kind.INTENT, id=f"{next(numbers):032x}", attention="x" * 500)
            receipt = await journal.append(entry)
            report(receipt.sequence, receipt.hash.hex(), entry.id)

    try:
        async with asyncio.TaskGroup() as clients:
            for _ in range(32):
                clients.create_task(client())
    except* JournalUnavailable as refused:
        report("refused", refused.exceptions[0])
    finally:
        await journal.close()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    asyncio.run(main(Path(sys.argv[1])))
