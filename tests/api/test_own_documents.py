"""Documents of the pages that the server itself serves: their ids name them in every mode, and add no other right."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from api.config.document_settings import DocumentSettings
from api.config.setting import InvalidSettings
from api.config.settings import Settings
from api.documents.manifest import InvalidManifest
from api.documents.reloaded_documents import open_trusted_documents
from api.documents.trusted_documents import (
    DocumentIdNotSupported,
    DocumentIdRequired,
    DocumentMode,
    DocumentNotFound,
    TrustedDocuments,
)
from api.http.field_app import MANIFEST
from engine.errors import InvalidDocument
from engine.limits import Limits
from policy.roles import Role
from schema.build import guarded_schema
from tests.harness import running_app
from tests.manifests import STOP, WHO, by_id, id_of, write_manifest

UNKNOWN = "query Unknown { me { name } }"


@asynccontextmanager
async def opened(folder: Path, *, limits: Limits | None = None, **settings: Any) -> AsyncIterator[TrustedDocuments]:
    """Trusted documents with WHO in a manifest of our own."""
    own = write_manifest(folder / "own.json", by_id(WHO))
    named = DocumentSettings(**settings)
    async with open_trusted_documents(named, guarded_schema(), limits or Limits(), own=own) as documents:
        yield documents


def name_of(documents: TrustedDocuments, text: str, role: Role = Role.PATROL) -> str:
    """The name of the document that the id of a text names."""
    found = documents.requested([id_of(text)], None, role)
    assert not isinstance(found, str)
    return found.name


@pytest.mark.parametrize("mode", ["off", "also", "only"])
@pytest.mark.parametrize("has_manifest", [False, True])
async def test_own_documents_have_ids_in_every_mode(tmp_path: Path, mode: str, has_manifest: bool) -> None:
    manifest = write_manifest(tmp_path / "documents.json", by_id(STOP))
    given = (str(manifest),) if has_manifest else ()
    async with opened(tmp_path, documents=given, documents_mode=mode) as documents:
        assert name_of(documents, WHO) == "Who"


async def test_beside_them_every_mode_is_what_it_was(tmp_path: Path) -> None:
    manifest = str(write_manifest(tmp_path / "documents.json", by_id(STOP)))
    async with opened(tmp_path) as none:
        assert none.mode is DocumentMode.OFF
        with pytest.raises(DocumentIdNotSupported):
            name_of(none, UNKNOWN)
        assert none.requested([], UNKNOWN, Role.PATROL) == UNKNOWN
    async with opened(tmp_path, documents=(manifest,), documents_mode="off") as off:
        with pytest.raises(DocumentIdNotSupported):
            name_of(off, STOP)
    async with opened(tmp_path, documents=(manifest,)) as also:
        assert name_of(also, STOP) == "Stop"
        with pytest.raises(DocumentNotFound):
            name_of(also, UNKNOWN)


@pytest.mark.parametrize(("mode", "error"), [("off", DocumentIdNotSupported), ("also", InvalidDocument)])
async def test_two_different_ids_name_no_own_document(tmp_path: Path, mode: str, error: type[Exception]) -> None:
    manifest = str(write_manifest(tmp_path / "documents.json", by_id(STOP)))
    async with opened(tmp_path, documents=(manifest,), documents_mode=mode) as documents:
        for other in map(str, range(8)):  # a set gives some of their ids first, and some last
            with pytest.raises(error):
                documents.requested([id_of(WHO), id_of(other)], None, Role.PATROL)


async def test_only_refuses_the_text_of_an_own_document(tmp_path: Path) -> None:
    async with opened(tmp_path, documents_mode="only", documents_free_roles=("auditor",)) as documents:
        for text in (WHO, UNKNOWN):
            with pytest.raises(DocumentIdRequired):
                documents.requested([id_of(text)], text, Role.PATROL)
        assert documents.requested([], UNKNOWN, Role.AUDITOR) == UNKNOWN
        with pytest.raises(DocumentNotFound):
            name_of(documents, UNKNOWN)


async def test_own_documents_over_a_limit_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(InvalidManifest, match=r"own\.json, document 1"):
        async with opened(tmp_path, limits=Limits(tokens=1)):
            pass


def test_only_needs_manifests_or_the_field_app() -> None:
    with pytest.raises(InvalidSettings, match="only needs manifests"):
        Settings.of(documents_mode="only")
    assert Settings.of(documents_mode="only", demo=True).documents.documents == ()


async def test_the_field_app_works_where_no_text_is_permitted(data: Path) -> None:
    manifest = json.loads(MANIFEST.read_text("utf-8"))
    named = {name: id for id, text in manifest.items() for name in re.findall(r"(?:query|subscription) (\w+)", text)}
    async with running_app(data, documents_mode="only") as world:
        headers = {"Authorization": f"Bearer {world.token('patrol')}"}
        me, text = [
            await world.client.post("/graphql", json=body, headers=headers)
            for body in ({"documentId": named["FieldWhoAmI"]}, {"query": manifest[named["FieldWhoAmI"]]})
        ]

    assert me.json()["data"]["me"]["name"] == "Morgan Ashgrove"
    assert text.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_ID_REQUIRED"
