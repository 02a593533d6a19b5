"""Manifests: the documents of an application with their ids, as Apollo, graphql-codegen and Relay write them.

    Apollo          {"format": "apollo-persisted-query-manifest", "version": 1,
                     "operations": [{"id": "86b4…", "name": "Stop", "type": "query", "body": "query Stop …"}]}
    graphql-codegen {"sha256:86b4…": "query Stop …"}
    Relay           {"86b4…": "query Stop …"}

The id of a document is the SHA-256 of its exact text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from api.config.strict_json import InvalidJson, strict_json

APOLLO_FORMAT = "apollo-persisted-query-manifest"
ID = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
TOOLS = (
    "Apollo's tool writes such ids; graphql-codegen does with hashAlgorithm: 'sha256', "
    'and relay-compiler with "algorithm": "SHA256".'
)


class InvalidManifest(Exception):
    """Manifests that cannot be used. The message names the file and the document, and repeats no text of a document."""


@dataclass(frozen=True, slots=True)
class ManifestDocument:
    """A document of a manifest, whose id is right.

    origin: the file and the number of the document, for errors.
    name, kind: of its operation as the manifest says them, if it does.
    """

    id: str
    text: str
    origin: str
    name: str | None = None
    kind: str | None = None


def normal_id(id: str) -> str | None:
    """The 64 hexadecimal digits of an id, with or without `sha256:`; None if it is no SHA-256."""
    found = ID.fullmatch(id)
    return None if found is None else found[1]


def parse_manifest(content: bytes, origin: str) -> list[ManifestDocument]:
    """The documents of a manifest in any of the three forms. Raises: InvalidManifest."""
    try:
        manifest = strict_json(content, origin)
    except InvalidJson as error:
        raise InvalidManifest(str(error)) from None
    if not isinstance(manifest, dict):
        raise InvalidManifest(f"{origin} is no manifest of Apollo, graphql-codegen or Relay: it is not a JSON object.")
    documents = list(_of_apollo(manifest, origin) if "operations" in manifest else _of_map(manifest, origin))
    if not documents:
        raise InvalidManifest(f"{origin} has no document.")
    return documents


def _of_apollo(manifest: dict[str, Any], origin: str) -> Iterator[ManifestDocument]:
    if manifest.get("format") != APOLLO_FORMAT or manifest.get("version") != 1:
        raise InvalidManifest(f"{origin} is no manifest of Apollo: its format is not {APOLLO_FORMAT}, version 1.")
    if not isinstance(manifest["operations"], list):
        raise InvalidManifest(f"{origin}: `operations` is not a list.")
    for number, operation in enumerate(manifest["operations"], start=1):
        at = f"{origin}, document {number}"
        match operation:
            case {"id": str(id), "name": str(name), "type": str(kind), "body": str(text)}:
                yield ManifestDocument(_checked(id, text, at), text, at, name, kind)
            case _:
                raise InvalidManifest(f"{at}: it needs id, name, type and body, each a text.")


def _of_map(manifest: dict[str, Any], origin: str) -> Iterator[ManifestDocument]:
    for number, (id, text) in enumerate(manifest.items(), start=1):
        at = f"{origin}, document {number}"
        if not isinstance(text, str):
            raise InvalidManifest(f"{at}: it is not a text. A manifest has the text of each document by its id.")
        yield ManifestDocument(_checked(id, text, at), text, at)


def _checked(id: str, text: str, at: str) -> str:
    """The id in its normal form. Raises: InvalidManifest if it is not that of the text."""
    normal = normal_id(id)
    if normal is None:
        raise InvalidManifest(f"{at}: its id is not a SHA-256 in lower-case hexadecimal digits. {TOOLS}")
    if sha256(text.encode()).hexdigest() != normal:
        raise InvalidManifest(f"{at}: its id is not the SHA-256 of its text. Generate the manifest again.")
    return normal
