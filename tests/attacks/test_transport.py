"""Invalid requests: other methods, media types and bodies. Attack 26."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.attacks.responses import sources_queried
from tests.harness import Response, World

JSON = "application/json"
LOOKUP = b'{"query": "query @inquiry(purpose: C, reason: INVESTIGATION) { person(id: \\"P0000001\\") { id } }"}'
BY_URL = "/graphql?query=query%20@inquiry(purpose:C,reason:INVESTIGATION){person(id:%22P0000001%22){id}}"


@dataclass(frozen=True)
class Sent:
    """One request, with the token of a permitted caller, so that only its form is wrong."""

    status: int
    content: bytes = LOOKUP
    type: str = JSON
    method: str = "POST"
    url: str = "/graphql"
    headers: dict[str, str] = field(default_factory=dict)


NO_QUESTIONS = {
    "a lookup by URL": Sent(405, b"", method="GET", url=BY_URL),
    "a lookup by HEAD": Sent(405, b"", method="HEAD", url=BY_URL),
    "PUT": Sent(405, method="PUT"),
    "text/plain": Sent(415, type="text/plain"),
    "a form": Sent(415, b"query=%7Bme%7Bname%7D%7D", "application/x-www-form-urlencoded"),
    "a multipart form": Sent(
        415,
        b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{}\r\n--x--',
        "multipart/form-data; boundary=x",
    ),
    "the number 5": Sent(400, b"5"),
    "a list of 5": Sent(400, b"[5]"),
    "a list of operations": Sent(400, b"[" + LOOKUP + b"]"),
    "null": Sent(400, b"null"),
    "a text": Sent(400, b'"{ me { name } }"'),
    "nothing": Sent(400, b""),
    "half an operation": Sent(400, LOOKUP[:-9]),
    "invalid UTF-8": Sent(400, b'{"query": "{ me { name } } # \xff\xfe"}'),
    "the query twice": Sent(400, LOOKUP[:-1] + b', "query": "{ me { name } }"}'),
    "the same variable twice": Sent(400, LOOKUP[:-1] + b', "variables": {"id": "P0000001", "id": "P0000002"}}'),
    "a query that is a list": Sent(400, b'{"query": ["{ me { name } }"]}'),
    "a compressed body": Sent(415, headers={"Content-Encoding": "gzip"}),
    "a body that is too long": Sent(413, LOOKUP + b" " * 65_536),
}


@pytest.mark.attack(26)
@pytest.mark.parametrize("sent", NO_QUESTIONS.values(), ids=NO_QUESTIONS)
async def test_an_invalid_request_gets_a_clear_error_and_reads_nothing(world: World, sent: Sent) -> None:
    headers = {"Authorization": f"Bearer {world.token('records')}", "Content-Type": sent.type, **sent.headers}
    response = Response(await world.client.request(sent.method, sent.url, content=sent.content, headers=headers))

    assert response.status == sent.status
    if sent.method != "HEAD":
        assert response.codes == ["BAD_INPUT"]
        assert response.errors[0]["message"].endswith(".")
    assert sources_queried(world) == set()
    assert world.journal_entries() == []


@pytest.mark.attack(26)
async def test_the_same_lookup_as_a_valid_request_is_run(world: World) -> None:
    """This shows that the requests above are rejected for their form alone."""
    headers = {"Authorization": f"Bearer {world.token('records')}", "Content-Type": JSON}
    response = Response(await world.client.post("/graphql", content=LOOKUP, headers=headers))

    assert response.data == {"person": {"id": "P0000001"}}
