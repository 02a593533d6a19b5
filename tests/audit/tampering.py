"""Six kinds of tampering, and the result of `needtoknow audit verify`.

Each is done to a real file by someone who can write it, knows its format, and removes and restores its triggers.
"""

import asyncio
import sqlite3
from contextlib import closing, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from api.cli.app import run as run_command
from api.cli.console import write
from api.config.checkpoints import open_checkpointer
from api.config.settings import Settings
from audit.chain import chain_hash
from audit.entry import Entry, Kind
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.store import SqliteStore

ENTRIES, CHECKPOINT_INTERVAL = 100, 20

EDIT = "UPDATE entry SET user = 'demo-court', body = replace(body, 'demo-patrol', 'demo-court') WHERE sequence = 31"
RELINK = """
    WITH RECURSIVE chain (sequence, previous, hash) AS (
        SELECT sequence, previous, chain_hash(previous, sequence, CAST(body AS BLOB)) FROM entry WHERE sequence = 31
        UNION ALL
        SELECT entry.sequence, chain.hash, chain_hash(chain.hash, entry.sequence, CAST(entry.body AS BLOB))
        FROM chain JOIN entry ON entry.sequence = chain.sequence + 1
    )
    UPDATE entry SET previous = chain.previous, hash = chain.hash FROM chain WHERE chain.sequence = entry.sequence;
"""
SCRIPTS = {
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
        SELECT 31, hash, chain_hash(hash, 31, CAST(body AS BLOB)), id, kind, at, user, agency, case_number, body
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


def tamper(journal: Path, script: str) -> None:
    """Run SQL on a journal without its triggers, and restore them. The SQL may call `chain_hash`, the chain's hash."""
    with closing(sqlite3.connect(journal, isolation_level=None, timeout=0)) as file:
        file.execute("PRAGMA synchronous = OFF")
        file.create_function("chain_hash", 3, chain_hash)
        triggers = file.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            file.execute(f"DROP TRIGGER {name}")
        file.executescript(script)
        for _, sql in triggers:
            file.execute(sql)


def write_journal(data: Path) -> None:
    """A journal in that folder, of entries about one person each, with checkpoints."""

    async def write() -> None:
        path = data / "journal.db"
        checkpointer = open_checkpointer(Settings.of(data=data, checkpoint_entries=ENTRIES + 1), SqliteStore(path))
        journal = await SqliteJournal.open(path, deadline_s=30, checkpointer=checkpointer)
        for number in range(1, ENTRIES + 1):
            ids = (f"persons/P{number:07}",)
            await journal.append(Entry(kind=Kind.INTENT, user="demo-patrol", record_ids=ids))
            if number % CHECKPOINT_INTERVAL == 0:
                checkpointer.sign()
        await journal.close()

    asyncio.run(write())


def audit_verify(data: Path) -> tuple[int, str]:
    """Exit status and output of `needtoknow audit verify`."""
    output = StringIO()
    with redirect_stderr(output), redirect_stdout(output):
        exit_status = run_command(["audit", "verify", "--data", str(data)])
    return exit_status, output.getvalue()


def main() -> None:
    """Print each kind of tampering with the last line that `audit verify` prints."""
    for kind, script in SCRIPTS.items():
        with TemporaryDirectory() as folder:
            write_journal(Path(folder))
            tamper(Path(folder) / "journal.db", script)
            write(f"{kind}: {audit_verify(Path(folder))[1].splitlines()[-1]}")


if __name__ == "__main__":
    main()
