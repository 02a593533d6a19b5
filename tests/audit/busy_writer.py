"""A process that writes to the journal named on its command line until it is stopped, and says each receipt it gets.

A second argument is the largest file, in bytes, that it may make.
"""

import asyncio
import resource
import sys
from itertools import count
from pathlib import Path

from audit.entry import Entry, Kind
from audit.errors import JournalUnavailable
from audit.journal import Journal


async def main(path: Path) -> None:
    journal = await Journal.open(path)
    numbers = count(1)

    async def client() -> None:
        while True:
            entry = Entry(kind=Kind.INTENT, id=f"{next(numbers):032x}", attention="x" * 500)
            receipt = await journal.append(entry)
            print(receipt.sequence, receipt.hash.hex(), entry.id, flush=True)

    try:
        async with asyncio.TaskGroup() as clients:
            for _ in range(32):
                clients.create_task(client())
    except* JournalUnavailable as refused:
        print("refused", refused.exceptions[0], flush=True)
    finally:
        await journal.close()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    asyncio.run(main(Path(sys.argv[1])))
