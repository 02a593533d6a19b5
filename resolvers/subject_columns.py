"""Subject columns: whom a record is about, in SQL and in Python, folded to the form that rules compare with a caller.

A source may hold a subject in another form than a token: "Reyes " for REYES. A rule that compared the two unchanged
would not apply, and nobody would notice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Index, Table, Text, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from names.folding import is_latin, plain_letters
from sources.sql.functions import write_as
from sources.sql.parameters import text_parameter

_BLANKS: Final = "\t\n\v\f\r \u00a0"
LETTERS_OF_NAMES: Final = (range(0x80, 0x250), range(0x1E00, 0x1F00))
_AGENCY: Final = re.compile("[A-Z]{2}[A-Z0-9]{7}")


class FoldedUser(FunctionElement[str]):
    """A user id without blanks around it, to be compared in any case."""

    type = Text()
    inherit_cache = True


class FoldedSurname(FunctionElement[str]):
    """A surname as callers have it: `folded_surname`."""

    type = Text()
    inherit_cache = True


class FoldedAgency(FunctionElement[str]):
    """An agency as callers have it: `folded_agency`."""

    type = Text()
    inherit_cache = True


def is_own_record(table: FromClause) -> ColumnElement[bool]:
    """Whether a row is about the caller. No caller may read it."""
    return FoldedUser(table.c.subject_user).is_not_distinct_from(FoldedUser(text_parameter("user")))


def user_index(name: str, table: Table) -> Index:
    """The index of the rows whose subject has a user, as rules compare them. Few people have one."""
    has_user = table.c.subject_user.is_not(None)
    return Index(name, FoldedUser(table.c.subject_user), sqlite_where=has_user, postgresql_where=has_user)


def is_same_surname(table: FromClause) -> ColumnElement[bool]:
    """Whether the subject of a row has the caller's surname."""
    return FoldedSurname(table.c.subject_surname).is_not_distinct_from(text_parameter("surname"))


def is_same_agency(table: FromClause) -> ColumnElement[bool]:
    """Whether the subject of a row works for the caller's agency."""
    return FoldedAgency(table.c.subject_ori).is_not_distinct_from(text_parameter("ori"))


def is_related(table: FromClause) -> ColumnElement[bool]:
    """Whether a row is about a namesake or a colleague.

    A policy may withhold it until the caller has stepped up: `Scope.sees_related`.
    """
    return or_(is_same_surname(table), is_same_agency(table))


def folded_surname(stored: bytes) -> str:
    """A surname of a source, as callers have it: b"Re Yes" gives "REYES"."""
    return plain_letters(_text(stored))


def folded_agency(stored: bytes) -> str:
    """An agency of a source, as callers have it: b"ca-0194200 " gives "CA0194200"."""
    text = unicodedata.normalize("NFKC", _text(stored)).upper()
    return "".join(each for each in text if each.isascii() and each.isalnum())


SQL_FUNCTIONS: Final = {"folded_surname": folded_surname, "folded_agency": folded_agency}
"""The functions of this module's SQL for SQLite."""


# An index has these expressions, which therefore call no function of our own.
write_as(
    FoldedUser,
    sqlite=f"trim({{0}}, char({', '.join(str(ord(each)) for each in _BLANKS)})) COLLATE NOCASE",
    postgresql=f'lower(btrim({{0}}, {" || ".join(f"chr({ord(each)})" for each in _BLANKS)}) COLLATE "C")',
)


# Python is called only for values that are not folded already. A table without types may hold text as a BLOB, which
# GLOB may not match and IS does not.
@compiles(FoldedSurname, "sqlite")
def _sqlite_surname(element: FoldedSurname, compiler: Any, **options: Any) -> str:
    return _sqlite_folded(compiler.process(element.clauses, **options), "folded_surname", "A-Z")


@compiles(FoldedAgency, "sqlite")
def _sqlite_agency(element: FoldedAgency, compiler: Any, **options: Any) -> str:
    return _sqlite_folded(compiler.process(element.clauses, **options), "folded_agency", "A-Z0-9")


def _sqlite_folded(value: str, function: str, characters: str) -> str:
    text = f"CAST({value} AS TEXT)"
    return f"CASE WHEN {text} GLOB '*[^{characters}]*' THEN {function}(CAST({value} AS BLOB)) ELSE {text} END"


@compiles(FoldedSurname, "postgresql")
def _postgres_surname(element: FoldedSurname, compiler: Any, **options: Any) -> str:
    value = compiler.process(element.clauses, **options)
    letters, plain, words = _latin_letters()
    folded = f"translate(normalize({value}, NFKD), '{letters}', '{plain}')"
    for letter, word in words:
        folded = f"replace({folded}, '{letter}', '{word}')"
    return _postgres_folded(value, folded, "A-Z")


@compiles(FoldedAgency, "postgresql")
def _postgres_agency(element: FoldedAgency, compiler: Any, **options: Any) -> str:
    value = compiler.process(element.clauses, **options)
    return _postgres_folded(value, f"normalize({value}, NFKC)", "A-Z0-9")


def _postgres_folded(value: str, folded: str, characters: str) -> str:
    plain = f"regexp_replace(upper({folded} COLLATE \"C\"), '[^{characters}]', '', 'g')"
    return f"CASE WHEN {value} COLLATE \"C\" ~ '[^{characters}]' THEN {plain} ELSE {value} END"


@cache
def _latin_letters() -> tuple[str, str, list[tuple[str, str]]]:
    """The Latin letters that NFKD leaves in names: those of one plain letter, that letter, and those of more."""
    letters = (chr(code) for block in LETTERS_OF_NAMES for code in block)
    left = {each for letter in letters if is_latin(letter) for each in unicodedata.normalize("NFKD", letter)}
    kept = {each: plain_letters(each) for each in sorted(left) if is_latin(each) and not each.isascii()}
    single = {letter: plain for letter, plain in kept.items() if len(plain) == 1}
    return "".join(single), "".join(single.values()), [each for each in kept.items() if len(each[1]) > 1]


def _text(stored: bytes) -> str:
    """Bytes that are no UTF-8 are read as Latin-1."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored.decode("latin-1")


def comparable_surname(stored: Any) -> str:
    """The folded form of a stored value that is not null. Raises: ValueError if no caller can have it."""
    return _comparable(stored, folded_surname, re.compile("[A-Z]+"))


def comparable_agency(stored: Any) -> str:
    """The folded form of a stored value that is not null. Raises: ValueError if no caller can have it."""
    return _comparable(stored, folded_agency, _AGENCY)


def comparable_user(stored: Any) -> str:
    """A user id without blanks around it. Capitals are left: an identity provider may have them.

    Raises: ValueError if it has other characters than ASCII, whose capitals SQLite does not fold.
    """
    return _comparable(stored, lambda value: _text(value).strip(_BLANKS), re.compile("[ -~]+"))


FOLDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "subject_surname": comparable_surname,
    "subject_user": comparable_user,
    "subject_ori": comparable_agency,
}
"""The function that folds each column's values. Raises: ValueError for a value that no rule can compare."""


def _comparable(stored: Any, fold: Callable[[bytes], str], form: re.Pattern[str]) -> str:
    value = stored if isinstance(stored, bytes) else str(stored).encode()
    folded = fold(value)
    # A blank is nobody. SQLite takes a NUL for the end of a text, so its comparison would not see what is behind.
    if (value.strip() and not form.fullmatch(folded)) or b"\0" in value:
        raise ValueError
    return folded
