"""The attributes that traces are found by, as a trace file has them; any other is shown as it is. Knows no file."""

from __future__ import annotations

CODE = "needtoknow.error.code"
HASH = "graphql.document.hash"
KEYS = "needtoknow.keys"
OPERATION = "graphql.operation.name"
ROLE = "needtoknow.role"
ROWS = "needtoknow.rows"
SOURCE = "db.namespace"
STATUS = "needtoknow.source.status"
TYPE = "graphql.operation.type"


def short(digest: str) -> str:
    """As much of a document's hash as tells it from others."""
    return digest[:8]
