"""Strict JSON: UTF-8 without duplicate names, NaN, lone surrogates or deep nesting."""

from __future__ import annotations

import re
from typing import Any

import orjson

MAX_DEPTH = 32
CONTAINERS = frozenset({dict, list})
QUOTED = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


class InvalidJson(ValueError):
    """A text that is not strict JSON. The message repeats nothing of it."""


def strict_json(text: bytes, what: str) -> Any:
    """The value of a strict JSON text. Raises: InvalidJson, with a message that begins with `what`."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        # orjson's own message quotes the text.
        raise InvalidJson(f"{what} is not JSON in UTF-8.") from None
    # A duplicate name is two colons in the text and one member of the value: outside strings, JSON has no other
    # colons. orjson keeps the last of the two; a proxy may have used the first.
    if QUOTED.sub(b"", text).count(b":") != _count_members(value, MAX_DEPTH, what):
        raise InvalidJson(f"{what} has an object with a duplicate name.")
    return value


def _count_members(value: Any, depth: int, what: str) -> int:
    if not isinstance(value, dict | list):
        return 0
    if depth == 0:
        raise InvalidJson(f"{what} is nested too deeply.")
    own, below = (len(value), value.values()) if isinstance(value, dict) else (0, value)
    # Scalars are skipped here: a typical large body is one list of a thousand strings.
    return own + sum(_count_members(item, depth - 1, what) for item in below if item.__class__ in CONTAINERS)
