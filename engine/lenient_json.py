"""Lenient JSON: read with every text that can be read, and an InvalidValue in place of each that cannot.

A source's text may not be UTF-8. Bytes that are not are decoded as lone surrogates, which no text holds: bytes 50 E9
give an InvalidValue, and the values beside it are as they are.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from engine.errors import InvalidValue

_SURROGATE = re.compile("[\ud800-\udfff]")


def read_rows(cell: bytes) -> list[list[Any]]:
    """The rows in a cell of JSON whose texts may not be UTF-8. Raises: ValueError, RecursionError if it is no JSON."""
    return [_marked(row) for row in json.loads(cell.decode(errors="surrogateescape"), strict=False)]


def read_list(value: Any) -> Any:
    """The list in a column, or in an InvalidValue of it. Raises: ValueError, RecursionError if it is no JSON."""
    text = value.text if isinstance(value, InvalidValue) else value
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _marked(json.loads(text, strict=False))


def _marked(value: Any) -> Any:
    if isinstance(value, str):
        return InvalidValue(value) if _SURROGATE.search(value) else value
    if isinstance(value, list):
        return [_marked(each) for each in value]
    if isinstance(value, dict):
        return {name: _marked(each) for name, each in value.items()}
    return value
