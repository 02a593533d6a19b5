"""Strict JSON: UTF-8 without duplicate names, NaN, lone surrogates or deep nesting."""

from __future__ import annotations

import re
from typing import Any

import orjson

MAX_DEPTH = 32
CONTAINERS = frozenset({dict, list})
ESCAPE = re.compile(rb"\\(?:u[0-9A-Fa-f]{4}|.)")
COLON = rb"\u003a"


class InvalidJson(ValueError):
    """A text that is not strict JSON. The message repeats nothing of it."""


def strict_json(text: bytes, what: str) -> Any:
    """The value of a strict JSON text. Raises: InvalidJson, with a message that begins with `what`."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        # orjson's own message quotes the text.
        raise InvalidJson(f"{what} is not JSON in UTF-8.") from None
    if isinstance(value, dict | list) and _is_too_deep(value, MAX_DEPTH):
        raise InvalidJson(f"{what} is nested too deeply.")
    # orjson keeps the last of two members with one name; a proxy may have used the first. The text written again lacks
    # the other one, and so at least one colon.
    if _count_colons(text) != orjson.dumps(value).count(b":"):
        raise InvalidJson(f"{what} has an object with a duplicate name.")
    return value


def _is_too_deep(container: dict[str, Any] | list[Any], depth: int) -> bool:
    below = container.values() if isinstance(container, dict) else container
    # Scalars are skipped here: a typical large body is one list of a thousand strings.
    inside = [item for item in below if item.__class__ in CONTAINERS]
    return depth == 0 or any(_is_too_deep(item, depth - 1) for item in inside)


def _count_colons(text: bytes) -> int:
    """The colons of a JSON text, also those that are written as escapes in its strings."""
    count = text.count(b":")
    if b"\\u003" in text:
        count += sum(escape.lower() == COLON for escape in ESCAPE.findall(text))
    return count
