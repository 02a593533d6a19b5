"""Fingerprint class (NCIC FPC): 20 characters, two for each finger from the right thumb to the left little finger."""

from __future__ import annotations

import re
from typing import Final

FINGERS: Final = 10
PATTERNS: Final = (
    "AA plain arch; TT tented arch; 01 to 49 ulnar loop, by its ridge count; 51 to 99 radial loop, by its ridge count"
    " and 50; PI PM PO plain whorl; CI CM CO central pocket loop; DI DM DO double loop; XI XM XO accidental whorl, each"
    " with an inner, meeting or outer tracing; XX finger missing; SR scarred or mutilated"
)
_FINGER: Final = "AA|TT|0[1-9]|[1-4][0-9]|5[1-9]|[6-9][0-9]|[PCDX][IMO]|XX|SR"
_CLASS: Final = re.compile(f"(?:{_FINGER}){{{FINGERS}}}")


def fingerprint_class(stored: str | None) -> str | None:
    """A stored class. Raises: ValueError if a finger has no pattern, or the fingers are not ten."""
    if stored is not None and not _CLASS.fullmatch(stored):
        raise ValueError("The value is no fingerprint class.")
    return stored
