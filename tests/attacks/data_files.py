"""Changes to the source files of a test's own data folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from resolvers.catalogue import SPECS
from tests.file_renewal import renewed

# The tables of each source that have subject columns; the name index has a copy of those of people.
SUBJECT_TABLES = {spec.name: [table.name for table in spec.tables if table.has_subject] for spec in SPECS}
SUBJECT_TABLES["persons"].append("name_key")

# Statements that delete rows whose parent is gone, outermost tables first.
ORPHANS = {
    spec.name: [
        f"DELETE FROM {table} WHERE {key.parent.name} NOT IN (SELECT {key.column.name} FROM {key.column.table})"
        for table in spec.metadata.sorted_tables
        for key in table.foreign_keys
    ]
    for spec in SPECS
}
# An accident is about its parties and the owners of its vehicles: without them it is about nobody.
ORPHANS["accidents"].append("DELETE FROM accident WHERE number NOT IN (SELECT accident_number FROM accident_party)")


def change(folder: Path, source: str, *statements: str, **values: Any) -> None:
    """Run statements on the file of one source."""
    with renewed(folder / f"{source}.db") as file:
        for statement in statements:
            file.execute(statement, values)


def set_subject(
    folder: Path,
    old: str,
    *,
    surname: str | None = None,
    user: str | None = None,
    ori: str | None = None,
    sources: Iterable[str] = SUBJECT_TABLES,
) -> None:
    """Set the subject columns (surname, user or agency) of all records about the person with this surname."""
    given = {"subject_surname": surname, "subject_user": user, "subject_ori": ori}
    columns = {name: value for name, value in given.items() if value is not None}
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    for source in sources:
        statements = [
            f"UPDATE {table} SET {assignments} WHERE subject_surname = :old" for table in SUBJECT_TABLES[source]
        ]
        change(folder, source, *statements, old=old, **columns)


def delete_subject(folder: Path, surname: str, sources: Iterable[str] = SUBJECT_TABLES) -> None:
    """Delete all records about the person with this surname, and what belongs to them."""
    for source in sources:
        statements = [f"DELETE FROM {table} WHERE subject_surname = :surname" for table in SUBJECT_TABLES[source]]
        change(folder, source, *statements, *ORPHANS[source], surname=surname)
