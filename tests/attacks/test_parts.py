"""A deferred fragment shows nothing that a whole reply would not, and costs no more. Attacks 14, 22, 27, 34 and 43."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from audit.entry import Entry, Kind
from resolvers.catalogue import NAMES
from tests.attacks.all_fields import FIELDS
from tests.attacks.data_files import SUBJECT_TABLES, delete_subject, set_subject
from tests.attacks.gates import Gates
from tests.attacks.planted_inquiry import plant_inquiry
from tests.attacks.planted_person import plant_person
from tests.attacks.positions import EVERY_ROLE, INQUIRY, OPERATION_HEAD
from tests.attacks.record_paths import STEPPED_UP
from tests.attacks.test_same_bytes import about_absent
from tests.harness import INVESTIGATION, World, running_app, sql_text
from tests.part_stream import FORMATS, NEWER, OLDER, Barriers, comparable, merged, payloads_of, streamed
from tests.person_edges import person_selection

# --- hidden and absent ---


def deferred(selection: str) -> str:
    """Each field of a selection in a deferred fragment of its own; one of an object has one field inside."""
    fields = selection.replace("{ ", "{").replace(" }", "}").replace(" {", "{").split()
    return " ".join(f"... @defer {{ {each} }}" for each in fields)


EDGES = person_selection()
PERSON = f'query {STEPPED_UP} {{ person(id: "%s") {{ id {deferred(EDGES)} }} }}'
OTHERS = f"""query {STEPPED_UP} {{
  vehicle(by: {{plate: {{number: "%s"}}}}) {{
    vin ... @defer {{ owner {{ id ... @defer {{ warrants {{ number }} }} }} }}
    ... @defer {{ accidents {{ number }} }} }}
  criminalHistory(ciiNumber: "%s") {{
    ciiNumber ... @defer {{ subject {{ id }} }} ... @defer {{ programs {{ kind }} }}
    ... @defer {{ relief {{ kind }} }} }}
}}"""
ID, PLATE, CII = "P0000002", "1NTK002", "A00000002"
CALLER: dict[str, Any] = {"role": "investigator", "aal": 2}
ORDERS = [sorted(NAMES), sorted(NAMES, reverse=True)]


@pytest.fixture
def planted(data: Path) -> Path:
    """A world in which one person has a record in every source."""
    plant_person(data)
    return data


def surname(folder: Path) -> str:
    with closing(sqlite3.connect(f"file:{folder}/persons.db?mode=ro", uri=True)) as file:
        ((found,),) = file.execute("SELECT subject_surname FROM person WHERE id = ?", (ID,))
    return str(found)


async def traces(world: World, gates: Gates) -> list[Any]:
    documents = [PERSON % ID, OTHERS % (PLATE, CII)]
    return [await gates.trace(world, each, order, **CALLER) for each in documents for order in ORDERS]


@pytest.mark.attack(14)
@pytest.mark.attack(43)
@pytest.mark.parametrize("source", [each for each in SUBJECT_TABLES if SUBJECT_TABLES[each]])
async def test_a_hidden_record_makes_the_parts_of_an_absent_one(planted: Path, source: str) -> None:
    """The same number of parts, in the same order, with the same bytes, and each after the same answer of a source."""
    name = surname(planted)
    async with running_app(planted) as world:
        gates = Gates.before(world)
        visible = await traces(world, gates)
        set_subject(planted, name, user="demo-investigator", sources=[source])
        hidden = await traces(world, gates)
        delete_subject(planted, name, sources=[source])
        absent = await traces(world, gates)

    assert hidden == absent
    assert visible != hidden, "there was nothing to hide"


@pytest.mark.attack(14)
@pytest.mark.attack(43)
async def test_the_callers_own_record_makes_the_parts_of_an_absent_one(planted: Path) -> None:
    documents = PERSON % ID, OTHERS % (PLATE, CII)
    async with running_app(planted) as world:
        gates = Gates.before(world)
        set_subject(planted, surname(planted), user="demo-investigator")
        hidden = [await gates.trace(world, each, ORDERS[0], **CALLER) for each in documents]
        absent = [await gates.trace(world, absent_of(each), ORDERS[0], **CALLER) for each in documents]

    assert hidden == absent
    # Only the roots are asked for, and all that there is comes at once.
    assert [len([sent for _, sent in trace if sent]) for trace in hidden] == [1, 1]


def absent_of(document: str) -> str:
    return about_absent(document).replace(ID, "P9999999").replace(PLATE, "9Z99999").replace(CII, "A99999999")


# --- the same verdicts, statements and values ---

PARTS = 20


def document_in_parts(*, inside: bool) -> str:
    """All guarded fields, with each root in a deferred fragment; or each edge of the larger roots."""
    tree: dict[str, Any] = {}
    for each in FIELDS:
        place = tree
        for step in (each.root, *each.steps):
            place = place.setdefault(step, {})
        if each.object:
            place["__typename"] = {}
    left = PARTS
    roots = []
    for root, below in tree.items():
        text = f"{root} {selection(below)}"
        if inside and left and "person(id" in root:
            edges = [name for name in below if below[name]][:left]
            left -= len(edges)
            rest = {name: each for name, each in below.items() if name not in edges}
            fragments = " ".join(f"... @defer {{ {name} {selection(below[name])} }}" for name in edges)
            text = f"{root} {{ {fragments} {' '.join(_fields(rest))} }}"
        elif not inside and left:
            left -= 1
            text = f"... @defer {{ {text} }}"
        roots.append(text)
    return f"{OPERATION_HEAD} {INQUIRY} {{ {' '.join(roots)} }}"


def selection(tree: dict[str, Any]) -> str:
    return f"{{ {' '.join(_fields(tree))} }}" if tree else ""


def _fields(tree: dict[str, Any]) -> list[str]:
    return [f"{name} {selection(below)}" for name, below in tree.items()]


@pytest.fixture
async def planted_world(planted: Path) -> AsyncIterator[World]:
    async with running_app(planted) as world:
        await plant_inquiry(world)
        world.allow_fields(5_000)
        yield world


@pytest.mark.slow
@pytest.mark.attack(22)
@pytest.mark.attack(43)
@pytest.mark.parametrize("inside", [False, True], ids=["roots", "edges"])
async def test_every_guarded_field_has_the_same_verdict_in_a_part(planted_world: World, inside: bool) -> None:
    """To every role: values, errors, places, statements and the journal are equal."""
    world, document = planted_world, document_in_parts(inside=inside)
    for position in EVERY_ROLE[inside::2]:
        given: dict[str, Any] = {"token": position.token(world), "variables": position.variables}
        whole = await world.execute(document, **given)
        statements = statements_of(world)
        payloads = await payloads_of(world, document, accept=OLDER if inside else NEWER, **given)
        *_, intent, release = entries_of(world, whole.body)
        first, *_, last = entries_of(world, payloads[0])

        assert comparable(merged(payloads)) == comparable(whole.body), position
        assert statements_of(world) == statements, position
        assert (first.kind, last.kind) == (Kind.INTENT, Kind.RELEASE)
        assert {*first.denied} == {*intent.denied}, position
        for name in ("released", "masked", "denied", "exclusions", "outcome", "flags"):
            assert set(getattr(last, name)) == set(getattr(release, name)), (position, name)


def statements_of(world: World) -> set[tuple[str, str]]:
    return {(source, sql_text(request)) for source, request in world.log}


def entries_of(world: World, payload: dict[str, Any]) -> list[Entry]:
    """The last entries of the inquiry of a payload."""
    id = payload["extensions"]["inquiry"]["id"]
    return [each for each in world.journal_entries(last=2 * PARTS) if each.id == id]


@pytest.mark.slow
@pytest.mark.attack(22)
async def test_a_part_holds_nothing_for_another_caller(world: World) -> None:
    """One document and one plan, side by side: each caller has its own mask, denial or value in its part."""
    document = f"""query {INVESTIGATION} {{
      warrant(number: "W000000001") {{ number ... @defer {{ subject {{ id ssn }} }} }} }}"""
    roles = ["patrol", "investigator", "records"] * 3
    barriers = Barriers(world, "persons")
    tasks = [asyncio.create_task(payloads_of(world, document, role=role)) for role in roles]
    await barriers.asked["persons"].wait()
    barriers.open["persons"].set()
    found = [merged(each)["data"]["warrant"]["subject"]["ssn"] for each in await asyncio.gather(*tasks)]

    assert found == ["***-**-7001", None, "999-11-7001"] * 3


# --- cost ---


@pytest.mark.slow
@pytest.mark.attack(27)
@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_parts_read_no_more_than_a_whole_reply(world: World, accept: str) -> None:
    """Five hundred fields in twenty fragments: the same batches, and one rows' worth of bytes."""
    columns = "number status category issuedOn offense offenseCode bailCents agencyOri nightService cautions"
    fields = " ".join(f"{{f{number}_{each}: {each}}}"[1:-1] for number in range(2) for each in columns.split())
    fragments = [f"w{number}: warrants {{ {fields} }}" for number in range(20)]
    document = f'query {INVESTIGATION} {{ persons(ids: ["P0000001", "P0000009"]) {{ id %s }} }}'
    whole = await world.execute(document % " ".join(fragments))
    batches = world.batches
    payloads = await payloads_of(
        world, document % " ".join(f"... @defer {{ {each} }}" for each in fragments), accept=accept
    )

    assert comparable(merged(payloads)) == comparable(whole.body)
    assert sorted(world.batches) == sorted(batches) == [("persons", 2), ("warrants", 2)]
    assert sum(len(json.dumps(each)) for each in payloads) < 2 * len(whole.text) + 20 * len(
        json.dumps(whole.body["extensions"])
    )


@pytest.mark.attack(34)
async def test_a_slow_reader_of_parts_holds_no_slot(world: World) -> None:
    """What it has not read yet is made, journalled, and waits in memory."""
    document = f'query {INVESTIGATION} {{ person(id: "P0000001") {{ id ... @defer {{ warrants {{ number }} }} }} }}'
    async with streamed(world, document) as stream:
        stream.reading.clear()
        while world.journal_entries(last=1)[-1:] == [] or world.journal_entries(last=1)[0].kind is not Kind.RELEASE:
            await asyncio.sleep(0)
        while world.admission.slots.acquired:
            await asyncio.sleep(0)
        assert not stream.has_more()
        stream.reading.set()
        await stream.start()
        sent = await stream.rest()

    assert len(sent) == 2


STREAMS, TOGETHER = 1_000, 20


@pytest.mark.slow
@pytest.mark.attack(34)
async def test_aborted_streams_leave_no_task_and_no_memory(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A thousand clients leave after the first part, while a source is read."""
    caplog.set_level(logging.WARNING)
    document = f'query {INVESTIGATION} {{ person(id: "P0000001") {{ id ... @defer {{ warrants {{ number }} }} }} }}'
    Barriers(world, "warrants")
    token = world.token("patrol")
    before = asyncio.all_tasks()

    async def abort() -> None:
        async with streamed(world, document, token=token) as stream:
            await stream.start()
            await stream.next()

    async def abort_many(count: int) -> int:
        for _ in range(count // TOGETHER):
            await asyncio.gather(*(abort() for _ in range(TOGETHER)))
        world.log.clear()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before
        gc.collect()
        return len(gc.get_objects())

    first = await abort_many(STREAMS // 10)
    last = await abort_many(STREAMS - STREAMS // 10)

    # One object that stays for each of them would be 900.
    assert last - first < STREAMS // 2
    assert world.admission.slots.acquired == 0
    assert caplog.records == []
    outcomes = [each.outcome for each in world.journal_entries() if each.kind is Kind.RELEASE]
    assert outcomes == ["ABANDONED"] * STREAMS
