"""Messages to and from a remote system: `json_schema.py` describes the same as JSON Schema.

Request: {"version": 1, "table": "warrant", "key": "subject_fbi", "keys": ["000001DM0"], "columns": ["number", …]}
Reply:   {"version": 1, "complete": true, "answers": [{"key": "000001DM0", "rows": [{"number": "W000000001", …}]}]}

A reply has one answer for each key. "No record" is an answer without rows; a key without an answer is a fault.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Column, Integer

from sources.remote.errors import RemoteFailure
from sources.remote.table_read import TableRead

VERSION = 1
KEYS_PER_REQUEST = 500
UNREADABLE = b"\xff"
"""Stands for a value of another type than its column's. It is no text, so it becomes an InvalidValue."""

Key = str | int
INTEGERS = range(-(2**63), 2**63)


class ReadRows(NamedTuple):
    """Rows of one table, each with its values in order of the columns; and whether one of them is UNREADABLE."""

    read: TableRead
    rows: list[list[Any]]
    has_unreadable: bool


def request_body(read: TableRead, keys: Sequence[Key]) -> bytes:
    """The request for the rows of at most KEYS_PER_REQUEST keys."""
    columns = [each.name for each in read.columns]
    body = {"version": VERSION, "table": read.table, "key": read.key.name, "keys": keys, "columns": columns}
    return orjson.dumps(body)


def read_reply(content: bytes, read: TableRead, keys: Sequence[Key], hidden: Collection[tuple[str, str]]) -> ReadRows:
    """The rows of a reply that is complete for these keys.

    hidden: (table, column) of columns that no field shows. A value of another type in one of them has no field to be
            an error at, and a rule would go by it, so the reply is refused. In other columns it is UNREADABLE.
    Raises: RemoteFailure.
    """
    try:
        reply = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise RemoteFailure("its reply is not JSON in UTF-8") from None
    if not isinstance(reply, dict) or reply.get("version") != VERSION:
        raise RemoteFailure(f"its reply is not of version {VERSION}")
    answers = reply.get("answers")
    if reply.get("complete") is not True or not isinstance(answers, list):
        raise RemoteFailure("its reply does not say that it is complete")
    wanted, rows = set(keys), []
    for answer in answers:
        if not isinstance(answer, dict) or not isinstance(answer.get("rows"), list):
            raise RemoteFailure("an answer is not of the form key and rows")
        key = answer.get("key")
        if key.__class__ not in {str, int} or key not in wanted:
            raise RemoteFailure("an answer is for a key that was not asked, or twice for one")
        wanted.remove(key)
        rows += [(key, row) for row in answer["rows"]]
    if wanted:
        raise RemoteFailure("a key has no answer")
    return _checked(read, rows, hidden)


def _checked(read: TableRead, rows: list[tuple[Key, Any]], hidden: Collection[tuple[str, str]]) -> ReadRows:
    names = [each.name for each in read.columns]
    key_index, expected = names.index(read.key.name), set(names)
    checked: list[list[Any]] = []
    for key, row in rows:
        if not isinstance(row, dict) or row.keys() != expected:
            raise RemoteFailure("a row has other columns than those that were asked")
        values = [row[name] for name in names]
        if values[key_index] != key or not _fits(values[key_index], read.key):
            raise RemoteFailure("a row has another key than its answer")
        checked.append(values)
    has_unreadable = False
    for index, column in enumerate(read.columns):
        misfits = [row for row in checked if not _fits(row[index], column)]
        if misfits and (read.table, column.name) in hidden:
            raise RemoteFailure(f"column {column.name} has a value of another type")
        for row in misfits:
            row[index] = UNREADABLE
        has_unreadable |= bool(misfits)
    return ReadRows(read, checked, has_unreadable)


def _fits(value: Any, column: Column[Any]) -> bool:
    """Whether a value has the type of its column. A text has no NUL, behind which SQLite would not compare."""
    if value is None:
        return bool(column.nullable)
    if isinstance(column.type, Integer):
        return value.__class__ is int and value in INTEGERS
    return isinstance(value, str) and "\0" not in value
