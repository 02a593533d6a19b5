"""Six ways to change a journal, and what `needtoknow audit verify` says to each: `python -m tests.audit.six_ways`.

Each is done to a real file by someone who may write it, knows the format, takes the guards away and puts them back.
"""

import asyncio
import shutil
import sqlite3
import sys
import tempfile
from contextlib import chdir, closing, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from api.cli.app import status
from api.config.checkpoints import open_checkpointer
from api.config.settings import Settings
from audit.chain import link
from audit.entry import Entry, Kind
from audit.journal import Journal

ENTRIES, SIGNED_EVERY = 100, 20

EDIT = "UPDATE entry SET user = 'demo-court', body = replace(body, 'demo-patrol', 'demo-court') WHERE sequence = 31"
RELINK = """
    WITH RECURSIVE chain (sequence, previous, hash) AS (
        SELECT sequence, previous, link(previous, sequence, CAST(body AS BLOB)) FROM entry WHERE sequence = 31
        UNION ALL
        SELECT entry.sequence, chain.hash, link(chain.hash, entry.sequence, CAST(entry.body AS BLOB))
        FROM chain JOIN entry ON entry.sequence = chain.sequence + 1
    )
    UPDATE entry SET previous = chain.previous, hash = chain.hash FROM chain WHERE chain.sequence = entry.sequence;
"""
WAYS = {
    "edited": EDIT,
    "dropped": "DELETE FROM entry WHERE sequence = 31",
    "reordered": """
        UPDATE entry SET sequence = 0 WHERE sequence = 31;
        UPDATE entry SET sequence = 31 WHERE sequence = 32;
        UPDATE entry SET sequence = 32 WHERE sequence = 0
    """,
    "inserted": """
        UPDATE entry SET sequence = -sequence WHERE sequence > 30;
        UPDATE entry SET sequence = 1 - sequence WHERE sequence < 0;
        INSERT INTO entry
        SELECT 31, hash, link(hash, 31, CAST(body AS BLOB)), id, kind, at, user, agency, case_number, body
        FROM entry WHERE sequence = 30
    """,
    "truncated": """
        DELETE FROM entry WHERE sequence > 90;
        INSERT INTO about (about) VALUES ('delete-all');
        INSERT INTO about (rowid, record_ids)
        SELECT sequence, body -> '$.record_ids' FROM entry WHERE sequence NOT IN recent
    """,
    "rewritten": f"{EDIT}; {RELINK}",
}


def write(data: Path) -> None:
    """A journal of entries about a person each, with checkpoints, in that folder."""

    async def write() -> None:
        path = data / "journal.db"
        signing = open_checkpointer(Settings.of(data=data, checkpoint_entries=ENTRIES + 1), path)
        journal = await Journal.open(path, deadline_s=30, checkpointer=signing)
        for number in range(1, ENTRIES + 1):
            ids = (f"persons/P{number:07}",)
            await journal.append(Entry(kind=Kind.INTENT, user="demo-patrol", record_ids=ids))
            if number % SIGNED_EVERY == 0:
                signing.sign()
        await journal.close()

    asyncio.run(write())


def tamper(data: Path, way: str) -> None:
    with closing(sqlite3.connect(data / "journal.db", isolation_level=None)) as file:
        file.create_function("link", 3, link)
        guards = file.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            file.execute(f"DROP TRIGGER {name}")
        file.executescript(WAYS[way])
        for _, sql in guards:
            file.execute(sql)


def verdict(data: Path) -> tuple[int, str]:
    """How `needtoknow audit verify` ends, and what it prints."""
    printed = StringIO()
    with redirect_stderr(printed), redirect_stdout(printed):
        ended = status(["audit", "verify", "--data", str(data)])
    return ended, printed.getvalue()


def main() -> None:
    caught = 0
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        whole = Path("untouched")
        whole.mkdir()
        write(whole)
        for way in WAYS:
            data = Path(shutil.copytree(whole, way))
            tamper(data, way)
            ended, said = verdict(data)
            caught += ended
            sys.stdout.write(f"{way:>9}: {said}")
        ended, said = verdict(whole)
    sys.stdout.write(f"untouched: {said}Tampered in {len(WAYS)} ways, caught {caught} times.\n")
    sys.exit(ended or caught != len(WAYS))


if __name__ == "__main__":
    main()
