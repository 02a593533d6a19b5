"""Tokens of the demonstration issuer with other claims, signed with its key."""

from __future__ import annotations

from typing import Any

from joserfc import jwt

from api.auth.demo_issuer import read_key
from tests.harness import World


def token(world: World, role: str, /, **claims: Any) -> str:
    """A token of a demo caller with these claims replaced, and without those that are None."""
    key = read_key(world.folder)
    original = jwt.decode(world.token(role), key)
    kept = {name: value for name, value in {**original.claims, **claims}.items() if value is not None}
    return jwt.encode(original.header, kept, key)
