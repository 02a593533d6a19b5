"""JSON Schema of the messages to and from a remote source: which tables, keys and columns, and of which types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Integer

from sources.remote.messages import KEYS_PER_REQUEST, VERSION
from sources.remote.table_read import TableRead


def json_schema(source: str, reads: Iterable[TableRead]) -> dict[str, Any]:
    """A schema that a request fits, or a reply to one. `reads` are all that the source is asked for."""
    reads = list(reads)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Messages to and from the remote source {source}",
        "anyOf": [{"$ref": "#/$defs/request"}, {"$ref": "#/$defs/reply"}],
        "$defs": {
            "request": {"oneOf": [_request(each) for each in reads]},
            "reply": {
                **_object({"version": {"const": VERSION}, "complete": {"const": True}, "answers": {}}),
                "anyOf": [{"properties": {"answers": {"type": "array", "items": _answer(each)}}} for each in reads],
            },
        },
    }


def _request(read: TableRead) -> dict[str, Any]:
    names = [str(each.name) for each in read.columns]
    return _object(
        {
            "version": {"const": VERSION},
            "table": {"const": read.table},
            "key": {"const": str(read.key.name)},
            "keys": {"type": "array", "maxItems": KEYS_PER_REQUEST, "uniqueItems": True, "items": _key(read)},
            "columns": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": names}},
        }
    )


def _answer(read: TableRead) -> dict[str, Any]:
    """An answer has exactly the columns that were asked, which a schema of the reply alone cannot say."""
    row = {
        "type": "object",
        "properties": {str(each.name): {"type": _types(each)} for each in read.columns},
        "required": [str(read.key.name)],
        "additionalProperties": False,
    }
    return _object({"key": _key(read), "rows": {"type": "array", "items": row}})


def _key(read: TableRead) -> dict[str, Any]:
    return {"type": _types(read.key)[0]}


def _types(column: Column[Any]) -> list[str]:
    kind = "integer" if isinstance(column.type, Integer) else "string"
    return [kind, "null"] if column.nullable else [kind]


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}
