"""Ids of trusted documents, to get another document, another right or an answer about what there is. Attack 44."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
import pytest

from audit.entry import Kind
from tests.attacks.responses import last_release
from tests.harness import World, running_app
from tests.manifests import BY_ID, INQUIRY, STOP, WHO, apollo, by_id, id_of, in_each_form, write_manifest

HISTORY = """query History @inquiry(purpose: C, reason: INVESTIGATION) {
  person(id: "P0000003") { ssn criminalHistory { cycles { arrestedOn charges { code } } } }
}"""
FREE = HISTORY.replace("History", "Free")


@pytest.fixture
async def trusting(data: Path, tmp_path: Path) -> AsyncIterator[World]:
    """The application with the documents of two applications; texts are refused."""
    manifests = [
        write_manifest(tmp_path / "a.json", by_id(STOP, BY_ID)),
        write_manifest(tmp_path / "b.json", apollo(HISTORY, WHO)),
    ]
    async with running_app(data, documents=tuple(map(str, manifests)), documents_mode="only") as world:
        yield world


async def post(world: World, body: dict[str, Any], role: str = "patrol", token: str | None = None) -> httpx.Response:
    world.log.clear()
    headers = {"Authorization": f"Bearer {token or world.token(role)}"}
    return await world.client.post("/graphql", json=body, headers=headers)


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    found: str = error["extensions"]["code"]
    return found


def comparable(response: httpx.Response) -> tuple[int, Any, dict[str, str]]:
    """A response without what differs between any two."""
    body = response.json()
    for error in body.get("errors", ()):
        error["extensions"].pop("traceId")
    headers = {name: value for name, value in response.headers.items() if name != "traceresponse"}
    return response.status_code, body, headers


@pytest.mark.attack(44)
@pytest.mark.parametrize("role", ["patrol", "outsider", "court", "records", "admin"])
async def test_a_document_by_its_id_is_decided_as_its_text_is(trusting: World, data: Path, role: str) -> None:
    by_its_id = await post(trusting, {"documentId": id_of(HISTORY)}, role)
    statements, entry = trusting.statements, last_release(trusting)
    async with running_app(data) as free:
        by_text = await post(free, {"query": HISTORY}, role)

        assert without_inquiry(by_its_id) == without_inquiry(by_text)
        assert statements == free.statements
        other = last_release(free)
    assert (entry.released, entry.masked, entry.denied) == (other.released, other.masked, other.denied)
    assert (entry.outcome, entry.record_ids) == (other.outcome, other.record_ids)
    assert (entry.document_sha256, other.document_sha256) == (id_of(HISTORY),) * 2


def without_inquiry(response: httpx.Response) -> tuple[Any, list[tuple[Any, ...]], Any]:
    body = response.json()
    errors = [(each["message"], each.get("path"), each["extensions"]["code"]) for each in body.get("errors", ())]
    inquiry = body["extensions"]["inquiry"]
    return body["data"], errors, (inquiry["withheld"], inquiry["exclusions"])


@pytest.mark.attack(44)
@pytest.mark.parametrize("form", in_each_form(HISTORY))
async def test_an_id_without_a_token_reads_and_tells_nothing(trusting: World, form: str) -> None:
    known = await trusting.client.post("/graphql", json=in_each_form(HISTORY)[form])
    unknown = await trusting.client.post("/graphql", json=in_each_form(FREE)[form])

    assert (known.status_code, code(known)) == (401, "UNAUTHENTICATED")
    assert comparable(known) == comparable(unknown)
    assert trusting.log == []
    assert [(each.kind, each.trusted_document) for each in trusting.journal_entries()] == [(Kind.REFUSAL, None)] * 2


@pytest.mark.attack(44)
async def test_bad_tokens_are_delayed_with_an_id_as_with_a_text(data: Path, tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path / "a.json", by_id(STOP))
    async with running_app(data, documents=(str(manifest),), failed_auth_delay_s=0.001) as world:
        for _ in range(8):
            await post(world, {"documentId": id_of(STOP)}, token="eyJ.not.mine")

        flags = [each.flags for each in world.journal_entries()]
    assert ["SLOWED" in each for each in flags] == [False] * 5 + [True] * 3


ALIKE = {
    "another text's hash": id_of(FREE),
    "zeros": "0" * 64,
    "upper case": id_of(STOP).upper(),
    "a prefix of an id": id_of(STOP)[:63],
    "an id and more": f"{id_of(STOP)}0",
    "an id and a newline": f"{id_of(STOP)}\n",
    "another scheme": f"md5:{id_of(STOP)}",
    "the scheme twice": f"sha256:sha256:{id_of(STOP)}",
    "digits that are only alike": id_of(STOP).replace(id_of(STOP)[0], "\uff11"),
    "the name of a document": "Stop",
    "the name of a file": "../a.json",
    "nothing": "",
    "very much": "a" * 60_000,
    "a member of an object": "__class__",
}


@pytest.mark.attack(44)
@pytest.mark.parametrize("id", ALIKE.values(), ids=ALIKE)
async def test_only_the_exact_id_names_a_document(trusting: World, id: str) -> None:
    unknown = await post(trusting, {"documentId": "f" * 64})
    for body in ({"documentId": id}, {"id": id}, {"doc_id": id}):
        response = await post(trusting, body)

        assert code(response) == "PERSISTED_QUERY_NOT_FOUND"
        assert comparable(response) == comparable(unknown)
        assert trusting.log == []
    entries = trusting.journal_entries()
    assert [(each.kind, each.outcome, each.user) for each in entries] == [
        (Kind.REFUSAL, "PERSISTED_QUERY_NOT_FOUND", "demo-patrol")
    ] * 4


@pytest.mark.attack(44)
async def test_two_ids_name_no_document(trusting: World) -> None:
    for second in (HISTORY, FREE):
        hash = {"persistedQuery": {"version": 1, "sha256Hash": id_of(second)}}
        response = await post(trusting, {"documentId": id_of(WHO), "extensions": hash})

        assert code(response) == "BAD_INPUT"
        assert trusting.log == []


@pytest.mark.attack(44)
@pytest.mark.parametrize("mode", ["also", "only"])
async def test_a_text_under_the_id_of_a_document_is_not_executed(data: Path, tmp_path: Path, mode: str) -> None:
    manifest = write_manifest(tmp_path / "a.json", by_id(WHO))
    async with running_app(data, documents=(str(manifest),), documents_mode=mode) as world:
        for body in list(in_each_form(WHO).values())[:3]:
            response = await post(world, {**body, "query": HISTORY})

            assert code(response) == ("BAD_INPUT" if mode == "also" else "PERSISTED_QUERY_ID_REQUIRED")
            assert world.log == []
        # No text was registered, and the document is what it was.
        assert code(await post(world, {"documentId": id_of(HISTORY)})) == "PERSISTED_QUERY_NOT_FOUND"
        assert (await post(world, {"documentId": id_of(WHO)})).json()["data"] == {"me": {"name": "Morgan Ashgrove"}}


@pytest.mark.attack(44)
async def test_a_text_is_refused_in_any_disguise(trusting: World) -> None:
    texts = [FREE, STOP, "{ __typename }", "query Stop { me { name } }", "", " "]
    for text in texts:
        for more in (
            {},
            {"id": id_of(STOP)},
            {"operationName": "Stop"},
            {"documentId": sha256(text.encode()).hexdigest()},
        ):
            response = await post(trusting, {"query": text, **more}, "investigator")

            assert code(response) == "PERSISTED_QUERY_ID_REQUIRED"
            assert trusting.log == []
    inline = await trusting.client.get(
        f"/graphql?{urlencode({'query': '{ __typename }'})}",
        headers={"Authorization": f"Bearer {trusting.token('investigator')}"},
    )
    assert code(inline) == "PERSISTED_QUERY_ID_REQUIRED"


@pytest.mark.attack(44)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("mode", ["off", "also", "only"])
async def test_an_id_in_a_url_is_405(data: Path, tmp_path: Path, method: str, mode: str) -> None:
    manifest = write_manifest(tmp_path / "a.json", by_id(STOP, WHO))
    hash = orjson.dumps({"persistedQuery": {"version": 1, "sha256Hash": id_of(STOP)}}).decode()
    async with running_app(data, documents=(str(manifest),), documents_mode=mode) as world:
        headers = {"Authorization": f"Bearer {world.token()}"}
        for parameters in (
            {"documentId": id_of(STOP)},
            {"documentId": f"sha256:{id_of(WHO)}"},
            {"id": id_of(STOP), "variables": '{"id":"P0000001"}'},
            {"doc_id": id_of(WHO)},
            {"extensions": hash},
            {"query": "{ __typename }", "extensions": hash},
            {"query": "{ __typename }", "documentId": id_of(WHO)},
        ):
            response = await world.client.request(method, f"/graphql?{urlencode(parameters)}", headers=headers)

            assert (response.status_code, response.headers["allow"]) == (405, "OPTIONS, POST")
            assert world.log == []
        assert world.journal_entries() == []


@pytest.mark.attack(44)
async def test_a_document_that_takes_its_inquiry_reads_nothing_without(trusting: World) -> None:
    inquiries = [None, {}, {"purpose": "C"}, {**INQUIRY, "purpose": "Q"}, {**INQUIRY, "more": 1}, "C", [INQUIRY]]
    for inquiry in inquiries:
        body = {"id": id_of(BY_ID), "variables": {"id": "P0000001"}, "extensions": {"inquiry": inquiry}}
        response = await post(trusting, body)

        assert code(response) == "PURPOSE_REQUIRED"
        assert trusting.log == []
    assert {each.outcome for each in trusting.journal_entries()} == {"PURPOSE_REQUIRED"}


@pytest.mark.attack(44)
async def test_no_request_replaces_the_inquiry_of_a_document(trusting: World) -> None:
    for inquiry in (INQUIRY, {"purpose": "C", "reason": "TRAFFIC_STOP", "caseNumber": "26-1"}):
        response = await post(trusting, {"id": id_of(STOP), "extensions": {"inquiry": inquiry}})

        assert code(response) == "PURPOSE_REQUIRED"
        assert trusting.log == []


@pytest.mark.attack(44)
async def test_one_callers_document_gives_another_caller_nothing(trusting: World) -> None:
    """A plan and a document are shared by all callers, and hold nothing of any."""
    whole = await post(trusting, {"documentId": id_of(STOP)}, "records")
    denied = await post(trusting, {"documentId": id_of(STOP)}, "outsider")
    again = await post(trusting, {"documentId": id_of(STOP)}, "records")

    assert whole.json()["data"] == again.json()["data"] == {"person": {"id": "P0000001", "ssn": "999-11-7001"}}
    assert denied.json()["data"] == {"person": None}
    assert "999-11" not in denied.text


@pytest.mark.attack(44)
async def test_no_text_of_a_document_is_in_a_reply_or_the_journal(trusting: World) -> None:
    for body in (
        {"id": id_of(FREE)},
        {"id": id_of(BY_ID)},
        {"id": id_of(BY_ID), "operationName": "x", "variables": []},
    ):
        response = await post(trusting, body)

        assert "person" not in response.text
        assert "ById" not in response.text
    assert all(b"person(" not in each.to_bytes() for each in trusting.journal_entries())
