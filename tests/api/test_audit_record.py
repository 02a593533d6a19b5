"""Entries of one operation: their size does not grow with what a document repeats, and their texts are short."""

from __future__ import annotations

import httpx
import pytest

from audit.entry import Kind
from tests.harness import INVESTIGATION, PERSON_QUERY, World

CHOSEN = {"traceparent": f"00-{'c' * 32}-{'d' * 16}-01"}
REPLAY = f"query($id: ID!) {INVESTIGATION} {{ inquiry(id: $id) {{ denied {{ field }} replay {{ outcome }} }} }}"


def aliases(count: int, selection: str) -> str:
    return " ".join(f"a{number}: {selection}" for number in range(count))


@pytest.mark.parametrize(
    ("role", "selection", "field"),
    [
        ("outsider", aliases(140, 'person(id: "P0000001") { id }'), "Query.person"),
        ("investigator", f'person(id: "P0000001") {{ {aliases(240, "ssn")} }}', "Person.ssn"),
    ],
)
async def test_a_denial_is_journalled_once_for_each_field_and_rule(
    world: World, role: str, selection: str, field: str
) -> None:
    response = await world.execute(f"query {INVESTIGATION} {{ {selection} }}", role=role)
    intent, release = world.journal_entries()
    inquiry = response.body["extensions"]["inquiry"]["id"]
    read = await world.execute(REPLAY, role="auditor", variables={"id": inquiry})

    assert [denial.field for denial in intent.denied] == [denial.field for denial in release.denied] == [field]
    assert len(intent.to_bytes() + release.to_bytes()) < 3_000
    assert read.data["inquiry"] == {"denied": [{"field": field}], "replay": {"outcome": "AGREES"}}


async def test_search_terms_are_journalled_once_each(world: World) -> None:
    searches = aliases(3, "inquiries(first: 1, by: $by) { total }")
    other = 'other: inquiries(by: {user: "demo-jail", outcome: "DENIED"}) { total }'
    await world.execute(
        f"query($by: InquirySearch) {INVESTIGATION} {{ {searches} {other} }}",
        role="auditor",
        variables={"by": {"user": "demo-patrol", "outcome": "DENIED"}},
    )

    filters = ("user=demo-patrol", "outcome=DENIED", "user=demo-jail")
    assert [entry.filters for entry in world.journal_entries()] == [filters] * 2


@pytest.mark.parametrize(("length", "journalled"), [(64, "N" * 64), (65, "N" * 63 + "…"), (30_000, "N" * 63 + "…")])
async def test_a_long_operation_name_is_cut_in_the_journal(world: World, length: int, journalled: str) -> None:
    await world.execute(PERSON_QUERY.replace("query", f"query {'N' * length}"))

    assert [entry.operation_name for entry in world.journal_entries()] == [journalled] * 2


@pytest.mark.parametrize(
    ("address", "journalled"),
    [
        ("2001:db8::1%eth0", "2001:db8::1"),
        ("10.0.0.1\x9b2J\r\n\x00é", "10.0.0.1?2J????"),
        ("x" * 3_000, "x" * 63 + "…"),
        ("", None),
    ],
)
async def test_an_address_is_journalled_as_short_printable_ascii(
    world: World, address: str, journalled: str | None
) -> None:
    transport = httpx.ASGITransport(world.app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        await client.post(
            "/graphql", json={"query": PERSON_QUERY}, headers={"Authorization": f"Bearer {world.token('patrol')}"}
        )

    assert [entry.address for entry in world.journal_entries()] == [journalled] * 2


@pytest.mark.parametrize("headers", [{}, CHOSEN], ids=["ours", "the client's"])
async def test_the_trace_id_of_a_reply_is_in_all_its_entries(world: World, headers: dict[str, str]) -> None:
    released = await world.execute(PERSON_QUERY, headers=headers)
    refused = await world.execute("{ nothing }", headers=headers)
    unauthenticated = await world.execute(PERSON_QUERY, token="none", headers=headers)

    trace_ids = [each.http.headers["traceresponse"].split("-")[1] for each in (released, refused, unauthenticated)]
    assert [entry.kind for entry in world.journal_entries()] == [Kind.INTENT, Kind.RELEASE, Kind.REFUSAL, Kind.REFUSAL]
    assert [entry.trace_id for entry in world.journal_entries()] == [trace_ids[0], *trace_ids]
    assert [each.errors[0]["extensions"]["traceId"] for each in (refused, unauthenticated)] == trace_ids[1:]
    assert len(set(trace_ids)) == (1 if headers else 3)


async def test_requests_that_share_a_trace_are_all_found_by_it(world: World) -> None:
    for _ in range(3):
        await world.execute(PERSON_QUERY, headers=CHOSEN)
    await world.execute(PERSON_QUERY)
    found = list(world.journal_store.search(trace="c" * 32))

    assert [each.sequence for each in found] == [6, 5, 4, 3, 2, 1]
    assert len({each.entry.id for each in found}) == 3


async def test_an_auditor_reads_the_trace_id_of_an_inquiry(world: World) -> None:
    await world.execute(PERSON_QUERY, headers=CHOSEN)
    document = f"query {INVESTIGATION} {{ inquiries {{ edges {{ node {{ user traceId }} }} }} }}"
    read = await world.execute(document, role="auditor")

    nodes = [edge["node"] for edge in read.data["inquiries"]["edges"]]
    assert {"user": "demo-patrol", "traceId": "c" * 32} in nodes
