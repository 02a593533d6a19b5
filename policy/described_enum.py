"""Enum whose members have a description besides their value."""

from __future__ import annotations

from enum import Enum
from typing import Self


class DescribedEnum(Enum):
    """A member is written `NAME = "value", "What it means."`."""

    _value_: str
    meaning: str

    # The default is only for mypy, which takes a lookup by value for a construction.
    def __new__(cls, value: str, meaning: str = "") -> Self:
        member = object.__new__(cls)
        member._value_ = value
        member.meaning = meaning
        return member

    # Enum hashes the name in Python code, on every lookup of a verdict. Members are singletons, so identity will do.
    __hash__ = object.__hash__

    # Without it mypy infers Any for the value, because of __new__.
    @property
    def value(self) -> str:
        return self._value_
