"""Strict JSON: the value of a text in which nothing is ambiguous."""

from __future__ import annotations

import re
from typing import Any

import orjson

DEPTH = 32
CONTAINERS = frozenset({dict, list})
QUOTED = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


class InvalidJson(ValueError):
    """A text that is not strict JSON. The message repeats nothing of it."""


def strict_json(text: bytes, what: str) -> Any:
    """The value of a JSON text in UTF-8: no byte order mark, NaN, lone surrogate or repeated name.

    Raises: InvalidJson, whose message begins with `what`.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        # orjson's own message quotes the text.
        raise InvalidJson(f"{what} is not JSON in UTF-8.") from None
    # A name that stands twice is two colons in the text and one member of the value: outside of strings, JSON
    # has no other colons. orjson keeps the last of the two; a proxy may have looked at the first.
    if QUOTED.sub(b"", text).count(b":") != _members(value, DEPTH, what):
        raise InvalidJson(f"{what} has an object that names a member twice.")
    return value


def _members(value: Any, depth: int, what: str) -> int:
    if not isinstance(value, dict | list):
        return 0
    if depth == 0:
        raise InvalidJson(f"{what} is nested too deeply.")
    own, below = (len(value), value.values()) if isinstance(value, dict) else (0, value)
    # Most of what is sent is one list of a thousand words.
    return own + sum(_members(item, depth - 1, what) for item in below if item.__class__ in CONTAINERS)
