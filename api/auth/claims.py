"""Claims of a token, each checked for type and value."""

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
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
NAME_SUFFIXES = frozenset({"JR", "SR", "II", "III", "IV", "V"})
ROLES = {role.value: role for role in Role}
ASSURANCES = {assurance.value: assurance for assurance in Assurance}


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
    value = claims.get(name)
    # fromisoformat also accepts 20260101 and 2026-W01-1.
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        raise InvalidClaim(name)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidClaim(name) from None


def agency(claims: Claims) -> str:
    """`ori`: nine characters, the state first."""
    value = claims.get("ori")
    if not isinstance(value, str) or not ORI.fullmatch(value):
        raise InvalidClaim("ori")
    return value


def role(claims: Claims) -> Role:
    """`role`, spelled exactly as in the policy; a list of roles or capital letters are invalid."""
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
    """Normalized surname for the rule about relatives: `family_name`, or else the last word of `name`.

    A name whose surname is not its last word would disable that rule, so "Reyes, Dana" is invalid; so is a name without
    letters.
    """
    if "family_name" in claims:
        claim, normal = "family_name", normalized(string_claim(claims, "family_name"))
    else:
        claim, words = "name", string_claim(claims, "name").split()
        while len(words) > 1 and normalized(words[-1]) in NAME_SUFFIXES:
            words.pop()
        if "," in " ".join(words).rstrip(","):
            raise InvalidClaim(claim)
        normal = normalized(words[-1])
    if not normal:
        raise InvalidClaim(claim)
    return normal
