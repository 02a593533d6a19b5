"""The walk of one question: what it demands, in which order, and what it writes before it answers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from graphql import build_schema

from audit.entry import Kind
from audit.errors import JournalUnavailable
from engine.document import DocumentCache
from engine.limits import Limits
from resolvers.catalogue import NAMES
from tests.harness import TRAFFIC_STOP, World, serving

PERSON = 'query %s { person(id: "P0000001") { name { full } } }'
ONLY_PERSONS = dict.fromkeys(NAMES, "NOT_ASKED") | {"persons": "OK"}


async def test_an_answer_carries_the_inquiry_its_sources_and_what_is_left_out(world: World) -> None:
    reply = await world.execute(PERSON % TRAFFIC_STOP)

    assert reply.data == {"person": {"name": {"full": "Victor Ames Thornquist"}}}
    assert reply.errors == []
    inquiry = reply.body["extensions"]["inquiry"]
    assert [(each["name"], each["status"]) for each in inquiry["sources"]] == list(ONLY_PERSONS.items())
    assert [each["rule"]["name"] for each in inquiry["exclusions"]] == [
        "criminal-history",
        "sealed-arrest",
        "juvenile-file",
        "own-record",
        "same-surname",
        "colleague",
    ]
    assert {entry.id for entry in world.journal_entries()} == {inquiry["id"]}


async def test_what_is_left_out_is_said_whether_or_not_anything_is(world: World) -> None:
    found = await world.execute(PERSON % TRAFFIC_STOP)
    absent = await world.execute((PERSON % TRAFFIC_STOP).replace("P0000001", "P9999999"))

    assert absent.data == {"person": None}
    assert absent.body["extensions"]["inquiry"]["exclusions"] == found.body["extensions"]["inquiry"]["exclusions"]


async def test_the_intent_is_durable_before_any_source_is_asked_and_the_release_after_it(world: World) -> None:
    seen: list[tuple[str, list[Kind]]] = []
    for source in world.sources.values():
        source.before = lambda statement: seen.append(("asked", [entry.kind for entry in world.journal_entries()]))

    await world.execute(PERSON % TRAFFIC_STOP)

    assert seen == [("asked", [Kind.INTENT])]
    intent, release = world.journal_entries()
    assert (intent.kind, release.kind) == (Kind.INTENT, Kind.RELEASE)
    assert intent.record_ids == release.record_ids == ("persons/P0000001",)
    assert intent.released == ()
    assert release.released == ("Person.name", "PersonName.full", "Query.person")
    assert release.outcome == "ANSWERED"
    assert {source.name: source.status for source in release.sources} == ONLY_PERSONS


async def test_the_journal_says_who_asked_from_where_and_why(world: World) -> None:
    document = (
        'query Stop @inquiry(purpose: C, reason: WARRANT_SERVICE, caseNumber: "26-1", attention: "Lee 4417")'
        ' { person(id: "P0000001") { id } }'
    )
    await world.execute(document, as_="jail", aal=2, headers={"X-Terminal": "CAR 12"})

    for entry in world.journal_entries():
        assert (entry.user, entry.role, entry.agency, entry.assurance) == ("demo-jail", "jail", "CA019013C", "aal2")
        assert (entry.terminal, entry.address) == ("CAR 12", "127.0.0.1")
        assert (entry.purpose, entry.reason, entry.case_number) == ("C", "WARRANT_SERVICE", "26-1")
        assert (entry.attention, entry.operation_name) == ("Lee 4417", "Stop")
        assert entry.policy_version


async def test_a_reason_without_its_case_is_marked_before_anything_is_read(world: World) -> None:
    await world.execute('query @inquiry(purpose: C, reason: INVESTIGATION) { person(id: "P0000001") { id } }')

    assert [entry.flags for entry in world.journal_entries()] == [("NO_CASE",), ("NO_CASE",)]


@pytest.mark.parametrize(
    "inquiry",
    [
        "",
        "@inquiry",
        "@inquiry(purpose: C)",
        "@inquiry(reason: TRAFFIC_STOP)",
        "@inquiry(purpose: Q, reason: TRAFFIC_STOP)",
        '@inquiry(purpose: "C", reason: TRAFFIC_STOP)',
        "@inquiry(purpose: null, reason: TRAFFIC_STOP)",
        "@inquiry(purpose: C, reason: CURIOSITY)",
        "@inquiry(purpose: C, reason: TRAFFIC_STOP, why: 1)",
        "@inquiry(purpose: C, reason: TRAFFIC_STOP) @inquiry(purpose: C, reason: BOOKING)",
        f'@inquiry(purpose: C, reason: TRAFFIC_STOP, caseNumber: "{"9" * 65}")',
        '@inquiry(purpose: C, reason: TRAFFIC_STOP, attention: "a\\nb")',
    ],
)
async def test_records_are_asked_for_with_a_whole_inquiry_or_not_at_all(world: World, inquiry: str) -> None:
    reply = await world.execute(PERSON % inquiry)

    assert reply.codes, reply.text
    assert set(reply.codes) == {"PURPOSE_REQUIRED"}
    assert reply.data is None
    assert world.batches == []
    (entry,) = world.journal_entries()
    assert (entry.kind, entry.outcome, entry.user) == (Kind.REFUSAL, "PURPOSE_REQUIRED", "demo-patrol")


async def test_a_purpose_in_a_variable_is_whole_only_if_its_value_is(world: World) -> None:
    document = (
        'query($v: PurposeCode = C) @inquiry(purpose: $v, reason: TRAFFIC_STOP) { person(id: "P0000001") { id } }'
    )

    assert (await world.execute(document)).codes == []
    assert (await world.execute(document, variables={"v": None})).codes == ["PURPOSE_REQUIRED"]


async def test_who_i_am_and_which_sources_answer_need_no_inquiry_and_no_entry(world: World) -> None:
    reply = await world.execute(
        "{ __typename me { user role ori mayKnow { recordClass effect } } sources { name status } }"
    )

    assert reply.errors == []
    assert reply.data["me"]["user"] == "demo-patrol"
    assert {"recordClass": "JUVENILE", "effect": "DENY"} in reply.data["me"]["mayKnow"]
    assert {each["status"] for each in reply.data["sources"]} == {"OK"}
    assert world.journal_entries() == []


@pytest.mark.parametrize("query", ["{ me { name } }", "{ __schema { types { name } } }", PERSON % TRAFFIC_STOP])
@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Basic Zm9vOmJhcg==", "Bearer "])
async def test_nobody_learns_anything_without_a_token_of_ours(
    world: World, query: str, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    reply = await world.client.post("/graphql", json={"query": query}, headers=headers)

    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")
    (error,) = reply.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    (entry,) = world.journal_entries()
    assert (entry.kind, entry.outcome, entry.user) == (Kind.REFUSAL, "UNAUTHENTICATED", None)
    assert len(entry.flags) == 1


async def test_why_a_sign_in_failed_is_for_the_journal_and_not_for_the_caller(world: World) -> None:
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
    """A journal that fails at the nth write."""

    def __init__(self, journal: Any, at: int) -> None:
        self.journal, self.left = journal, at

    async def append(self, entry: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            raise JournalUnavailable
        return await self.journal.append(entry)


@pytest.mark.parametrize(("at", "asked"), [(1, []), (2, [("persons", 1)])], ids=["intent", "release"])
async def test_without_the_journal_nothing_is_released(world: World, at: int, asked: list[tuple[str, int]]) -> None:
    world.reconfigure(journal=FailingJournal(world.resources.journal, at))

    reply = await world.execute(PERSON % TRAFFIC_STOP)

    assert reply.status == 503
    assert reply.codes == ["AUDIT_UNAVAILABLE"]
    assert reply.http.headers["retry-after"]
    assert "Thornquist" not in reply.text
    assert world.batches == asked


async def test_a_journal_that_another_process_holds_gives_503_and_no_data(world: World) -> None:
    async with serving(world.folder, journal_deadline_ms=50) as impatient:
        holder = sqlite3.connect(world.folder / "journal.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            reply = await impatient.execute(PERSON % TRAFFIC_STOP)
        finally:
            holder.rollback()
            holder.close()

    assert reply.status == 503
    assert reply.codes == ["AUDIT_UNAVAILABLE"]
    assert (await world.execute(PERSON % TRAFFIC_STOP)).status == 200


async def test_a_failed_sign_in_that_cannot_be_journalled_is_a_503(world: World) -> None:
    world.reconfigure(journal=FailingJournal(world.resources.journal, 1))

    reply = await world.client.post("/graphql", json={"query": "{ me { name } }"})

    assert reply.status_code == 503


BAD = [
    ("{", None, None, "BAD_INPUT"),
    ("", None, None, "BAD_INPUT"),
    ("type Person { id: ID }", None, None, "BAD_INPUT"),
    ("fragment F on Person { id }", None, None, "BAD_INPUT"),
    ("query A { me { name } } query B { me { name } }", None, None, "BAD_INPUT"),
    ("query A { me { name } } query B { me { name } }", None, "C", "BAD_INPUT"),
    ("{ me { nam } }", None, None, "BAD_INPUT"),
    ("{ me }", None, None, "BAD_INPUT"),
    ("{ persn(id: 1) { id } }", None, None, "BAD_INPUT"),
    ("mutation { x }", None, None, "BAD_INPUT"),
    ("subscription { x }", None, None, "BAD_INPUT"),
    ("query($x: Nope) { me { name } }", None, None, "BAD_INPUT"),
    (f"query($id: ID!) {TRAFFIC_STOP} {{ person(id: $id) {{ id }} }}", {}, None, "BAD_INPUT"),
    (f"query($id: ID!) {TRAFFIC_STOP} {{ person(id: $id) {{ id }} }}", {"id": None}, None, "BAD_INPUT"),
    (f"query($id: ID!) {TRAFFIC_STOP} {{ person(id: $id) {{ id }} }}", {"id": {"a": 1}}, None, "BAD_INPUT"),
    (f"query {TRAFFIC_STOP} {{ person(id: 900.5) {{ id }} }}", None, None, "BAD_INPUT"),
    (f"query {TRAFFIC_STOP} {{ vehicle(by: {{}}) {{ vin }} }}", None, None, "BAD_INPUT"),
    (
        f'query {TRAFFIC_STOP} {{ vehicle(by: {{vin: "1", plate: {{number: "2"}}}}) {{ vin }} }}',
        None,
        None,
        "BAD_INPUT",
    ),
    (f"query {TRAFFIC_STOP} {{ vehicle(by: {{vin: null}}) {{ vin }} }}", None, None, "BAD_INPUT"),
    (f'query {TRAFFIC_STOP} {{ searchPersons(by: {{ssn: "900123456"}}) {{ total }} }}', None, None, "BAD_INPUT"),
    (f'query {TRAFFIC_STOP} {{ searchPersons(by: {{name: {{surname: "1"}}}}) {{ total }} }}', None, None, "BAD_INPUT"),
    (f'query {TRAFFIC_STOP} {{ searchPersons(by: {{name: {{surname: ""}}}}) {{ total }} }}', None, None, "BAD_INPUT"),
    (
        f'query {TRAFFIC_STOP} {{searchPersons(by: {{name: {{surname: "A", birthDate: "1990-02-30"}}}}) {{total}}}}',
        None,
        None,
        "BAD_INPUT",
    ),
    (
        f'query {TRAFFIC_STOP} {{ searchPersons(by: {{name: {{surname: "A"}}}}, first: 0) {{ total }} }}',
        None,
        None,
        "BAD_INPUT",
    ),
    (
        f'query {TRAFFIC_STOP} {{ searchPersons(by: {{name: {{surname: "A"}}}}, first: 1000000000) {{ total }} }}',
        None,
        None,
        "BAD_INPUT",
    ),
    (
        f'query {TRAFFIC_STOP} {{ searchPersons(by: {{name: {{surname: "A"}}}}, after: "x") {{ total }} }}',
        None,
        None,
        "BAD_INPUT",
    ),
    (f"query {TRAFFIC_STOP} {{ searchVehicles(by: {{}}) {{ total }} }}", None, None, "BAD_INPUT"),
    (f'query {TRAFFIC_STOP} {{ searchVehicles(by: {{plateStart: "%"}}) {{ total }} }}', None, None, "BAD_INPUT"),
    (f"query {TRAFFIC_STOP} {{ searchVehicles(by: {{make: LADA}}) {{ total }} }}", None, None, "BAD_INPUT"),
    (f"query($ids: [ID!]!) {TRAFFIC_STOP} {{ persons(ids: $ids) {{ id }} }}", {"ids": ["1"] * 1001}, None, "BAD_INPUT"),
    (f"query($ids: [ID!]!) {TRAFFIC_STOP} {{ persons(ids: $ids) {{ id }} }}", {"ids": [None]}, None, "BAD_INPUT"),
    ("{" + "me{name}" * 2001 + "}", None, None, "TOO_COMPLEX"),
]


@pytest.mark.parametrize(("query", "variables", "operation", "code"), BAD, ids=[f"{n}" for n in range(len(BAD))])
async def test_what_cannot_be_run_gets_a_clear_error_and_reads_nothing(
    world: World, query: str, variables: Any, operation: str | None, code: str
) -> None:
    reply = await world.execute(query, variables=variables, operation=operation)

    assert reply.status in {200, 400}
    assert reply.data is None
    assert reply.codes, reply.text
    assert set(reply.codes) == {code}
    assert all(error["message"] for error in reply.errors)
    assert "Did you mean" not in reply.text
    assert world.batches == []


async def test_a_subscription_is_refused_in_words_because_the_schema_has_none(world: World) -> None:
    reply = await world.execute("subscription { ticks }")

    assert (reply.codes, reply.data) == (["BAD_INPUT"], None)
    assert reply.errors[0]["message"] == "The subscription operation is not supported by the schema."


async def test_a_subscription_is_refused_even_where_the_schema_has_one(world: World) -> None:
    """Run as a question it would be null, and nobody had listened."""
    schema = build_schema("type Query { now: Int } type Subscription { ticks: Int }")
    world.resources.pipeline.documents = DocumentCache(schema, Limits())

    reply = await world.execute("subscription { ticks }")

    assert (reply.codes, reply.data) == (["BAD_INPUT"], None)
    assert reply.errors[0]["message"] == "Subscriptions are not supported."


async def test_a_caller_who_leaves_stops_the_reading_and_nothing_is_released(world: World) -> None:
    reading = asyncio.Event()

    async def hang(statement: Any) -> None:
        reading.set()
        await asyncio.Event().wait()

    for source in world.sources.values():
        source.during = hang
    asking = asyncio.create_task(world.execute(PERSON % TRAFFIC_STOP))
    async with asyncio.timeout(10):
        await reading.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert [entry.kind for entry in world.journal_entries()] == [Kind.INTENT]


async def test_two_callers_with_one_document_each_get_their_own_answer(world: World) -> None:
    """The plan is shared; verdicts, loaders and rows are not. A barrier holds both inside their reads at once."""
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


ROUTER = '{"purpose": "C", "reason": "TRAFFIC_STOP", "caseNumber": "26-1"}'


async def test_a_trusted_router_says_in_a_header_what_the_directive_would(world: World) -> None:
    world.reconfigure(trusted_routers=frozenset({"127.0.0.1"}))

    reply = await world.execute(PERSON % "", headers={"X-Inquiry": ROUTER})

    assert reply.data["person"] is not None
    assert [(entry.purpose, entry.reason, entry.case_number) for entry in world.journal_entries()] == [
        ("C", "TRAFFIC_STOP", "26-1")
    ] * 2


@pytest.mark.parametrize("attention", ["Muñoz".encode(), rb"Mu\u00f1oz"], ids=["UTF-8", "ASCII"])
async def test_an_attention_line_is_journalled_letter_for_letter(world: World, attention: bytes) -> None:
    world.reconfigure(trusted_routers=frozenset({"127.0.0.1"}))
    header = b'{"purpose": "C", "reason": "TRAFFIC_STOP", "attention": "%s"}' % attention

    reply = await world.execute(PERSON % "", headers={"X-Inquiry": header})

    assert reply.data["person"] is not None
    assert {entry.attention for entry in world.journal_entries()} == {"Muñoz"}


@pytest.mark.parametrize(
    ("routers", "inquiry", "header"),
    [
        ({"10.0.0.1"}, "", ROUTER),
        ({"127.0.0.1"}, TRAFFIC_STOP, ROUTER),
        (set(), TRAFFIC_STOP, ROUTER),
        ({"127.0.0.1"}, "", "purpose=C"),
        ({"127.0.0.1"}, "", "[]"),
        ({"127.0.0.1"}, "", '{"purpose": "C"}'),
        ({"127.0.0.1"}, "", '{"purpose": "C", "reason": "CURIOSITY"}'),
        ({"127.0.0.1"}, "", '{"purpose": ["C"], "reason": "TRAFFIC_STOP"}'),
        ({"127.0.0.1"}, "", '{"purpose": "C", "reason": "TRAFFIC_STOP", "caseNumber": 26}'),
        ({"127.0.0.1"}, "", '{"purpose": "C", "reason": "TRAFFIC_STOP", "role": "records"}'),
        ({"127.0.0.1"}, "", '{"purpose": "A", "purpose": "C", "reason": "TRAFFIC_STOP"}'),
        ({"127.0.0.1"}, "", b'{"purpose": "C", "reason": "TRAFFIC_STOP", "attention": "Mu\xf1oz"}'),
    ],
    ids=[
        *("untrusted", "both", "both, untrusted", "no JSON", "no object", "half", "unknown", "list", "number", "more"),
        *("twice", "no UTF-8"),
    ],
)
async def test_a_header_is_an_inquiry_only_whole_alone_and_from_a_router(
    world: World, routers: set[str], inquiry: str, header: str | bytes
) -> None:
    world.reconfigure(trusted_routers=frozenset(routers))

    reply = await world.execute(PERSON % inquiry, headers={"X-Inquiry": header})

    assert reply.codes == ["PURPOSE_REQUIRED"]
    assert world.batches == []


@pytest.mark.parametrize("text", ["900-12-3456", "Victor Thornquist", "p0000001 or 1=1", "P00000001"])
async def test_what_is_no_record_s_number_is_answered_as_absent_and_never_journalled(world: World, text: str) -> None:
    reply = await world.execute(
        "query($id: ID!) @inquiry(purpose: C, reason: TRAFFIC_STOP) { person(id: $id) { id } }", variables={"id": text}
    )

    assert reply.data == {"person": None}
    assert [entry.record_ids for entry in world.journal_entries()] == [(), ()]
