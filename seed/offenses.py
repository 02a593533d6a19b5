"""Offenses: how often each is charged, and how often it is the reason of a warrant, from seed/data/offenses.csv.

The texts are no GraphQL enum: lists of offenses grow by statute, and a client that switches on them would break.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from resolvers.codes.history import Severity
from seed.data import rows
from seed.rng import Rng, weighted

TEXTS: Final = {row["code"]: row["text"] for row in rows("offense_texts")}
"""Text of each NCIC offense code."""


class Offense(NamedTuple):
    """The columns of an offense."""

    code: str
    offense: str
    severity: str


def offense(code: str, severity: Severity) -> Offense:
    """The offense with this NCIC code, of this severity."""
    return Offense(code, TEXTS[code], severity.value)


def _weighted(use: str) -> tuple[Offense, ...]:
    return weighted({
        offense(row["code"], Severity[row["severity"]]): int(row["weight"])
        for row in rows("offenses")
        if row["use"] == use
    })  # fmt: skip


_CHARGED: Final = _weighted("charged")
_WANTED: Final = _weighted("wanted")


def charged(rng: Rng) -> Offense:
    """The offense of an arrest."""
    return rng.one_of(_CHARGED)


def wanted(rng: Rng) -> Offense:
    """The offense of a warrant: more serious than of an arrest, and more often a failure to appear in court."""
    return rng.one_of(_WANTED)
