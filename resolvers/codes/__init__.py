"""What a code in a record stands for: the base of every code table. Knows nothing of where records are kept.

The value of a member is the code a source stores, and `meaning` is what it stands for in words.
The name of a member is what a client sees, so codes that are no names ("00", "2D") get words.
"""

from __future__ import annotations

from enum import Enum
from typing import Self


class Code(Enum):
    """One table of codes; each member is written as (stored code, meaning)."""

    meaning: str

    def __new__(cls, stored: str, meaning: str) -> Self:
        member = object.__new__(cls)
        member._value_ = stored
        member.meaning = meaning
        return member
