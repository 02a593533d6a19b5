"""The names that each search of the benchmark may mean, in a table that the peers read: they compare no names.

So a peer does less for a search than the server, which finds these names by their keys, and compares them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from bench.workloads import workloads
from bench.world_file import edited
from policy.caller import Assurance, Caller
from policy.clearance import Clearance
from policy.decide import decide
from policy.grants import Grant
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from resolvers.name_candidates import find_candidates
from resolvers.subject_columns import SQL_FUNCTIONS
from sources.sqlite.source import SqliteSource

TABLE = """
DROP TABLE IF EXISTS name_match;
CREATE TABLE name_match (
    asked TEXT, role TEXT, name TEXT, points INTEGER, reasons INTEGER, is_part INTEGER, PRIMARY KEY (asked, role, name)
) WITHOUT ROWID;
"""
Row = tuple[str, str, str, int, int, bool]


async def write(folder: Path) -> None:
    """Write the table into the persons.db of a world."""
    file = folder / "persons.db"
    searches = next(each.variables for each in workloads(folder) if each.name == "a name")
    rows = await _matches(file, searches)
    with edited(file) as persons:
        persons.executescript(TABLE)
        persons.executemany("INSERT OR IGNORE INTO name_match VALUES (?, ?, ?, ?, ?, ?)", rows)


async def _matches(file: Path, searches: Iterable[Mapping[str, str]]) -> list[Row]:
    source = SqliteSource("persons", file, connections=1, deadline_s=60, functions=SQL_FUNCTIONS)
    rows: list[Row] = []
    try:
        for each in searches:
            surname, given = each["surname"], each["given"]
            found = await find_candidates(source, surname, given, None)
            for role, matches in (
                ("surname", found.surnames),
                ("given", found.given),
                ("swapped_surname", found.swapped_surnames),
                ("swapped_given", found.swapped_given),
            ):
                rows += [(f"{surname}|{given}", role, *match[:4]) for match in matches]
    finally:
        await source.close()
    return rows


def officer_grant() -> Grant:
    """The grant of an officer who may see everybody's identity."""
    clearance = Clearance(certified_until=date.max)
    caller = Caller("bench", "Bench", "BENCH", "CA0000000", Role.PATROL, True, clearance, Assurance.AAL1, "bench")
    inquiry = Inquiry(Purpose.C, Reason.CALL_FOR_SERVICE, None, None)
    grant = decide(Policy.load(), caller, inquiry, [RecordClass.IDENTITY], today=date(2026, 1, 1))[RecordClass.IDENTITY]
    assert isinstance(grant, Grant)
    return grant
