"""SQL statements of the peers, by name, from one file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

from resolvers.names import normalized, phonetic_code
from sources.sqlite.connection import CACHE_KIB

FILE = Path(__file__).with_name("statements.sql")


class SourceStatement(NamedTuple):
    source: str
    sql: str


def read() -> dict[str, SourceStatement]:
    """Statements by name, each with its source."""
    statements = re.findall(r"^-- (\w+) (\w+)\n(.*?);$", FILE.read_text(), re.MULTILINE | re.DOTALL)
    return {name: SourceStatement(source, sql) for name, source, sql in statements}


STATEMENTS = read()
# The same cache size as our own connections.
CACHE = f"PRAGMA cache_size = -{CACHE_KIB}"
SOURCES = sorted({statement.source for statement in STATEMENTS.values()})

# Bits of `reasons`, lowest first.
REASONS = ("SURNAME_LETTERS", "SURNAME_SOUND", "GIVEN_LETTERS", "GIVEN_SOUND", "ALIAS", "NAMES_SWAPPED")


def name_parameters(surname: str, given: str, first: int | None) -> dict[str, Any]:
    """Parameters of the statement `persons_by_name`."""
    return {
        "surname_letters": normalized(surname),
        "surname_sound": phonetic_code(surname),
        "given_letters": normalized(given),
        "given_sound": phonetic_code(given),
        "first": first,
    }


def why(reasons: int) -> list[str]:
    return [reason for bit, reason in enumerate(REASONS) if reasons >> bit & 1]


def standing(disposition: str | None) -> str:
    if disposition is None:
        return "UNDECIDED"
    return "CONVICTED" if disposition == "CONVICTED" else "NOT_CONVICTED"


def full_name(*parts: str | None) -> str | None:
    return " ".join(filter(None, parts)) or None
