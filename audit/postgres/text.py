"""Text that PostgreSQL can store: it has none with U+0000, so columns and search terms have U+FFFD instead."""

from __future__ import annotations

from typing import Any

import orjson

from audit.chain import COLUMNS


def storable(value: Any) -> Any:
    """A search term as the columns have it."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def columns_of(body: bytes) -> tuple[object, ...]:
    """The COLUMNS and the record ids of an entry with this text, as `journal.parsed` reads it.

    Raises: ValueError if it is no object.
    """
    # JSON has no U+0001; it stands for an escaped backslash, after which "u0000" is no escape.
    readable = body.replace(rb"\\", b"\1").replace(rb"\u0000", rb"\ufffd").replace(b"\1", rb"\\")
    entry = orjson.loads(readable)
    if not isinstance(entry, dict):
        raise ValueError("an entry is a JSON object")
    return (*map(entry.get, COLUMNS), entry.get("record_ids"))
