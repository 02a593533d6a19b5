"""Every GraphQL document on a page is answered as the role that the page is for."""

from __future__ import annotations

import orjson
import pytest

from tests.docs.blocks import BLOCKS, DOCUMENTS, QUERIES, Block
from tests.harness import World
from tests.part_stream import EVENTS, payload_of, streamed

ROLES = {"docs/journal.md": "auditor", "docs/auditor.md": "auditor", "docs/demo-world.md": "investigator"}
"""Readers of a page; all others are officers on patrol, with one factor and no case number."""


def name(block: Block) -> str:
    return f"{block.page}: {block.text.splitlines()[0]}"


@pytest.mark.parametrize("block", QUERIES, ids=name)
async def test_a_document_of_a_page_is_answered_to_its_reader(block: Block, world: World) -> None:
    role = ROLES.get(block.page, "patrol")
    response = await world.execute(block.text, role=role, variables=block.variables)

    assert (response.status, response.codes) == (200, []), response.text
    assert all(response.data.values())


@pytest.mark.parametrize("block", [each for each in DOCUMENTS if each not in QUERIES], ids=name)
async def test_a_subscription_of_a_page_has_its_first_event(block: Block, world: World) -> None:
    async with streamed(world, block.text, accept=EVENTS, variables=block.variables) as stream:
        await stream.start()
        event = payload_of(await stream.next())

    assert "errors" not in event
    assert all(event["data"].values())


def test_every_json_object_on_a_page_can_be_parsed() -> None:
    objects = [block for block in BLOCKS if block.text.startswith("{") and not block.is_graphql]

    assert len(objects) >= 6
    assert [orjson.loads(block.text) for block in objects] != []
