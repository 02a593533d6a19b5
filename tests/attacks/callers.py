"""Callers that the demonstration issuer does not make: its own tokens with other claims, signed again with its key."""

from __future__ import annotations

from typing import Any

from joserfc import jwt

from tests.harness import World


def token(world: World, as_: str, /, **claims: Any) -> str:
    """A demo caller's token with these claims in place of its own."""
    key = world.issuer._key
    ours = jwt.decode(world.token(as_), key)
    return jwt.encode(ours.header, {**ours.claims, **claims}, key)
