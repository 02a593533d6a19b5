"""Claims of a token, each checked for type and value."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from names.folding import plain_letters

Claims = Mapping[str, Any]
E = TypeVar("E", bound=Enum)

ORI = re.compile(r"[A-Z]{2}[A-Z0-9]{7}")
NAME_SUFFIXES = frozenset({"JR", "SR", "II", "III", "IV", "V"})


class InvalidClaim(ValueError):
    """A claim is missing or invalid. The message is the name of the claim, never its value."""


def timestamp_claim(claims: Claims, name: str) -> float:
    """Seconds since 1970. A bool is a number in Python; it is not accepted here."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidClaim(name)
    return float(value)


def string_claim(claims: Claims, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise InvalidClaim(name)
    # It must be printable, because the journal stores it and `needtoknow audit` prints it.
    if not value.isprintable() or value != value.strip():
        raise InvalidClaim(name)
    return value


def bool_claim(claims: Claims, name: str) -> bool:
    value = claims.get(name)
    if not isinstance(value, bool):
        raise InvalidClaim(name)
    return value


def date_claim(claims: Claims, name: str) -> date:
    text = string_claim(claims, name)
    try:
        value = date.fromisoformat(text)
    except ValueError:
        raise InvalidClaim(name) from None
    # fromisoformat also accepts 20260101 and 2026-W01-1.
    if value.isoformat() != text:
        raise InvalidClaim(name)
    return value


def enum_claim(claims: Claims, name: str, kind: type[E]) -> E:
    """The member whose value is the claim, spelled exactly; a list or capital letters are invalid."""
    try:
        return kind(string_claim(claims, name))
    except ValueError:
        raise InvalidClaim(name) from None


def agency(claims: Claims) -> str:
    """`ori`: nine characters, the state first."""
    value = string_claim(claims, "ori")
    if not ORI.fullmatch(value):
        raise InvalidClaim("ori")
    return value


def surname(claims: Claims) -> str:
    """Normalized surname for the rule about relatives: `family_name`, or else the last word of `name`.

    A name whose surname is not its last word would disable that rule, so "Reyes, Dana" is invalid; so is a name without
    letters.
    """
    claim = "family_name" if "family_name" in claims else "name"
    surname = string_claim(claims, claim)
    if claim == "name":
        words = surname.split()
        while len(words) > 1 and plain_letters(words[-1]) in NAME_SUFFIXES:
            words.pop()
        if "," in " ".join(words).rstrip(","):
            raise InvalidClaim(claim)
        surname = words[-1]
    if not plain_letters(surname):
        raise InvalidClaim(claim)
    return plain_letters(surname)
