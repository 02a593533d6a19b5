"""Attack 30: an officer blinds the check of the journal by an odd inquiry, and has a later entry changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.config.data_folder import JOURNAL
from audit.entry import Kind
from audit.sqlite.search import search
from tests.audit.tampering import tamper
from tests.command_line import Run
from tests.harness import TRAFFIC_STOP, World, running_app

pytestmark = pytest.mark.files

PERSON = 'query %s { person(id: "P0000001") { id } }'
BLANK = ["", " ", "\t", "\u00a0", "\u3000", "\u2028", "\u200b", "\ufeff", "\u00ad", "\x00", "\x1b[2K", "a\x00b", "\n"]
NAMES = ("caseNumber", "attention")


async def ask(world: World, query: str, headers: dict[str, str] | None = None, **variables: str) -> Any:
    """The body of the response. The request is ASCII, so that nothing corrects its text on the way."""
    content = json.dumps({"query": query, "variables": variables})
    sent = {"Authorization": f"Bearer {world.token()}", "Content-Type": "application/json", **(headers or {})}
    return (await world.client.post("/graphql", content=content, headers=sent)).json()


async def refusals(world: World, name: str, text: str) -> list[Any]:
    """The responses to one inquiry with this text in its directive, in a variable and in a router's header."""
    directive = f" @inquiry(purpose: C, reason: TRAFFIC_STOP, {name}: %s)"
    header = {"X-Inquiry": json.dumps({"purpose": "C", "reason": "TRAFFIC_STOP", name: text})}
    return [
        await ask(world, PERSON % (directive % json.dumps(text))),
        await ask(world, PERSON % f"($text: String){directive % '$text'}", text=text),
        await ask(world, PERSON % "", header),
    ]


@pytest.mark.attack(30)
async def test_an_inquiry_without_a_text_cannot_break_the_check(run: Run, data: Path) -> None:
    async with running_app(data, trusted_routers=("127.0.0.1",)) as world:
        bodies = [body for name in NAMES for text in BLANK for body in await refusals(world, name, text)]
        answered = await ask(world, PERSON % ' @inquiry(purpose: C, reason: TRAFFIC_STOP, caseNumber: "26-1")')
        verified = run("audit", "verify", "--data", data)
    entries = [found.entry for found in search(data / JOURNAL)]

    assert {error["extensions"]["code"] for body in bodies for error in body["errors"]} == {"PURPOSE_REQUIRED"}
    assert [body for body in bodies if body.get("data")] == []
    assert answered["data"] == {"person": {"id": "P0000001"}}
    assert [entry.kind for entry in entries] == [Kind.RELEASE, Kind.INTENT, *[Kind.REFUSAL] * len(bodies)]
    assert (verified.status, verified.err) == (0, "")


@pytest.mark.attack(30)
async def test_an_entry_that_fails_hides_no_edited_entry(run: Run, data: Path) -> None:
    """The first entry is as an older version wrote it for an empty case number; the officer's next one is edited."""
    async with running_app(data) as world:
        for _ in range(3):
            await ask(world, PERSON % TRAFFIC_STOP)
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
