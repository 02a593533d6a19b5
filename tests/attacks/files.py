"""Changes to a data folder of a test's own, and people who are needed for one attack and no demonstration."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

# Where each source says whom a record is about.
ABOUT_SOMEBODY = {
    "persons": ("person", "name_key"),
    "vehicles": ("vehicle",),
    "warrants": ("warrant",),
    "protective_orders": ("protective_order",),
    "criminal_history": ("subject",),
}


def change(folder: Path, source: str, *statements: str, **values: Any) -> None:
    """Change one source's file."""
    with closing(sqlite3.connect(folder / f"{source}.db")) as file, file:
        for statement in statements:
            file.execute(statement, values)


def belongs_to(
    folder: Path,
    old: str,
    *,
    surname: str | None = None,
    user: str | None = None,
    ori: str | None = None,
    sources: Iterable[str] = ABOUT_SOMEBODY,
) -> None:
    """Say of everything about the person with this surname whose it is: by surname, by user or by agency."""
    given = {"subject_surname": surname, "subject_user": user, "subject_ori": ori}
    said = {name: value for name, value in given.items() if value is not None}
    for source in sources:
        for table in ABOUT_SOMEBODY[source]:
            change(
                folder,
                source,
                f"UPDATE {table} SET {', '.join(f'{name} = :{name}' for name in said)} WHERE subject_surname = :old",
                old=old,
                **said,
            )


def take_out(folder: Path, surname: str, sources: Iterable[str] = ABOUT_SOMEBODY) -> None:
    """Delete everything about the person with this surname, as if it had never been on file."""
    for source in sources:
        for table in ABOUT_SOMEBODY[source]:
            change(folder, source, f"DELETE FROM {table} WHERE subject_surname = :surname", surname=surname)
