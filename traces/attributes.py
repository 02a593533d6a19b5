"""Keys of the attributes that the viewer knows. All others are shown as they are."""

from __future__ import annotations

ERROR_CODE = "needtoknow.error.code"
DOCUMENT_HASH = "graphql.document.hash"
HTTP_STATUS = "http.response.status_code"
KEYS = "needtoknow.keys"
OPERATION_NAME = "graphql.operation.name"
OPERATION_TYPE = "graphql.operation.type"
ROLE = "needtoknow.role"
ROWS = "needtoknow.rows"
SOURCE = "db.namespace"
SOURCE_STATUS = "needtoknow.source.status"


def short_hash(digest: str) -> str:
    """The first digits of a document's hash, enough to distinguish it from others."""
    return digest[:8]
