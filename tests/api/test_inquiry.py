"""The inquiry of an operation: the directive, or the header of a trusted router."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.operation.inquiry import TEXT_LIMIT
from audit.entry import Kind
from tests.harness import TRAFFIC_STOP, Response, World

PERSON = 'query %s { person(id: "P0000001") { name { full } } }'


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
    ],
)
async def test_records_need_one_complete_inquiry(world: World, inquiry: str) -> None:
    response = await world.execute(PERSON % inquiry)

    assert response.codes, response.text
    assert set(response.codes) == {"PURPOSE_REQUIRED"}
    assert response.data is None
    assert world.batches == []
    (entry,) = world.journal_entries()
    assert (entry.kind, entry.outcome, entry.user) == (Kind.REFUSAL, "PURPOSE_REQUIRED", "demo-patrol")


INVALID_TEXTS = {
    "none": "",
    "a space": " ",
    "spaces of Unicode": "\u00a0\u2003\u3000",
    "line ends": "\r\n\u2028",
    "zero width": "\u200b\ufeff\u2060\u00ad",
    "control characters": "\x00\x7f\x9b",
    "two lines": "a\nb",
    "too long": "9" * (TEXT_LIMIT + 1),
}


@pytest.mark.parametrize("name", ["caseNumber", "attention"])
@pytest.mark.parametrize("text", INVALID_TEXTS.values(), ids=INVALID_TEXTS)
async def test_a_blank_or_unprintable_text_of_an_inquiry_is_refused(world: World, name: str, text: str) -> None:
    world.reconfigure(trusted_routers=frozenset({"127.0.0.1"}))
    directive = f"@inquiry(purpose: C, reason: TRAFFIC_STOP, {name}: %s)"
    in_header = json.dumps({"purpose": "C", "reason": "TRAFFIC_STOP", name: text})
    responses = [
        await world.execute(PERSON % directive % json.dumps(text)),
        await world.execute(
            PERSON.replace("query", "query($text: String)") % directive % "$text", variables={"text": text}
        ),
        await world.execute(PERSON % "", headers={"X-Inquiry": in_header}),
    ]

    sentence = "Give caseNumber and attention 1 to 64 printable characters, not only spaces, or leave them out."
    assert [response.codes for response in responses] == [["PURPOSE_REQUIRED"]] * 3
    assert {error["message"] for response in responses for error in response.errors} == {sentence}
    assert world.batches == []


async def test_an_inquiry_in_variables_needs_their_values(world: World) -> None:
    document = (
        'query($v: PurposeCode = C) @inquiry(purpose: $v, reason: TRAFFIC_STOP) { person(id: "P0000001") { id } }'
    )

    assert (await world.execute(document)).codes == []
    assert (await world.execute(document, variables={"v": None})).codes == ["PURPOSE_REQUIRED"]


HEADER = '{"purpose": "C", "reason": "TRAFFIC_STOP", "caseNumber": "26-1"}'


async def test_a_trusted_routers_header_replaces_the_directive(world: World) -> None:
    world.reconfigure(trusted_routers=frozenset({"127.0.0.1"}))

    response = await world.execute(PERSON % "", headers={"X-Inquiry": HEADER})

    assert response.data["person"] is not None
    assert [(entry.purpose, entry.reason, entry.case_number) for entry in world.journal_entries()] == [
        ("C", "TRAFFIC_STOP", "26-1")
    ] * 2


SAME = '@inquiry(purpose: C, reason: TRAFFIC_STOP, caseNumber: "26-1")'
PATROL_STOP = {"purpose": "C", "reason": "TRAFFIC_STOP", "caseNumber": "26-1"}


async def ask(world: World, directive: str, extension: Any, header: str | None = None) -> Response:
    """Ask for a person with an inquiry in each of these places that is not empty."""
    headers = {"Authorization": f"Bearer {world.token()}"} | ({"X-Inquiry": header} if header else {})
    body = {"query": PERSON % directive, "extensions": {"inquiry": extension}}
    world.log.clear()
    return Response(await world.client.post("/graphql", json=body, headers=headers))


@pytest.mark.parametrize(
    ("directive", "extension", "header"),
    [
        ("", PATROL_STOP, None),
        (SAME, PATROL_STOP, None),
        (SAME, None, HEADER),
        ("", PATROL_STOP, HEADER),
        (SAME, PATROL_STOP, HEADER),
    ],
    ids=["extension", "directive and extension", "directive and header", "extension and header", "all three"],
)
async def test_inquiries_that_agree_are_one_inquiry(
    world: World, directive: str, extension: Any, header: str | None
) -> None:
    world.reconfigure(trusted_routers=frozenset({"127.0.0.1"}))

    response = await ask(world, directive, extension, header)

    assert response.errors == []
    assert [(entry.purpose, entry.reason, entry.case_number) for entry in world.journal_entries()] == [
        ("C", "TRAFFIC_STOP", "26-1")
    ] * 2


@pytest.mark.parametrize(
    ("directive", "extension"),
    [
        (SAME, PATROL_STOP | {"caseNumber": "26-2"}),
        (SAME, PATROL_STOP | {"attention": "Lee"}),
        (SAME, {"purpose": "C"}),
        ("", {"purpose": "C"}),
        ("", {}),
        ("", []),
        ("", "C"),
        ("", PATROL_STOP | {"reason": "CURIOSITY"}),
        ("", PATROL_STOP | {"purpose": ["C"]}),
        ("", PATROL_STOP | {"caseNumber": 26}),
        ("", PATROL_STOP | {"caseNumber": " "}),
        ("", PATROL_STOP | {"role": "records"}),
        ("", None),
    ],
    ids=str,
)
async def test_an_extension_that_is_incomplete_or_differs_is_refused(
    world: World, directive: str, extension: Any
) -> None:
    response = await ask(world, directive, extension)

    assert response.codes == ["PURPOSE_REQUIRED"]
    assert response.data is None
    assert world.batches == []


async def test_an_extension_is_ignored_where_no_record_is_read(world: World) -> None:
    body = {"query": "{ me { user } }", "extensions": {"inquiry": {"purpose": 1}}}
    response = await world.client.post("/graphql", json=body, headers={"Authorization": f"Bearer {world.token()}"})

    assert response.json() == {"data": {"me": {"user": "demo-patrol"}}}


@pytest.mark.parametrize("attention", ["Muñoz".encode(), rb"Mu\u00f1oz"], ids=["UTF-8", "ASCII"])
async def test_an_attention_line_is_journalled_unchanged(world: World, attention: bytes) -> None:
    world.reconfigure(trusted_routers=frozenset({"127.0.0.1"}))
    header = b'{"purpose": "C", "reason": "TRAFFIC_STOP", "attention": "%s"}' % attention

    response = await world.execute(PERSON % "", headers={"X-Inquiry": header})

    assert response.data["person"] is not None
    assert {entry.attention for entry in world.journal_entries()} == {"Muñoz"}


@pytest.mark.parametrize(
    ("routers", "inquiry", "header"),
    [
        ({"10.0.0.1"}, "", HEADER),
        ({"127.0.0.1"}, TRAFFIC_STOP, HEADER),
        ({"127.0.0.1"}, '@inquiry(purpose: C, reason: BOOKING, caseNumber: "26-1")', HEADER),
        (set(), TRAFFIC_STOP, HEADER),
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
        *(
            "untrusted",
            "another case",
            "another reason",
            "both, untrusted",
            "no JSON",
            "no object",
            "half",
            "unknown",
            "list",
            "number",
            "more",
        ),
        *("twice", "no UTF-8"),
    ],
)
async def test_a_header_is_an_inquiry_only_if_valid_and_trusted(
    world: World, routers: set[str], inquiry: str, header: str | bytes
) -> None:
    world.reconfigure(trusted_routers=frozenset(routers))

    response = await world.execute(PERSON % inquiry, headers={"X-Inquiry": header})

    assert response.codes == ["PURPOSE_REQUIRED"]
    assert world.batches == []


@pytest.mark.parametrize("text", ["900-12-3456", "Victor Thornquist", "p0000001 or 1=1", "P00000001"])
async def test_an_invalid_record_id_is_refused_and_never_journalled(world: World, text: str) -> None:
    response = await world.execute(
        "query($id: ID!) @inquiry(purpose: C, reason: TRAFFIC_STOP) { person(id: $id) { id } }", variables={"id": text}
    )

    assert response.codes == ["BAD_INPUT"]
    assert text not in response.text
    assert [entry.record_ids for entry in world.journal_entries()] == [()]
