"""Offenses: how often each is charged, and how often it is the reason of a warrant, from seed/data/offenses.csv.

The texts are no GraphQL enum: lists of offenses grow by statute, and a client that switches on them would break.
"""

from __future__ import annotations

from typing import Final

from seed.data import rows, weighted_rows
from seed.row import Columns

TEXTS: Final = {row["code"]: row["text"] for row in rows("offense_texts")}
"""Text of each NCIC offense code."""


def offense(code: str, severity: str) -> Columns:
    """The columns of an offense, by its NCIC code."""
    return {"code": code, "offense": TEXTS[code], "severity": severity}


# Offenses of warrants are more serious than those of arrests, and more often a failure to appear in court.
CHARGED, WANTED = (
    tuple(offense(row["code"], row["severity"]) for row in weighted_rows("offenses") if row["use"] == use)
    for use in ("charged", "wanted")
)
