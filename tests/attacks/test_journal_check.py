"""Attack 30: an officer blinds the check of the journal by an odd inquiry, and has a later entry changed."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.auth.demo_issuer import DemoIssuer
from api.config.data_folder import JOURNAL
from audit.entry import Kind
from audit.search import search
from policy.roles import Role
from tests.audit.tampering import tamper
from tests.command_line import Run
from tests.harness import TRAFFIC_STOP
from tests.server_process import ServerProcess, server_process

PERSON = 'query %s { person(id: "P0000001") { id } }'
BLANK = ["", " ", "\t", "\u00a0", "\u3000", "\u2028", "\u200b", "\ufeff", "\u00ad", "\x00", "\x1b[2K", "a\x00b", "\n"]
NAMES = ("caseNumber", "attention")


def client_of(server: ServerProcess, data: Path) -> httpx.Client:
    headers = {
        "Authorization": f"Bearer {DemoIssuer.open(data).token(Role.PATROL)}",
        "Content-Type": "application/json",
    }
    return httpx.Client(base_url=server.url, headers=headers)


def ask(client: httpx.Client, query: str, headers: dict[str, str] | None = None, **variables: str) -> Any:
    """The body of the response. The request is ASCII, so that nothing corrects its text on the way."""
    content = json.dumps({"query": query, "variables": variables})
    return client.post("/graphql", content=content, headers=headers).json()


def refusals(client: httpx.Client, name: str, text: str) -> list[Any]:
    """The responses to one inquiry with this text in its directive, in a variable and in a router's header."""
    directive = f" @inquiry(purpose: C, reason: TRAFFIC_STOP, {name}: %s)"
    header = {"X-Inquiry": json.dumps({"purpose": "C", "reason": "TRAFFIC_STOP", name: text})}
    return [
        ask(client, PERSON % (directive % json.dumps(text))),
        ask(client, PERSON % f"($text: String){directive % '$text'}", text=text),
        ask(client, PERSON % "", header),
    ]


@pytest.mark.attack(30)
def test_an_inquiry_without_a_text_cannot_break_the_check(run: Run, data: Path) -> None:
    with server_process(data, NEEDTOKNOW_TRUSTED_ROUTERS="127.0.0.1") as server, client_of(server, data) as client:
        bodies = [body for name in NAMES for text in BLANK for body in refusals(client, name, text)]
        answered = ask(client, PERSON % ' @inquiry(purpose: C, reason: TRAFFIC_STOP, caseNumber: "26-1")')
        verified = run("audit", "verify", "--data", data)
    entries = [found.entry for found in search(data / JOURNAL)]

    assert {error["extensions"]["code"] for body in bodies for error in body["errors"]} == {"PURPOSE_REQUIRED"}
    assert [body for body in bodies if body.get("data")] == []
    assert answered["data"] == {"person": {"id": "P0000001"}}
    assert [entry.kind for entry in entries] == [Kind.RELEASE, Kind.INTENT, *[Kind.REFUSAL] * len(bodies)]
    assert (verified.status, verified.err) == (0, "")


@pytest.mark.attack(30)
def test_an_entry_that_fails_hides_no_edited_entry(run: Run, data: Path) -> None:
    """The first entry is as an older version wrote it for an empty case number; the officer's next one is edited."""
    with server_process(data) as server, client_of(server, data) as client:
        for _ in range(3):
            ask(client, PERSON % TRAFFIC_STOP)
        server.stop(signal.SIGTERM)
    tamper(
        data / JOURNAL,
        """UPDATE entry SET case_number = '' WHERE sequence = 1;
           UPDATE entry SET body = replace(body, 'demo-patrol', 'demo-court'), user = 'demo-court' WHERE sequence = 4;
           DELETE FROM entry WHERE sequence = 6""",
    )

    verified = run("audit", "verify", "--data", data)

    first, edited, cut = verified.out.splitlines()
    assert verified.status == 1
    assert first == "Entry 1: a searchable column is empty, and its text has no such field."
    assert edited == "Entry 4: its text does not match its hash."
    assert cut.startswith("Entry 6: it is missing, with all entries up to 6, which the checkpoint in line")
    assert verified.err.endswith("Faults: 1 SEQUENCE, 1 TEXT, 1 EMPTY_COLUMN.\n")
