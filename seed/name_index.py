"""The name index of persons.db: people by name, and the blocking keys of each distinct name.

It is made from `person` and `alias`. SQL makes the rows of people; each distinct name is parsed and keyed once, however
many people bear it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from filesystem.private_file import create_private
from names.folding import upper
from names.keys import keys_of
from names.parts import ParsedName, parse_given, parse_surname
from resolvers.name_index import METADATA
from seed.ddl import create_indexes, create_tables
from sources.sql.dialects import SQLITE

_FORMS = """
CREATE TEMP TABLE surname_form (
    written TEXT, name TEXT, is_part INTEGER, is_whole INTEGER, PRIMARY KEY (written, name)) WITHOUT ROWID;
CREATE TEMP TABLE given_form (
    written TEXT, name TEXT, is_part INTEGER, initial TEXT, PRIMARY KEY (written, name)) WITHOUT ROWID;
CREATE TEMP TABLE unsorted_key (key TEXT, name TEXT);
"""
_SURNAMES = "SELECT surname FROM person UNION SELECT surname FROM alias"
_GIVEN_NAMES = """SELECT given FROM person UNION SELECT given FROM alias
UNION SELECT middle FROM person WHERE middle IS NOT NULL UNION SELECT middle FROM alias WHERE middle IS NOT NULL"""
_FILL = """
WITH
  named (person, is_alias, surname, given, middle) AS (
    SELECT row_id, 0, surname, given, middle FROM person
    UNION ALL
    SELECT person.row_id, 1, alias.surname, alias.given, alias.middle
    FROM alias JOIN person ON person.id = alias.person),
  written (person, is_alias, surname, given, is_middle) AS (
    SELECT person, is_alias, surname, given, 0 FROM named
    UNION ALL
    SELECT person, is_alias, surname, middle, 1 FROM named WHERE middle IS NOT NULL)
INSERT OR IGNORE INTO name_key
SELECT s.name, max(g.is_part, is_middle), g.name, birth_date, written.person, is_alias, s.is_part, is_middle,
       s.is_whole AND NOT EXISTS (SELECT 1 FROM alias WHERE alias.person = person.id), g.initial, sex, race,
       subject_surname, subject_user, subject_ori, is_demonstration
FROM written
CROSS JOIN person ON person.row_id = written.person
CROSS JOIN surname_form AS s ON s.written = written.surname
CROSS JOIN given_form AS g ON g.written = written.given
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_TEMPORARY = ("temp.surname_form", "temp.given_form", "temp.unsorted_key")


def write(persons: sqlite3.Connection) -> None:
    """Write the name index of persons.db, in place of one that it has."""
    for table in (*METADATA.tables, *_TEMPORARY):
        persons.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in create_tables(METADATA, SQLITE):
        persons.execute(statement)
    persons.executescript(_FORMS)
    persons.execute("BEGIN")
    surnames = [name for (name,) in persons.execute(_SURNAMES)]
    given_names = [name for (name,) in persons.execute(_GIVEN_NAMES)]
    persons.executemany(
        "INSERT OR IGNORE INTO surname_form VALUES (?, ?, ?, ?)",
        ((*form, not parse_surname(form[0]).parts) for form in _forms(surnames, parse_surname)),
    )
    persons.executemany(
        "INSERT OR IGNORE INTO given_form VALUES (?, ?, ?, ?)",
        ((written, name, is_part, _initial(name)) for written, name, is_part in _forms(given_names, parse_given)),
    )
    for kind, parse in (("surname", parse_surname), ("given", parse_given)):
        names = [name for (name,) in persons.execute(f"SELECT DISTINCT name FROM {kind}_form")]
        keys = ((key, name) for name in names for key in keys_of(parse(name)))
        # SQLite sorts them, on disk if they are many: the names grow with the people.
        persons.executemany("INSERT INTO unsorted_key VALUES (?, ?)", keys)
        persons.execute(f"INSERT INTO {kind}_key SELECT key, name FROM unsorted_key ORDER BY key, name")
        persons.execute("DELETE FROM unsorted_key")
    persons.execute(_FILL)
    persons.execute("COMMIT")
    for table in _TEMPORARY:
        persons.execute(f"DROP TABLE {table}")
    for statement in create_indexes(METADATA, SQLITE):
        persons.execute(statement)


def renew(file: Path) -> int:
    """Write the name index of a persons.db anew, into a copy that then takes its place; the people in it.

    Raises: sqlite3.Error if it is no such file; OSError.
    """
    draft = file.with_name(f".{file.name}.indexing")
    draft.unlink(missing_ok=True)
    try:
        create_private(draft)
        shutil.copyfile(file, draft)
        with closing(sqlite3.connect(draft, isolation_level=None)) as persons:
            write(persons)
            persons.execute("ANALYZE")
            ((people,),) = persons.execute("SELECT count(*) FROM person")
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return int(people)


def _forms(names: Iterable[str], parse: Callable[[str], ParsedName]) -> Iterator[tuple[str, str, bool]]:
    """Each name as it is written, the names under which it is found, and whether each of these is only a part."""
    for written in names:
        whole = upper(written)
        yield written, whole, False
        for part in parse(written).parts:
            yield from ((written, spelling, True) for spelling in part if spelling != whole)


def _initial(name: str) -> str:
    letters = parse_given(name).whole
    return letters[0][0] if letters else ""
