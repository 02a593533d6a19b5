"""Time and memory of each command that reads a journal, by the number of its entries: `python -m bench.journal_size`.

Each journal has inquiries of 2,000 users, 100,000 a day, as an intent and a release each. Each command is a process of
its own; its memory is the most that the process held. `--entries 100000 1000000` measures two journals of each store.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import asyncpg

from api.config.data_folder import CHECKPOINTS
from api.config.secret_file import CHECKPOINT_KEY, SEARCH_KEY
from audit.chain import GENESIS, Receipt
from audit.entry import Kind, stamp
from audit.postgres.version import migrate
from audit.signed_note import new_key
from audit.sqlite.entry_rows import link
from audit.sqlite.journal_file import DDL
from audit.term_hashes import TermHashes
from bench.journal import release
from bench.postgres_server import QUICK, PostgresServer, server_folder
from seed.world import write
from sources.postgres.address import Address

USERS, PEOPLE = 2_000, 300_000
INQUIRIES_A_DAY = 100_000
CLOSED = datetime(2026, 6, 1, tzinfo=UTC)
"""Half of the entries are before this month."""
BATCH = 500
KEY = bytes(32)
HASHES = TermHashes(KEY)
COMMAND = """import re, sys
from api.cli import main
peak = sys.argv.pop(1)
try:
    main()
finally:
    status = open("/proc/self/status").read()
    open(peak, "w").write(re.findall(r"VmHWM:\\s+([0-9]+) kB", status)[0])
"""
"""A command, after which a file has the most memory that it held, in KiB."""
ROLE, PASSWORD = "needtoknow", "of-a-server-for-minutes"
ROLES = ("patrol", "patrol", "patrol", "patrol", "investigator", "dispatcher")
INQUIRIES = """query @inquiry(purpose: C, reason: INVESTIGATION, attention: "size") {
    inquiries(by: {%s}, first: 20) { total edges { node { at user records } } }
}"""


@dataclass(frozen=True)
class Measurement:
    """One command: its seconds, its peak memory in MiB, and its exit status."""

    seconds: float
    mebibytes: float
    status: int


def bodies(count: int, random: Random) -> Iterator[bytes]:
    """The entries of a journal, as they are hashed: an intent and a release in turn."""
    shown = release(())
    step = timedelta(days=1) / INQUIRIES_A_DAY
    start = CLOSED - step * (count // 4)
    for number in range(0, count, 2):
        at = stamp(start + step * (number // 2))
        user = random.randrange(USERS)
        subject = f"persons/P{random.randrange(PEOPLE):07}"
        records = (subject, f"vehicles/{random.randrange(PEOPLE):017}", f"warrants/W{random.randrange(PEOPLE):09}")
        intent = replace(
            shown,
            kind=Kind.INTENT,
            id=f"{number:032x}",
            at=at,
            user=f"u-{user:04}",
            role=ROLES[user % len(ROLES)],
            agency=f"CA919{user % 40:02}00",
            case_number=f"26-{random.randrange(20_000):05}" if random.random() < 0.2 else None,
            record_ids=(subject,),
            **searched(random),
            released=(),
            masked=(),
            sources=(),
            outcome=None,
        )
        yield intent.to_bytes()
        yield replace(
            shown,
            id=intent.id,
            at=at,
            user=intent.user,
            role=intent.role,
            agency=intent.agency,
            case_number=intent.case_number,
            record_ids=records,
            outcome="ANSWERED",
        ).to_bytes()


def searched(random: Random) -> dict[str, Any]:
    """Hashes of a search by name, which one inquiry in three has."""
    if random.random() < 2 / 3:
        return {}
    name = random.randrange(PEOPLE)
    return {"searched": (f"surname={name % 5_000:012}", f"name={name:012}"), "search_key": HASHES.key_id}


def fill_file(path: Path, count: int) -> None:
    """A journal of this many entries in a file, chained, with its triggers."""
    head, entries = Receipt(0, GENESIS), bodies(count, Random(1))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; {DDL}"
        )
        connection.execute("BEGIN")
        while batch := list(islice(entries, BATCH)):
            rows = link(batch, head)
            connection.execute(rows.statement, rows.cells)
            head = rows.receipts[-1]
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


async def fill_database(url: str, count: int) -> None:
    """The same in a database."""
    connection = await asyncpg.connect(url)
    await connection.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
    await migrate(Address.parse(url), writers=[ROLE], administrators=[ROLE])
    entries = bodies(count, Random(1))
    while batch := list(islice(entries, BATCH)):
        await connection.fetch("SELECT journal.add($1, 0, '')", [body.decode() for body in batch])
    await connection.execute("VACUUM ANALYZE journal.entry")
    await connection.close()


def commands(count: int, folder: Path) -> Mapping[str, Sequence[str]]:
    """The measured commands by what they read, each after `needtoknow`."""
    day = stamp(CLOSED + timedelta(days=count / 4 / INQUIRIES_A_DAY - 1))
    search = ("audit", "search", "--json")
    return {
        "its start alone": ("audit", "search", "--help"),
        "`verify`": ("audit", "verify"),
        "`search` of a record": (*search, "--subject", "P0000007"),
        "`search` of a user, the newest 100": (*search, "--user", "u-0007", "--limit", "100"),
        "`search` of a user, all": (*search, "--user", "u-0007"),
        "`search` of an outcome that no entry has": (*search, "--outcome", "BROKEN"),
        "`search` of a name that nobody searched for": (*search, "--searched", "name=Zzyzx, Quorra"),
        "`show` of an inquiry": ("audit", "show", f"{count // 4 * 2:032x}"),
        "`report` of a day": ("audit", "report", "--since", day),
        "GraphQL `inquiries` of a record": ("ask", "--as", "auditor", INQUIRIES % 'record: "P0000007"'),
        "GraphQL `inquiries` of a user": ("ask", "--as", "auditor", INQUIRIES % 'user: "u-0007"'),
        "`copy`": ("audit", "copy", f"{folder}/copy"),
        "`archive` of the older half": ("audit", "archive", f"{folder}/old.db", "--before", f"{CLOSED:%Y-%m}"),
        "`verify` with that archive": ("audit", "verify", "--archive", f"{folder}/old.db"),
        "`archive --remove`": ("audit", "archive", f"{folder}/old.db", "--remove"),
        "`report` of all that is left": ("audit", "report"),
        "`report` of the archive": ("audit", "report", "--archive", f"{folder}/old.db"),
    }


def run(arguments: Sequence[str], data: Path, journal: str) -> Measurement:
    """Run a command by itself, and throw away what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # with it each command would compile all its modules
    is_question = arguments[0] == "ask"
    options, question = (arguments[:-1], arguments[-1]) if is_question else (arguments, "")
    with tempfile.NamedTemporaryFile() as peak:
        started = monotonic()
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", COMMAND, peak.name, *options, *(["-"] if is_question else [])],
            env=environment | {"NEEDTOKNOW_DATA": str(data), "NEEDTOKNOW_JOURNAL": journal},
            input=question.encode(),
            stdout=subprocess.DEVNULL,
            check=False,
        )
        return Measurement(monotonic() - started, int(peak.read()) / 1024, done.returncode)


@contextmanager
def journals(stores: Sequence[str], count: int, folder: Path) -> Iterator[dict[str, tuple[Path, str]]]:
    """The data folder and the setting of a journal of this size in each store."""
    settings = {}
    with server_folder() as cluster:
        if "sqlite" in stores:
            started = monotonic()
            fill_file(folder / "journal.db", count)
            size = (folder / "journal.db").stat().st_size
            print(
                f"SQLite: {count:,} entries, {size / count:,.0f} bytes each, in {monotonic() - started:.0f} s",
                flush=True,
            )
            settings["SQLite"] = folder, ""
        if "postgres" in stores:
            started = monotonic()
            with PostgresServer.create(
                cluster / "cluster", {**QUICK, "max_wal_size": "4GB", "shared_buffers": "1GB"}
            ) as server:
                asyncio.run(fill_database(server.url(), count))
                size = asyncio.run(database_size(server.url()))
                print(
                    f"PostgreSQL: {count:,} entries, {size / count:,.0f} bytes each, in {monotonic() - started:.0f} s",
                    flush=True,
                )
                other = Path(
                    shutil.copytree(folder, folder.with_name("other"), ignore=shutil.ignore_patterns("journal.db*"))
                )
                yield settings | {"PostgreSQL": (other, server.url(user=ROLE, password=PASSWORD))}
        else:
            yield settings


async def database_size(url: str) -> int:
    """Bytes of the entries with their indexes."""
    connection = await asyncpg.connect(url)
    size: int = await connection.fetchval("SELECT pg_total_relation_size('journal.entry')")
    await connection.close()
    return size


def measure(stores: Sequence[str], count: int, folder: Path) -> None:
    """Print a row for each command and store."""
    data = folder / f"{count}"
    write(data, 40, 1)
    CHECKPOINT_KEY.create(data, new_key)
    SEARCH_KEY.create(data, lambda: KEY)
    (data / CHECKPOINTS).touch()
    with journals(stores, count, data) as settings:
        print("| entries | command | " + " | ".join(f"{name}: s, MiB" for name in settings) + " |")
        for title in commands(count, folder):
            results = [run(commands(count, data)[title], data, journal) for data, journal in settings.values()]
            cells = (
                f"{each.seconds:.1f}, {each.mebibytes:.0f}" + (f" (status {each.status})" if each.status else "")
                for each in results
            )
            print(f"| {count:,} | {title} | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--entries", type=int, nargs="+", default=[100_000, 1_000_000])
    arguments.add_argument("--stores", nargs="+", choices=["sqlite", "postgres"], default=["sqlite", "postgres"])
    arguments.add_argument("--folder", type=Path, help="folder for the files; default: a temporary one")
    given = arguments.parse_args()
    for count in given.entries:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            measure(given.stores, count, Path(folder))


if __name__ == "__main__":
    main()
