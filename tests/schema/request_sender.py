"""Requests of any form for tests: each response is held to the contract, and the journal to the responses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from audit.entry import Kind
from tests.harness import Response, World

HTTP_PAGE = (Path(__file__).parents[2] / "docs" / "http.md").read_text("utf-8")
CODES = set(re.findall(r"^\| `([A-Z_]+)` \| \d", HTTP_PAGE, re.MULTILINE)) - {"INTERNAL", "OVERLOADED"}
ROLES = ("records", "auditor", "patrol")
BODY_LIMIT = 65_536
JSON = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}


@dataclass
class RequestSender:
    """Sends operations by one role after another, and remembers what the journal has to say of them."""

    world: World
    count: int = 0
    answered: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    async def send(self, query: str, variables: dict[str, Any]) -> Response:
        """Send one operation; its response is an answer, or a refusal with a code of docs/http.md."""
        content = json.dumps({"query": query, "variables": variables}).encode()
        role = ROLES[self.count % len(ROLES)]
        self.count += 1
        headers = {"Authorization": f"Bearer {self.world.token(role)}", **JSON}
        response = Response(await self.world.client.post("/graphql", content=content, headers=headers))
        codes = set(response.codes)
        assert response.status in {200, 400, 413}, content
        assert codes <= CODES, content
        assert codes or response.data is not None, content
        if response.status == 200 and "extensions" in response.body:
            self.answered.append(response.body["extensions"]["inquiry"]["id"])
        elif response.status == 400 and _is_json(content):
            self.refused += codes
        return response

    def check_journal(self) -> None:
        """Each answer has two entries and each refusal one, in the order of the requests, and the journal is whole."""
        entries = self.world.journal_entries()
        assert [each.id for each in entries if each.kind is Kind.INTENT] == self.answered
        assert [each.id for each in entries if each.kind is Kind.RELEASE] == self.answered
        assert [each.outcome for each in entries if each.kind is Kind.REFUSAL] == self.refused
        assert len(entries) == 2 * len(self.answered) + len(self.refused)
        assert self.world.journal_is_whole()


def _is_json(content: bytes) -> bool:
    """Whether a body reaches the journal: one that is not strict JSON is no GraphQL request."""
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError:
        return False
    return True
