"""GraphQL enums of code tables: each value has the member's name, and the code's meaning as its description."""

from __future__ import annotations

from typing import Any, TypeVar

import strawberry

from policy.described_enum import DescribedEnum

E = TypeVar("E", bound=type[DescribedEnum])


def enum(codes: E, name: str, description: str) -> E:
    """Register a DescribedEnum as a GraphQL enum."""
    graphql_enum: Any = strawberry.enum(codes, name=name, description=description)
    for value in graphql_enum.__strawberry_definition__.values:
        member = codes[value.name]
        # The stored code is worth showing only if it differs from the name.
        code = "" if member.value == member.name else f" (code {member.value})"
        value.description = f"{member.meaning.removesuffix('.')}{code}."
    return codes
