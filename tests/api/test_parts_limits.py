"""Limits of answers in parts: rows, bytes, errors and fragments of all parts together."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.incremental import MAX_FRAGMENTS
from sources.errors import SourceUnavailable
from tests.harness import INVESTIGATION, World
from tests.part_stream import FORMATS, NEWER, OLDER, comparable, merged, payloads_of

IDS = [f"P{number:07}" for number in range(1, 41)]
MANY = f"query($ids: [ID!]!) {INVESTIGATION} {{ persons(ids: $ids) {{ id %s }} }}"


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_rows_of_all_parts_count_toward_one_limit(world: World, accept: str) -> None:
    deferred = " ".join(f"... @defer {{ a{number}: vehicles {{ plate }} }}" for number in range(4))
    plain = " ".join(f"a{number}: vehicles {{ plate }}" for number in range(4))
    vehicles = (await world.execute(MANY % "vehicles { plate }", variables={"ids": IDS})).data["persons"]
    rows = sum(len(each["vehicles"]) for each in vehicles if each)
    world.reconfigure(row_limit=len(IDS) + 2 * rows)
    whole = await world.execute(MANY % plain, variables={"ids": IDS})
    reply = merged(await payloads_of(world, MANY % deferred, accept=accept, variables={"ids": IDS}))

    assert whole.data["persons"][0]["a0"] is not None
    assert whole.data["persons"][0]["a3"] is None
    assert comparable(reply) == comparable(whole.body)
    assert {each["extensions"]["code"] for each in reply["errors"]} == {"TOO_COMPLEX"}
    assert world.journal_entries()[-1].outcome == "PARTIAL"


SELECTION = "vehicles { plate vin make model style color year plateState registration { status expiresOn } }"
EIGHT = " ".join(f"... @defer {{ a{number}: {SELECTION} }}" for number in range(8))


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_bytes_of_all_parts_count_toward_one_limit(world: World, accept: str) -> None:
    world.reconfigure(reply_limit=400_000)
    payloads = await payloads_of(world, MANY % EIGHT, accept=accept, variables={"ids": IDS * 5})
    reply = merged(payloads)

    values = reply["data"]["persons"][0]
    assert 0 < len([name for name in values if name != "id" and values[name] is not None]) < 8
    assert {each["extensions"]["code"] for each in reply["errors"]} == {"TOO_COMPLEX"}
    assert len(json.dumps(reply["data"])) < 400_000
    assert world.journal_entries()[-1].outcome == "PARTIAL"


async def test_errors_of_all_parts_count_toward_one_limit(world: World) -> None:
    """Else each part could have as many as a whole reply."""

    async def fail(_request: Any) -> None:
        raise SourceUnavailable("vehicles", "DOWN")

    world.sources["vehicles"].during = fail
    world.reconfigure(reply_limit=400_000)
    reply = merged(await payloads_of(world, MANY % EIGHT, variables={"ids": IDS * 5}))

    found = {"SOURCE_UNAVAILABLE": 0, "TOO_COMPLEX": 0}
    for each in reply["errors"]:
        found[each["extensions"]["code"]] += len(json.dumps(each))
    assert 0 < found["SOURCE_UNAVAILABLE"] < 400_000
    assert found["TOO_COMPLEX"] > 0


async def test_fields_that_are_sent_again_have_a_limit(world: World) -> None:
    """The older format sends each field of a fragment, in every part that has it."""
    fields = "name { full } residence { street city } vehicles { plate vin make model registration { status } }"
    fragments = " ".join(f"... @defer {{ id {fields} b{number}: warrants {{ number }} }}" for number in range(12))
    document, variables = MANY % fragments, {"ids": IDS}
    world.reconfigure(reply_limit=200_000)
    older = await payloads_of(world, document, accept=OLDER, variables=variables)
    newer = await payloads_of(world, document, accept=NEWER, variables=variables)

    entries = [entry for each in older for entry in each.get("incremental", ())]
    too_large = [entry for entry in entries if entry["data"] is None]
    assert {error["extensions"]["code"] for entry in too_large for error in entry["errors"]} == {"TOO_COMPLEX"}
    assert [entry["path"] for entry in too_large] == [error["path"] for entry in too_large for error in entry["errors"]]
    assert 0 < len(too_large) < len(entries)
    # The newer format sends each once, and has all of them.
    assert merged(newer)["errors"] == []


@pytest.mark.slow
@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("is_first", [True, False])
async def test_fragments_in_too_many_objects_end_the_response(world: World, accept: str, is_first: bool) -> None:
    """Before anything was sent, or in the place of what was still to come."""
    fragments = " ".join(f"... @defer {{ a{number}: vehicles {{ plate }} }}" for number in range(19))
    inside = f"persons(ids: $ids) {{ id {fragments} }}"
    document = f"query($ids: [ID!]!) {INVESTIGATION} {{ {inside if is_first else f'... @defer {{ {inside} }}'} }}"
    ids = [IDS[0]] * (MAX_FRAGMENTS // 19 + 1)
    payloads = await payloads_of(world, document, accept=accept, variables={"ids": ids})
    entries = world.journal_entries()

    last = payloads[-1]
    assert last["hasNext"] is False
    if is_first:
        (only,) = payloads
        assert (only["data"], [each["extensions"]["code"] for each in only["errors"]]) == (None, ["TOO_COMPLEX"])
    else:
        (entry,) = last["incremental" if accept == OLDER else "completed"]
        assert [each["extensions"]["code"] for each in entry["errors"]] == ["TOO_COMPLEX"]
        assert payloads[0]["data"] == {}
    assert [(each.kind.value, each.parts) for each in entries][1:] == (
        [("RELEASE", ())] if is_first else [("PART", (0,)), ("RELEASE", (0,))]
    )
    assert (entries[-1].outcome, entries[-1].released) == ("PARTIAL", ())
    # One object fewer is not too many.
    allowed = merged(await payloads_of(world, document, accept=accept, variables={"ids": ids[:-1]}))
    assert len(allowed["data"]["persons"]) == len(ids) - 1
