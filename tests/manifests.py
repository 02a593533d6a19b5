"""Manifests of trusted documents for tests, in the forms of the three tools."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

STOP = 'query Stop @inquiry(purpose: C, reason: TRAFFIC_STOP) { person(id: "P0000001") { id ssn } }'
BY_ID = "query ById($id: ID!) @inquiryFromRequest { person(id: $id) { id } }"
WHO = "query Who { me { name } }"
INQUIRY = {"purpose": "C", "reason": "INVESTIGATION"}


def id_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def by_id(*texts: str, prefix: str = "") -> dict[str, str]:
    """A manifest as Relay writes it; with the prefix `sha256:` as graphql-codegen does."""
    return {prefix + id_of(text): text for text in texts}


def apollo(*texts: str) -> dict[str, Any]:
    """A manifest as Apollo's tool writes it."""

    def operation(text: str) -> dict[str, str]:
        kind, name = re.findall(r"\w+", text)[:2]
        return {"id": id_of(text), "name": name, "type": kind, "body": text}

    operations = [operation(text) for text in texts]
    return {"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}


def write_manifest(path: Path, manifest: object) -> Path:
    """Replace the file as a deployment should: another reader finds the old one or the new one."""
    draft = path.with_name(f"{path.name}.new")
    draft.write_bytes(orjson.dumps(manifest))
    return draft.rename(path)


def in_each_form(text: str, variables: Mapping[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """The bodies of a request for a document by its id, by the name of the form."""
    id, values = id_of(text), dict(variables or {})
    return {
        "documentId": {"documentId": id, "variables": values},
        "documentId of graphql-codegen": {"documentId": f"sha256:{id}", "variables": values},
        "persistedQuery": {
            "extensions": {"persistedQuery": {"version": 1, "sha256Hash": id}},
            "variables": values,
        },
        "id": {"id": id, "query": None, "variables": values},
        "doc_id": {"doc_id": id, "variables": values},
    }
