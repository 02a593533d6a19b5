"""The journal's tables as journal.sql declares them, and whether a file still has exactly those."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

DDL = Path(__file__).with_name("journal.sql").read_text(encoding="utf-8")

# Names that begin with sqlite_ are the library's own: nobody else may make one.
DEFINITIONS = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite#_%' ESCAPE '#'"


def difference(definitions: Iterable[tuple[str, str, str]]) -> str | None:
    """What a file's definitions have lost, gained or changed, in words; None where they are as declared."""
    found = {(kind, name): sql for kind, name, sql in definitions}
    for kind, name in sorted(_DECLARED.keys() | found.keys()):
        declared, now = _DECLARED.get((kind, name)), found.get((kind, name))
        if declared != now:
            verb = "is missing" if now is None else "is not ours" if declared is None else "was changed"
            return f"the {kind} {name} {verb}"
    return None


def _declared() -> dict[tuple[str, str], str]:
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(DDL)
        return {(kind, name): sql for kind, name, sql in empty.execute(DEFINITIONS)}


_DECLARED = _declared()
