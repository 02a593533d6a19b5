"""Trusted documents over HTTP: three ways to name one, three modes, and what the journal says."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.config.document_settings import DocumentSettings
from api.config.setting import InvalidSettings
from api.config.settings import Settings
from api.documents.manifest import InvalidManifest
from audit.entry import Kind
from tests.api.http_client import GRAPHQL, JSON
from tests.harness import TEST_SETTINGS, Response, World, running_app
from tests.manifests import BY_ID, INQUIRY, STOP, WHO, apollo, by_id, id_of, in_each_form, write_manifest

FREE = 'query Free @inquiry(purpose: C, reason: INVESTIGATION) { person(id: "P0000003") { id } }'
ME = {"me": {"name": "Morgan Ashgrove"}}
FORMS = in_each_form(STOP)
UNKNOWN = in_each_form("query Unknown { me { name } }")
MODES = [{"documents_mode": "also"}, {"documents_mode": "only"}]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return write_manifest(tmp_path / "documents.json", by_id(STOP, BY_ID, WHO))


@pytest.fixture(params=MODES, ids=["also", "only"])
async def trusted(request: pytest.FixtureRequest, data: Path, manifest: Path) -> AsyncIterator[World]:
    """The application with trusted documents in each of the two modes."""
    async with running_app(data, documents=(str(manifest),), **request.param) as world:
        yield world


@pytest.fixture
async def only(data: Path, manifest: Path) -> AsyncIterator[World]:
    """The application in which investigators alone may send texts."""
    settings = {"documents_mode": "only", "documents_free_roles": ("investigator",)}
    async with running_app(data, documents=(str(manifest),), **settings) as world:
        yield world


async def post(world: World, body: dict[str, Any], *, role: str = "patrol", accept: str = GRAPHQL) -> Response:
    world.log.clear()
    headers = {"Authorization": f"Bearer {world.token(role)}", "Accept": accept}
    return Response(await world.client.post("/graphql", json=body, headers=headers))


@pytest.mark.parametrize("form", FORMS)
async def test_each_form_of_id_names_the_document(trusted: World, form: str) -> None:
    response = await post(trusted, FORMS[form])

    assert (response.status, response.data) == (200, {"person": {"id": "P0000001", "ssn": "***-**-7001"}})
    intent, release = trusted.journal_entries()
    assert (intent.kind, release.kind) == (Kind.INTENT, Kind.RELEASE)
    for entry in (intent, release):
        assert (entry.operation_name, entry.trusted_document) == ("Stop", "Stop")
        assert entry.document_sha256 == id_of(STOP)
        assert entry.reason == "TRAFFIC_STOP"


async def test_variables_and_the_inquiry_come_with_the_request(trusted: World) -> None:
    bodies = in_each_form(BY_ID, {"id": "P0000002"})
    for body in bodies.values():
        extensions = {**body.get("extensions", {}), "inquiry": INQUIRY}
        response = await post(trusted, {**body, "operationName": "ById", "extensions": extensions})
        assert response.data == {"person": {"id": "P0000002"}}

    entries = trusted.journal_entries()
    assert [each.reason for each in entries] == ["INVESTIGATION"] * 2 * len(bodies)
    assert {each.trusted_document for each in entries} == {"ById"}


async def test_a_marked_document_without_an_inquiry_reads_nothing(trusted: World) -> None:
    response = await post(trusted, {"id": id_of(BY_ID), "variables": {"id": "P0000001"}})

    assert (response.status, response.codes) == (400, ["PURPOSE_REQUIRED"])
    assert trusted.log == []
    (entry,) = trusted.journal_entries()
    assert (entry.kind, entry.outcome, entry.trusted_document) == (Kind.REFUSAL, "PURPOSE_REQUIRED", "ById")


async def test_a_stated_inquiry_is_not_replaced_by_that_of_the_request(trusted: World) -> None:
    other = await post(trusted, {"id": id_of(STOP), "extensions": {"inquiry": INQUIRY}})
    same = await post(
        trusted, {"id": id_of(STOP), "extensions": {"inquiry": {"purpose": "C", "reason": "TRAFFIC_STOP"}}}
    )

    assert (other.codes, other.data) == (["PURPOSE_REQUIRED"], None)
    assert same.data["person"]["id"] == "P0000001"


@pytest.mark.parametrize("form", UNKNOWN)
@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL, 400)])
async def test_an_unknown_id_is_exactly_not_found(trusted: World, form: str, accept: str, status: int) -> None:
    response = await post(trusted, UNKNOWN[form], accept=accept)

    assert (response.status, response.body.keys()) == (status, {"errors"})
    (error,) = response.errors
    assert error["message"] == "PersistedQueryNotFound"
    assert error["extensions"].keys() == {"code", "traceId"}
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize("settings", [{}, {"documents_mode": "off"}], ids=["no manifest", "off"])
async def test_an_id_is_not_supported_while_none_are_configured(
    data: Path, manifest: Path, settings: dict[str, Any]
) -> None:
    paths = {"documents": (str(manifest),)} if settings else {}
    async with running_app(data, **paths, **settings) as world:
        responses = [await post(world, body) for body in FORMS.values()]
        text = await post(world, FORMS["persistedQuery"] | {"query": "{ me { name } }"})

        assert {(each.status, *each.codes) for each in responses} == {(400, "PERSISTED_QUERY_NOT_SUPPORTED")}
        assert {each.errors[0]["message"] for each in responses} == {"PersistedQueryNotSupported"}
        assert text.data == ME, "an id beside a text is ignored"
        assert [each.outcome for each in world.journal_entries()] == ["PERSISTED_QUERY_NOT_SUPPORTED"] * len(FORMS)


async def test_also_executes_a_text_and_never_stores_it(data: Path, manifest: Path) -> None:
    async with running_app(data, documents=(str(manifest),)) as world:
        body = in_each_form(FREE)["persistedQuery"]
        text, by_hash = await post(world, {**body, "query": FREE}), await post(world, body)

        assert text.data == {"person": {"id": "P0000003"}}
        assert by_hash.codes == ["PERSISTED_QUERY_NOT_FOUND"]
        assert [each.trusted_document for each in world.journal_entries()] == [None] * 3


@pytest.mark.parametrize("id", [id_of(STOP), "sha256:" + id_of(WHO), "x", ""])
async def test_a_text_beside_an_id_must_have_that_hash(data: Path, manifest: Path, id: str) -> None:
    async with running_app(data, documents=(str(manifest),)) as world:
        response = await post(world, {"query": FREE, "documentId": id})

        assert (response.status, response.codes) == (400, ["BAD_INPUT"])
        assert response.errors[0]["message"] == "The id in the request is not the SHA-256 of its `query`."
        assert world.log == []


async def test_beside_a_text_other_members_are_ignored(data: Path, manifest: Path) -> None:
    async with running_app(data, documents=(str(manifest),)) as world:
        response = await post(world, {"query": "{ me { name } }", "id": 7, "doc_id": id_of(STOP)})

        assert response.data == ME


async def test_only_refuses_a_text_but_for_listed_roles(only: World) -> None:
    refused = await post(only, {"query": FREE})
    free = await post(only, {"query": FREE}, role="investigator")

    assert (refused.status, refused.codes) == (400, ["PERSISTED_QUERY_ID_REQUIRED"])
    assert free.data == {"person": {"id": "P0000003"}}
    refusal, intent, _ = only.journal_entries()
    assert (refusal.kind, refusal.outcome, refusal.user) == (
        Kind.REFUSAL,
        "PERSISTED_QUERY_ID_REQUIRED",
        "demo-patrol",
    )
    assert (intent.kind, intent.trusted_document) == (Kind.INTENT, None)


@pytest.mark.parametrize("text", [FREE, "{ __typename }", "{ me { name", "", STOP, "{" * 30_000])
async def test_only_looks_at_no_text(only: World, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("engine.document.parse", never)
    for more in ({}, {"documentId": id_of(STOP)}, in_each_form(text)["persistedQuery"]):
        response = await post(only, {"query": text, **more})

        assert response.codes == ["PERSISTED_QUERY_ID_REQUIRED"]


async def test_a_role_that_may_send_texts_may_send_ids_too(only: World) -> None:
    response = await post(only, {"documentId": id_of(STOP)}, role="investigator")

    assert response.data["person"]["id"] == "P0000001"


WRONG = {
    "documentId as a number": ({"documentId": 5}, "`documentId` is not a string."),
    "id as a list": ({"id": [id_of(STOP)]}, "`id` is not a string."),
    "doc_id as an object": ({"doc_id": {}}, "`doc_id` is not a string."),
    "persistedQuery as a text": (
        {"extensions": {"persistedQuery": id_of(STOP)}},
        "`extensions.persistedQuery` needs version 1 and sha256Hash.",
    ),
    "another version": (
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": id_of(STOP)}}},
        "`extensions.persistedQuery` needs version 1 and sha256Hash.",
    ),
    "no hash": (
        {"extensions": {"persistedQuery": {"version": 1}}},
        "`extensions.persistedQuery` needs version 1 and sha256Hash.",
    ),
    "nulls": ({"documentId": None, "id": None, "extensions": None}, "The request has no `query`."),
    "two ids": ({"documentId": id_of(STOP), "id": id_of(WHO)}, "The request has two different ids of a document."),
}


@pytest.mark.parametrize(("body", "message"), WRONG.values(), ids=WRONG)
async def test_a_malformed_id_gets_a_fixed_sentence(trusted: World, body: dict[str, Any], message: str) -> None:
    response = await post(trusted, body)

    assert (response.status, response.codes) == (400, ["BAD_INPUT"])
    assert response.errors[0]["message"] == message


async def test_ids_that_say_the_same_are_one(trusted: World) -> None:
    body = {"id": id_of(WHO), "doc_id": id_of(WHO), "documentId": f"sha256:{id_of(WHO)}"}

    assert (await post(trusted, body)).data == ME


async def test_a_trusted_document_is_answered_in_parts_too(data: Path, tmp_path: Path) -> None:
    text = STOP.replace("ssn", "... @defer { warrants { number } }")
    path = write_manifest(tmp_path / "documents.json", apollo(text))
    async with running_app(data, documents=(str(path),), documents_mode="only") as world:
        response = await post(world, {"id": id_of(text)}, accept="multipart/mixed; deferSpec=20220824")

        assert response.http.headers["content-type"].startswith("multipart/mixed")
        first, second = (orjson.loads(part) for part in re.findall(r"^\{.*\}", response.text, re.MULTILINE))
        assert first["data"] == {"person": {"id": "P0000001"}}
        (deferred,) = second["incremental"]
        assert deferred["data"] == {"warrants": [{"number": "W000000001"}]}
        entries = world.journal_entries()
        assert [each.kind for each in entries] == [Kind.INTENT, Kind.PART, Kind.RELEASE]
        assert {each.trusted_document for each in entries} == {"Stop"}


async def test_an_operation_name_must_be_the_documents(trusted: World) -> None:
    right = await post(trusted, {"id": id_of(WHO), "operationName": "Who"})
    wrong = await post(trusted, {"id": id_of(WHO), "operationName": "Stop"})

    assert right.data == ME
    assert wrong.codes == ["BAD_INPUT"]


@pytest.mark.slow
async def test_trusted_documents_are_not_evicted_by_texts(data: Path, manifest: Path) -> None:
    async with running_app(data, documents=(str(manifest),), cache_mebibytes=1) as world:
        for number in range(300):
            await post(world, {"query": f"{{ me {{ a{number}: name }} }}"})

        assert (await post(world, {"id": id_of(WHO)})).data == ME


async def test_an_invalid_manifest_stops_the_start(data: Path, tmp_path: Path) -> None:
    path = write_manifest(tmp_path / "documents.json", {id_of(STOP): WHO})

    with pytest.raises(InvalidManifest, match=r"documents\.json, document 1: its id is not the SHA-256"):
        async with running_app(data, documents=(str(path),)):
            pass


async def test_the_mode_off_does_not_read_the_manifests(data: Path, tmp_path: Path) -> None:
    async with running_app(data, documents=(str(tmp_path / "absent"),), documents_mode="off") as world:
        assert (await world.execute("{ me { name } }")).data == ME


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"documents_mode": "s3cret"}, "NEEDTOKNOW_DOCUMENTS_MODE must be one of off, also, only."),
        ({"documents_mode": "only"}, "NEEDTOKNOW_DOCUMENTS_MODE=only needs manifests in NEEDTOKNOW_DOCUMENTS."),
        ({"documents_free_roles": ("patrol", "s3cret")}, "NEEDTOKNOW_DOCUMENTS_FREE_ROLES must be some of patrol, "),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidSettings) as invalid:
        Settings.of(**TEST_SETTINGS, **given)

    assert str(invalid.value).startswith(message)
    assert "s3cret" not in str(invalid.value)


def test_settings_of_documents_are_read_from_the_environment() -> None:
    environment = {
        "NEEDTOKNOW_DOCUMENTS": "/srv/app/relay.json, /srv/app/manifests",
        "NEEDTOKNOW_DOCUMENTS_MODE": "only",
        "NEEDTOKNOW_DOCUMENTS_FREE_ROLES": "investigator,auditor",
    }

    assert Settings.from_environment(environment).documents == DocumentSettings(
        documents=("/srv/app/relay.json", "/srv/app/manifests"),
        documents_mode="only",
        documents_free_roles=("investigator", "auditor"),
    )


async def test_a_long_name_is_cut_in_the_journal(data: Path, tmp_path: Path) -> None:
    text = STOP.replace("Stop", f"S{'x' * 99}")
    path = write_manifest(tmp_path / "documents.json", apollo(text))
    async with running_app(data, documents=(str(path),)) as world:
        await post(world, {"id": id_of(text)})

        assert {each.trusted_document for each in world.journal_entries()} == {f"S{'x' * 62}…"}
