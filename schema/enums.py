"""Codes as GraphQL enums: the member's name, with the code's meaning as its description."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

import strawberry

E = TypeVar("E", bound=type[Enum])


def enum(codes: E, name: str, description: str) -> E:
    """Make an Enum whose members have a `meaning` known to the schema under a name."""
    made: Any = strawberry.enum(codes, name=name, description=description)
    for value in made.__strawberry_definition__.values:
        member: Any = codes[value.name]
        # The stored code is worth knowing only where the name is not the code itself.
        code = "" if member.value == member.name else f" (code {member.value})"
        value.description = f"{member.meaning.removesuffix('.')}{code}."
    return codes
