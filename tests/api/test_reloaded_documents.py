"""Trusted documents are reloaded when their files change: all of them, or none."""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path

import pytest

from api.config.document_settings import DocumentSettings
from api.documents.loader import DocumentLoader, TrustedById
from api.documents.reloaded_documents import STAY, ReloadedDocuments
from engine.limits import Limits
from schema.build import guarded_schema
from tests.harness import World, running_app
from tests.manifests import BY_ID, STOP, WHO, by_id, id_of, write_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "manifests"
    folder.mkdir()
    write_manifest(folder / "a.json", by_id(STOP))
    write_manifest(folder / "b.json", by_id(WHO))
    return folder


@pytest.fixture
def documents(folder: Path) -> ReloadedDocuments:
    settings = DocumentSettings(documents=(str(folder),))
    return ReloadedDocuments(DocumentLoader(settings, guarded_schema(), Limits()))


def names(documents: ReloadedDocuments) -> set[str]:
    return {each.name for each in documents.current().values()}


async def test_changed_added_and_removed_files_are_taken_up(documents: ReloadedDocuments, folder: Path) -> None:
    assert names(documents) == {"Stop", "Who"}

    write_manifest(folder / "a.json", by_id(BY_ID))
    await documents.refresh()
    assert names(documents) == {"ById", "Who"}

    write_manifest(folder / "c.json", by_id(STOP))
    await documents.refresh()
    assert names(documents) == {"ById", "Who", "Stop"}

    (folder / "b.json").unlink()
    await documents.refresh()
    assert names(documents) == {"ById", "Stop"}


async def test_a_half_written_manifest_changes_nothing_and_is_logged_once(
    documents: ReloadedDocuments, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = write_manifest(folder / "new.json", by_id(BY_ID)).read_bytes()
    write_manifest(folder / "a.json", by_id(BY_ID))
    (folder / "new.json").write_bytes(whole[:-10])
    with caplog.at_level(logging.WARNING):
        await documents.refresh()
        await documents.refresh()

    assert documents.is_stale
    assert names(documents) == {"Stop", "Who"}, "the valid file that changed with it waits too"
    assert caplog.messages == [f"{STAY} {folder}/new.json is not JSON in UTF-8."]

    (folder / "new.json").write_bytes(whole)
    await documents.refresh()
    assert not documents.is_stale
    assert names(documents) == {"ById", "Who"}


@pytest.mark.parametrize("content", [b"", b"{}", b'{"operations": []}'])
async def test_a_manifest_that_became_empty_changes_nothing(
    documents: ReloadedDocuments, folder: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "a.json").write_bytes(content)
    await documents.refresh()

    assert names(documents) == {"Stop", "Who"}
    (message,) = caplog.messages
    assert message.startswith(STAY)


async def test_documents_stay_when_their_folder_goes(
    documents: ReloadedDocuments, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(folder)
    await documents.refresh()

    assert names(documents) == {"Stop", "Who"}
    assert caplog.messages == [f"{STAY} {folder} cannot be read: No such file or directory."]


async def test_a_document_that_stays_is_not_checked_again(documents: ReloadedDocuments, folder: Path) -> None:
    before = documents.current()[id_of(STOP)]
    write_manifest(folder / "b.json", by_id(BY_ID))
    await documents.refresh()

    assert documents.current()[id_of(STOP)] is before


async def test_a_wrong_name_of_a_document_that_stays_is_found(
    documents: ReloadedDocuments, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    operation = {"id": id_of(STOP), "name": "Other", "type": "query", "body": STOP}
    manifest = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]}
    write_manifest(folder / "a.json", manifest)
    await documents.refresh()

    assert names(documents) == {"Stop", "Who"}
    assert caplog.messages == [
        f"{STAY} {folder}/a.json, document 1: its name or type is not its operation's. Generate the manifest again."
    ]


async def test_a_running_server_takes_up_a_changed_manifest(
    data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.documents.reloaded_documents.INTERVAL_S", 0)
    async with running_app(data, documents=(str(folder),)) as world:
        assert await answered(world, BY_ID) == "PERSISTED_QUERY_NOT_FOUND"

        write_manifest(folder / "a.json", by_id(BY_ID))
        while await answered(world, BY_ID) != "PURPOSE_REQUIRED":
            pass
        assert await answered(world, STOP) == "PERSISTED_QUERY_NOT_FOUND"


async def answered(world: World, text: str) -> str:
    """The code of the refusal of a document by its id, without an inquiry of the request."""
    headers = {"Authorization": f"Bearer {world.token()}"}
    body = {"documentId": id_of(text), "variables": {"id": "P0000001"}}
    response = await world.client.post("/graphql", json=body, headers=headers)
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


class FailingLoader(DocumentLoader):
    """A loader with a defect: it cannot load documents again."""

    failures = 0

    def load(self, previous: TrustedById | None = None) -> TrustedById:
        if previous is None:
            return super().load()
        self.failures += 1
        raise RuntimeError


async def test_an_error_of_ours_does_not_end_the_reloading(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("api.documents.reloaded_documents.INTERVAL_S", 0)
    loader = FailingLoader(DocumentSettings(documents=(str(folder),)), guarded_schema(), Limits())
    documents = ReloadedDocuments(loader)
    task = asyncio.create_task(documents.refresh_repeatedly())
    for failures in (1, 2):
        write_manifest(folder / "a.json", by_id(BY_ID, f"query N{failures} {{ me {{ name }} }}"))
        while loader.failures < failures:
            await asyncio.sleep(0)
    task.cancel()

    assert names(documents) == {"Stop", "Who"}
    assert caplog.messages[:1] == [STAY]
