"""Subject columns: whom a record is about, in SQL and in Python, folded to the form that rules compare with a caller.

A source may hold a subject in another form than a token: "Reyes " for REYES. A rule that compared the two unchanged
would not apply, and nobody would notice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

from names.folding import plain_letters

_BLANKS: Final = "\t\n\v\f\r \u00a0"
_AGENCY: Final = re.compile("[A-Z]{2}[A-Z0-9]{7}")


def user_sql(value: str) -> str:
    """SQL of a user id without blanks around it, to be compared in any case.

    The index `vehicle_subject_user` has the same expression, which therefore calls no function of our own.
    """
    return f"trim({value}, char({', '.join(str(ord(each)) for each in _BLANKS)})) COLLATE NOCASE"


# No caller may read a record about themselves.
IS_OWN_RECORD: Final = f"{user_sql('subject_user')} IS {user_sql(':user')}"
# Python is called only for values that are not folded already. A table without types may hold text as a BLOB, which
# GLOB may not match and IS does not.
IS_SAME_SURNAME: Final = """CASE WHEN CAST(subject_surname AS TEXT) GLOB '*[^A-Z]*'
 THEN folded_surname(CAST(subject_surname AS BLOB)) ELSE CAST(subject_surname AS TEXT) END IS :surname"""
IS_SAME_AGENCY: Final = """CASE WHEN CAST(subject_ori AS TEXT) GLOB '*[^A-Z0-9]*'
 THEN folded_agency(CAST(subject_ori AS BLOB)) ELSE CAST(subject_ori AS TEXT) END IS :ori"""


def folded_surname(stored: bytes) -> str:
    """A surname of a source, as callers have it: b"Re Yes" gives "REYES"."""
    return plain_letters(_text(stored))


def folded_agency(stored: bytes) -> str:
    """An agency of a source, as callers have it: b"ca-0194200 " gives "CA0194200"."""
    text = unicodedata.normalize("NFKC", _text(stored)).upper()
    return "".join(each for each in text if each.isascii() and each.isalnum())


SQL_FUNCTIONS: Final = {"folded_surname": folded_surname, "folded_agency": folded_agency}
"""The functions of this module's SQL."""


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
