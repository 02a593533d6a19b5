"""The base of every closed list in this room: a value for machines, a sentence for people.

Knows nothing of the lists.
"""

from __future__ import annotations

from enum import Enum
from typing import Self


class DescribedEnum(Enum):
    """A member is written `NAME = "value", "What it means."`."""

    _value_: str
    meaning: str

    # The default is for the type checker alone, which takes looking a member up by value for making one.
    def __new__(cls, value: str, meaning: str = "") -> Self:
        member = object.__new__(cls)
        member._value_ = value
        member.meaning = meaning
        return member

    # Members are one of a kind. Enum's own, by name, is written in Python, and every look-up of a verdict pays for it.
    __hash__ = object.__hash__

    # Without it the type checker takes the value for anything at all, because of __new__.
    @property
    def value(self) -> str:
        return self._value_
