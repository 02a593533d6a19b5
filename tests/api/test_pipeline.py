"""The operation pipeline: what it requires, in which order, and what it writes before it responds."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from audit.entry import Kind
from audit.errors import JournalUnavailable
from resolvers.catalogue import NAMES
from resolvers.numbers.number_format import PERSON_ID, NumberFormat
from schema import persons
from tests.harness import TRAFFIC_STOP, World, running_app

PERSON = 'query %s { person(id: "P0000001") { name { full } } }'
ONLY_PERSONS = dict.fromkeys(NAMES, "NOT_ASKED") | {"persons": "OK"}


async def test_a_response_has_the_inquiry_its_sources_and_exclusions(world: World) -> None:
    response = await world.execute(PERSON % TRAFFIC_STOP)

    assert response.data == {"person": {"name": {"full": "Victor Ames Thornquist"}}}
    assert response.errors == []
    inquiry = response.body["extensions"]["inquiry"]
    assert [(each["name"], each["status"]) for each in inquiry["sources"]] == list(ONLY_PERSONS.items())
    assert [each["rule"]["name"] for each in inquiry["exclusions"]] == [
        "criminal-history",
        "sealed-arrest",
        "juvenile-file",
        "missing-history",
        "own-record",
    ]
    assert {entry.id for entry in world.journal_entries()} == {inquiry["id"]}


async def test_exclusions_are_the_same_whether_or_not_rows_exist(world: World) -> None:
    found = await world.execute(PERSON % TRAFFIC_STOP)
    absent = await world.execute((PERSON % TRAFFIC_STOP).replace("P0000001", "P9999999"))

    assert absent.data == {"person": None}
    assert absent.body["extensions"]["inquiry"]["exclusions"] == found.body["extensions"]["inquiry"]["exclusions"]


async def test_the_intent_is_durable_before_any_source_is_queried(world: World) -> None:
    observed: list[tuple[str, list[Kind]]] = []
    for source in world.sources.values():
        source.before = lambda statement: observed.append(
            ("batches", [entry.kind for entry in world.journal_entries()])
        )

    await world.execute(PERSON % TRAFFIC_STOP)

    assert observed == [("batches", [Kind.INTENT])]
    intent, release = world.journal_entries()
    assert (intent.kind, release.kind) == (Kind.INTENT, Kind.RELEASE)
    assert intent.record_ids == release.record_ids == ("persons/P0000001",)
    assert intent.released == ()
    assert release.released == ("Person.name", "PersonName.full", "Query.person")
    assert release.outcome == "ANSWERED"
    assert {source.name: source.status for source in release.sources} == {"persons": "OK"}


async def test_the_keys_that_are_decided_on_are_those_that_are_fetched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []

    class CountedFormat(NumberFormat):
        def parse(self, text: str, argument: str) -> str:
            parsed.append(text)
            return super().parse(text, argument)

    monkeypatch.setattr(persons, "PERSON_ID", CountedFormat(PERSON_ID.pattern, PERSON_ID.described))
    response = await world.execute(f'query {TRAFFIC_STOP} {{ persons(ids: ["p-0000001", "P0000002"]) {{ id }} }}')

    assert response.data == {"persons": [{"id": "P0000001"}, {"id": "P0000002"}]}
    assert parsed == ["p-0000001", "P0000002"]  # each once


async def test_the_journal_records_the_caller_terminal_address_and_inquiry(world: World) -> None:
    document = (
        'query Stop @inquiry(purpose: C, reason: WARRANT_SERVICE, caseNumber: "26-1", attention: "Lee 4417")'
        ' { person(id: "P0000001") { id } }'
    )
    await world.execute(document, role="jail", aal=2, headers={"X-Terminal": "CAR 12"})

    for entry in world.journal_entries():
        assert (entry.user, entry.role, entry.agency, entry.assurance) == ("demo-jail", "jail", "CA919013C", "aal2")
        assert (entry.terminal, entry.address) == ("CAR 12", "127.0.0.1")
        assert (entry.purpose, entry.reason, entry.case_number) == ("C", "WARRANT_SERVICE", "26-1")
        assert (entry.attention, entry.operation_name) == ("Lee 4417", "Stop")
        assert entry.policy_version


async def test_a_reason_without_its_case_number_is_flagged_in_both_entries(world: World) -> None:
    await world.execute('query @inquiry(purpose: C, reason: INVESTIGATION) { person(id: "P0000001") { id } }')

    assert [entry.flags for entry in world.journal_entries()] == [("NO_CASE",), ("NO_CASE",)]


async def test_me_and_sources_need_no_inquiry_and_no_journal_entry(world: World) -> None:
    response = await world.execute(
        "{ __typename me { user role ori mayKnow { recordClass effect } } sources { name status } }"
    )

    assert response.errors == []
    assert response.data["me"]["user"] == "demo-patrol"
    assert {"recordClass": "JUVENILE", "effect": "DENY"} in response.data["me"]["mayKnow"]
    assert {each["status"] for each in response.data["sources"]} == {"OK"}
    assert world.journal_entries() == []


@pytest.mark.parametrize("query", ["{ me { name } }", "{ __schema { types { name } } }", PERSON % TRAFFIC_STOP])
@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Basic Zm9vOmJhcg==", "Bearer "])
async def test_without_a_valid_token_every_operation_gets_401(
    world: World, query: str, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = await world.client.post("/graphql", json={"query": query}, headers=headers)

    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    (entry,) = world.journal_entries()
    assert (entry.kind, entry.outcome, entry.user) == (Kind.REFUSAL, "UNAUTHENTICATED", None)
    assert len(entry.flags) == 1


async def test_only_the_journal_has_the_reason_of_a_failed_authentication(world: World) -> None:
    none = await world.client.post("/graphql", json={"query": "{ me { name } }"})
    expired = await world.execute("{ me { name } }", token=world.token("patrol", minutes=-1))

    assert [entry.flags for entry in world.journal_entries()] == [("MISSING",), ("EXPIRED",)]
    assert without_trace(none) == without_trace(expired.http)


def without_trace(response: httpx.Response) -> tuple[int, Any]:
    body = response.json()
    for error in body["errors"]:
        del error["extensions"]["traceId"]
    return response.status_code, body


class FailingJournal:
    """A journal whose nth write fails."""

    def __init__(self, journal: Any, at: int) -> None:
        self.journal, self.left = journal, at

    async def append(self, entry: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            raise JournalUnavailable
        return await self.journal.append(entry)


@pytest.mark.parametrize(("at", "batches"), [(1, []), (2, [("persons", 1)])], ids=["intent", "release"])
async def test_without_the_journal_no_data_is_returned(world: World, at: int, batches: list[tuple[str, int]]) -> None:
    world.reconfigure(journal=FailingJournal(world.resources.journal, at))

    response = await world.execute(PERSON % TRAFFIC_STOP)

    assert response.status == 503
    assert response.codes == ["AUDIT_UNAVAILABLE"]
    assert response.http.headers["retry-after"]
    assert "Thornquist" not in response.text
    assert world.batches == batches


class MeetingJournal:
    """A journal that writes two releases only once both are there."""

    def __init__(self, journal: Any) -> None:
        self.journal, self.together = journal, asyncio.Barrier(2)

    async def append(self, entry: Any) -> Any:
        if entry.kind is Kind.RELEASE:
            await self.together.wait()
        return await self.journal.append(entry)


async def test_a_long_operation_gives_up_its_turn_to_write_its_release(world: World) -> None:
    world.reconfigure(journal=MeetingJournal(world.resources.journal))
    warrants = " ".join(f"w{n}: warrants {{ number status offense court {{ ori name }} }}" for n in range(4))
    document = f"query($ids: [ID!]!) {TRAFFIC_STOP} {{ persons(ids: $ids) {{ id {warrants} }} }}"
    ids = [f"P{number:07}" for number in range(1, 201)]

    async with asyncio.timeout(10):
        responses = await asyncio.gather(*(world.execute(document, variables={"ids": ids}) for _ in range(2)))

    assert [response.status for response in responses] == [200, 200]


async def test_a_locked_journal_gives_503_and_no_data(world: World) -> None:
    async with running_app(world.folder, journal_deadline_ms=50) as impatient:
        holder = sqlite3.connect(world.folder / "journal.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            response = await impatient.execute(PERSON % TRAFFIC_STOP)
        finally:
            holder.rollback()
            holder.close()

    assert response.status == 503
    assert response.codes == ["AUDIT_UNAVAILABLE"]
    assert (await world.execute(PERSON % TRAFFIC_STOP)).status == 200


async def test_a_failed_authentication_that_cannot_be_journalled_gets_503(world: World) -> None:
    world.reconfigure(journal=FailingJournal(world.resources.journal, 1))

    response = await world.client.post("/graphql", json={"query": "{ me { name } }"})

    assert response.status_code == 503


async def test_a_cancelled_request_stops_reading_and_releases_nothing(world: World) -> None:
    reading = asyncio.Event()

    async def hang(statement: Any) -> None:
        reading.set()
        await asyncio.Event().wait()

    for source in world.sources.values():
        source.during = hang
    request = asyncio.create_task(world.execute(PERSON % TRAFFIC_STOP))
    async with asyncio.timeout(10):
        await reading.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request

    assert [entry.kind for entry in world.journal_entries()] == [Kind.INTENT]


async def test_concurrent_callers_of_one_document_get_their_own_responses(world: World) -> None:
    """They share the plan and nothing else. A barrier holds both in their reads at once."""
    together = asyncio.Barrier(2)
    wait: Callable[[Any], Any] = lambda statement: together.wait()  # noqa: E731
    for source in world.sources.values():
        source.during = wait
    document = f'query {TRAFFIC_STOP} {{ person(id: "P0000001") {{ ssn }} }}'

    patrol, records = await asyncio.gather(
        world.client.post("/graphql", json={"query": document}, headers=bearer(world, "patrol")),
        world.client.post("/graphql", json={"query": document}, headers=bearer(world, "records")),
    )

    assert patrol.json()["data"]["person"]["ssn"].startswith("***-**-")
    assert not records.json()["data"]["person"]["ssn"].startswith("*")


def bearer(world: World, role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.token(role)}"}
