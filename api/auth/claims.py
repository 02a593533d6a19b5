"""The claims of a token, each checked for its kind and its value. Knows nothing of keys or clocks."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from policy.caller import Assurance
from policy.roles import Role
from resolvers.names import normalized

Claims = Mapping[str, Any]

ORI = re.compile(r"[A-Z]{2}[A-Z0-9]{7}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
GENERATIONS = frozenset({"JR", "SR", "II", "III", "IV", "V"})
ROLES = {role.value: role for role in Role}
ASSURANCES = {assurance.value: assurance for assurance in Assurance}


class InvalidClaim(ValueError):
    """A claim is missing or is not what it should be. The message is the claim's name, never its value."""


def timestamp_claim(claims: Claims, name: str) -> float:
    """Seconds since 1970. A bool is a number to Python, and is not one here."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidClaim(name)
    return float(value)


def string_claim(claims: Claims, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise InvalidClaim(name)
    # Printable, because it goes into the journal and from there to a terminal.
    if not value.isprintable() or value != value.strip():
        raise InvalidClaim(name)
    return value


def bool_claim(claims: Claims, name: str) -> bool:
    value = claims.get(name)
    if not isinstance(value, bool):
        raise InvalidClaim(name)
    return value


def date_claim(claims: Claims, name: str) -> date:
    value = claims.get(name)
    # fromisoformat alone also takes 20260101 and 2026-W01-1.
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise InvalidClaim(name)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidClaim(name) from None


def agency(claims: Claims) -> str:
    """The nine characters of `ori`, state first."""
    value = claims.get("ori")
    if not isinstance(value, str) or not ORI.fullmatch(value):
        raise InvalidClaim("ori")
    return value


def role(claims: Claims) -> Role:
    """`role` in exactly the table's letters: a list of roles is none, nor is one in capitals."""
    value = claims.get("role")
    if not isinstance(value, str) or value not in ROLES:
        raise InvalidClaim("role")
    return ROLES[value]


def assurance(claims: Claims) -> Assurance:
    value = claims.get("acr")
    if not isinstance(value, str) or value not in ASSURANCES:
        raise InvalidClaim("acr")
    return ASSURANCES[value]


def surname(claims: Claims) -> str:
    """The letters that show a record to be a relation's: of `family_name`, else of `name`'s last word.

    A name that hides its surname would lift the rule about relations, so "Reyes, Dana" is refused, and so is
    a name without letters.
    """
    if "family_name" in claims:
        claim, found = "family_name", normalized(string_claim(claims, "family_name"))
    else:
        claim, spelled = "name", string_claim(claims, "name").split()
        while len(spelled) > 1 and normalized(spelled[-1]) in GENERATIONS:
            spelled.pop()
        if "," in " ".join(spelled).rstrip(","):
            raise InvalidClaim(claim)
        found = normalized(spelled[-1])
    if not found:
        raise InvalidClaim(claim)
    return found
