"""Every entry that any request causes verifies, with any text in its inquiry, names, headers and address."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.sqlite.verification import verify
from tests.harness import World

# Text that a parser, a database or a terminal may read in two ways.
ODD = st.sampled_from([
    *("", " ", "\x00", "a\x00b", "\u200b", "\u3000", "\ufeff", "\ud800", "\udfff\ud800", "e\u0301", "\U0001f600"),
    *("\x9b2J", "\r\n", "null", "[]", '"', "\\", "\\u0000", "'; DROP TABLE entry; --", "\u0663", "\u0130"),
    *("26-1", "Lee 4417", "9" * 64, "9" * 65),
])  # fmt: skip
TEXT = ODD | st.text(st.characters(), max_size=80)
HEADER = ODD.filter(lambda text: "\n" not in text and "\r" not in text) | st.text(
    st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=3_000
)
NAME = st.from_regex(r"[_A-Za-z][_0-9A-Za-z]{0,100}", fullmatch=True)
ID = TEXT | st.sampled_from(["P0000001", "P\u0660\u0660\u0660\u0660\u0660\u0660\u0661", "W000000001"]) | st.integers()
VALUE = TEXT | st.none() | st.integers() | st.floats() | st.booleans() | st.lists(TEXT, max_size=2)
PRINTABLE = st.text(st.characters(categories=["L", "N", "P", "S", "M"]), min_size=1, max_size=64)
INQUIRY = st.fixed_dictionaries(
    {"purpose": st.sampled_from(["C", "J", "X"]), "reason": st.sampled_from(["TRAFFIC_STOP", "INVESTIGATION"])},
    optional={"caseNumber": PRINTABLE | TEXT | VALUE, "attention": PRINTABLE | TEXT},
)
SEARCH = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("user", "agency", "record", "caseNumber", "outcome", "flag", "since"), TEXT)
    | {"record": ID, "seen": st.booleans()},
)
ROOTS = {
    "person(id: $id) { id ssn name { full } }": "$id: ID!",
    "persons(ids: [$id, $id]) { id }": "$id: ID!",
    "warrant(number: $id) { number }": "$id: ID!",
    "vehicle(by: {vin: $id}) { vin }": "$id: ID!",
    "inquiry(id: $id) { id }": "$id: ID!",
    "inquiries(by: $by) { total }": "$by: InquirySearch",
    "searchPersons(by: {name: {surname: $id}}) { total }": "$id: String!",
}


def literal(value: Any) -> str:
    return json.dumps(value) if not isinstance(value, list) else "[]"


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """The arguments of `send`."""
    inquiry, by, root = draw(INQUIRY), draw(SEARCH), draw(st.sampled_from(list(ROOTS)))
    arguments = ", ".join(f"{name}: {value}" for name, value in inquiry.items() if name in {"purpose", "reason"})
    is_in_header = draw(st.booleans())
    declared, variables = [ROOTS[root]], {"id": draw(ID), "by": by}
    for name in inquiry.keys() - {"purpose", "reason"}:
        if is_in_header or draw(st.booleans()):
            arguments += f", {name}: {literal(inquiry[name])}"
        else:
            arguments += f", {name}: ${name}"
            declared.append(f"${name}: String")
            variables[name] = inquiry[name]
    directive = "" if is_in_header else f"@inquiry({arguments})"
    headers = {"X-Terminal": draw(HEADER)}
    if is_in_header:
        headers["X-Inquiry"] = json.dumps(inquiry) if draw(st.booleans()) else draw(HEADER)
    query = f"query {draw(NAME)} ({', '.join(declared)}) {directive} {{ {root} }}"
    return {
        "body": {"query": query, "variables": variables},
        "headers": headers,
        "address": draw(TEXT),
        "role": draw(st.sampled_from(["patrol", "auditor", "outsider", None])),
    }


async def send(world: World, body: Any, headers: dict[str, str], address: str, role: str | None) -> httpx.Response:
    """Send it as bytes, so that nothing of it is corrected on the way."""
    token = "no token" if role is None else world.token(role)
    world.reconfigure(trusted_routers=frozenset({address}))
    raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    raw += [(b"Authorization", f"Bearer {token}".encode()), (b"Content-Type", b"application/json")]
    transport = httpx.ASGITransport(world.app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        return await client.post("/graphql", content=json.dumps(body).encode(), headers=raw)


def any_request(max_examples: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return lambda test: settings(max_examples=max_examples, deadline=None, suppress_health_check=checks)(
        given(request=requests())(test)
    )


async def check_request(world: World, request: dict[str, Any]) -> None:
    response = await send(world, **request)

    assert response.status_code < 500
    assert verify(world.folder / "journal.db").fault_counts == {}


@any_request(25)
async def test_every_entry_that_a_request_causes_verifies(world: World, request: dict[str, Any]) -> None:
    await check_request(world, request)


@pytest.mark.system
@any_request(500)
async def test_every_entry_of_hundreds_of_requests_verifies(world: World, request: dict[str, Any]) -> None:
    await check_request(world, request)
