"""The journal of answers in parts: each part is durable before it leaves, and the entries say which parts left."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from audit.entry import Entry, Kind
from audit.errors import JournalUnavailable
from audit.journal import Journal
from bench.postgres_server import PostgresServer
from tests.api.http_client import listening, post_bytes
from tests.audit.postgres.databases import new_journal
from tests.command_line import Run
from tests.harness import INVESTIGATION, World, running_app
from tests.part_stream import FORMATS, NEWER, OLDER, Barriers, merged, payload_of, payloads_of, streamed

WARRANTS = '... @defer(label: "warrants") { warrants { number } }'
VEHICLES = '... @defer(label: "vehicles") { vehicles { plate } }'
TWO = f'query {INVESTIGATION} {{ person(id: "P0000001") {{ id {WARRANTS} {VEHICLES} }} }}'
OF_PERSON = {"Query.person", "Person.id"}
OF_VEHICLES = {"Person.vehicles", "Vehicle.plate"}
OF_WARRANTS = {"Person.warrants", "Warrant.number"}


@dataclass
class HeldJournal:
    """A journal that writes each entry when the test allows it, or fails if the test says so.

    waiting: entries that wait to be written.
    """

    inner: Journal
    held: frozenset[Kind] = frozenset({Kind.PART, Kind.RELEASE})
    waiting: asyncio.Queue[Entry] = field(default_factory=asyncio.Queue)
    allowed: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    failing: bool = False

    async def append(self, entry: Entry) -> Any:
        if entry.kind in self.held:
            self.waiting.put_nowait(entry)
            await self.allowed.acquire()
            if self.failing:
                raise JournalUnavailable
        return await self.inner.append(entry)

    async def is_ready(self) -> bool:
        return await self.inner.is_ready()

    async def close(self) -> None:
        await self.inner.close()


def hold(world: World) -> HeldJournal:
    journal = HeldJournal(world.resources.journal)
    world.reconfigure(journal=journal)
    return journal


def summary(entries: list[Entry]) -> list[tuple[str, tuple[int, ...], str | None]]:
    return [(each.kind.value, each.parts, each.outcome) for each in entries]


async def read_in_order(world: World, *sources: str, accept: str = NEWER) -> list[dict[str, Any]]:
    """The payloads, if the sources answer in this order, each after the part before."""
    barriers = Barriers(world, *sources)
    async with streamed(world, TWO, accept=accept) as stream:
        await stream.start()
        payloads = [payload_of(await stream.next())]
        for name in sources:
            await barriers.asked[name].wait()
            barriers.open[name].set()
            payloads.append(payload_of(await stream.next()))
    return payloads


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_each_entry_says_which_parts_leave_and_all_they_release(world: World, accept: str) -> None:
    await read_in_order(world, "vehicles", "warrants", accept=accept)
    entries = world.journal_entries()

    assert summary(entries) == [
        ("INTENT", (), None),
        ("PART", (0,), None),
        ("PART", (2,), None),
        ("RELEASE", (1,), "ANSWERED"),
    ]
    assert len({each.id for each in entries}) == 1
    assert [set(each.released) for each in entries[1:]] == [
        OF_PERSON,
        OF_PERSON | OF_VEHICLES,
        OF_PERSON | OF_VEHICLES | OF_WARRANTS,
    ]
    assert "vehicles/1HGCM82633A004352" not in entries[1].record_ids
    assert {each.purpose for each in entries} == {"C"}
    assert world.journal_is_whole()


async def test_a_part_without_rows_releases_nothing_of_another(world: World) -> None:
    """Two parts read by one fetch; the first to be sent has no row of it."""
    document = f"""query {INVESTIGATION} {{
      none: person(id: "P0000007") {{ id ... @defer {{ warrants {{ number }} }} }}
      some: person(id: "P0000001") {{ id ... @defer {{ warrants {{ number }} vehicles {{ plate }} }} }} }}"""
    barriers = Barriers(world, "vehicles")
    async with streamed(world, document) as stream:
        await stream.start()
        first, second = payload_of(await stream.next()), payload_of(await stream.next())
        barriers.open["vehicles"].set()
        await stream.next()

    assert merged([first, second])["data"]["none"]["warrants"] == []
    _, initial, part, release = world.journal_entries()
    assert (part.parts, release.parts) == ((1,), (2,))
    assert set(initial.released) == OF_PERSON
    assert set(part.released) == OF_PERSON | {"Person.warrants"}
    assert set(release.released) == OF_PERSON | OF_VEHICLES | OF_WARRANTS


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_no_byte_of_a_part_is_sent_before_its_entry_is_durable(world: World, accept: str) -> None:
    journal = hold(world)
    barriers = Barriers(world, "vehicles", "warrants")
    async with streamed(world, TWO, accept=accept) as stream:
        for name, kind, parts in [(None, "PART", (0,)), ("vehicles", "PART", (2,)), ("warrants", "RELEASE", (1,))]:
            if name is not None:
                await barriers.asked[name].wait()
                barriers.open[name].set()
            entry = await journal.waiting.get()
            assert (entry.kind.value, entry.parts) == (kind, parts)
            assert not stream.has_more()
            assert entry.id not in {each.id for each in world.journal_entries(last=1) if each.parts == parts}
            journal.allowed.release()
            if name is None:
                await stream.start()
            await stream.next()
            assert world.journal_entries(last=1)[0].parts == parts


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_a_journal_that_fails_at_the_first_part_gives_no_data(world: World, accept: str) -> None:
    journal = hold(world)
    journal.failing = True
    journal.allowed.release()
    async with streamed(world, TWO, accept=accept) as stream:
        await stream.start()
        (body,) = await stream.rest()

    assert (stream.status, stream.headers["retry-after"]) == (503, "1")
    assert [each["extensions"]["code"] for each in json.loads(body)["errors"]] == ["AUDIT_UNAVAILABLE"]
    assert "data" not in json.loads(body)
    assert summary(world.journal_entries()) == [("INTENT", (), None)]


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_a_journal_that_fails_later_ends_what_is_still_to_come(world: World, accept: str) -> None:
    """One error in the place of each such part, and nothing of them."""
    journal = hold(world)
    barriers = Barriers(world, "vehicles", "warrants")
    async with streamed(world, TWO, accept=accept) as stream:
        journal.allowed.release()
        await stream.start()
        first = await stream.next()
        barriers.open["vehicles"].set()
        await journal.waiting.get()
        await journal.waiting.get()
        journal.failing = True
        journal.allowed.release()
        rest = await stream.rest()

    last = payload_of(rest[0])
    assert len(rest) == 1
    assert last["hasNext"] is False
    entries = last["incremental" if accept == OLDER else "completed"]
    found = [error for entry in entries for error in entry["errors"]]
    assert [each["extensions"]["code"] for each in found] == ["AUDIT_UNAVAILABLE"] * 2
    assert [each["path"] for each in found] == [["person"]] * 2
    if accept == OLDER:
        assert [(each["label"], each["data"]) for each in entries] == [("warrants", None), ("vehicles", None)]
    else:
        assert sorted(each["id"] for each in entries) == ["0", "1"]
        assert "incremental" not in last
    assert b"1N00001" not in first + b"".join(rest)
    assert barriers.cancelled["warrants"].is_set()
    assert summary(world.journal_entries()) == [("INTENT", (), None), ("PART", (0,), None)]


# --- a client that leaves, and a server that stops ---


async def test_a_client_that_leaves_ends_what_still_runs(world: World) -> None:
    """No task is left, its slot is free, and the journal says what had left."""
    before = asyncio.all_tasks()
    barriers = Barriers(world, "vehicles", "warrants")
    async with streamed(world, TWO) as stream:
        await stream.start()
        await stream.next()
        barriers.open["vehicles"].set()
        await stream.next()
        await stream.leave()
        assert barriers.cancelled["warrants"].is_set()
        assert world.admission.slots.acquired == 0

    assert await tasks_left(before) == set()
    entries = world.journal_entries()
    assert summary(entries) == [
        ("INTENT", (), None),
        ("PART", (0,), None),
        ("PART", (2,), None),
        ("RELEASE", (0, 2), "ABANDONED"),
    ]
    assert set(entries[-1].released) == OF_PERSON | OF_VEHICLES
    assert world.journal_is_whole()


async def tasks_left(before: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    """Tasks that the application has started and that have not ended, after one turn of the event loop."""
    await asyncio.sleep(0)
    return asyncio.all_tasks() - before


@pytest.mark.parametrize("accept", FORMATS.values(), ids=FORMATS)
async def test_a_broken_connection_ends_what_still_runs(world: World, accept: str) -> None:
    """Over a socket that is reset after the first part."""
    barriers = Barriers(world, "vehicles", "warrants")
    headers = f"Authorization: Bearer {world.token('patrol')}", f"Accept: {accept}"
    async with listening(world.app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(post_bytes(json.dumps({"query": TWO}).encode(), *headers))
        await reader.readuntil(b'"hasNext":true')
        for each in barriers.asked.values():
            await each.wait()
        writer.transport.abort()
        for each in barriers.cancelled.values():
            await each.wait()
        while world.admission.slots.acquired:
            await asyncio.sleep(0)

    last = world.journal_entries()[-1]
    assert (last.outcome, last.parts, set(last.released)) == ("ABANDONED", (0,), OF_PERSON)


async def test_a_client_that_leaves_before_the_first_part_gets_nothing(world: World) -> None:
    before = asyncio.all_tasks()
    barriers = Barriers(world, "persons")
    async with streamed(world, TWO) as stream:
        await barriers.asked["persons"].wait()
        await stream.leave()

    assert await tasks_left(before) == set()
    assert barriers.cancelled["persons"].is_set()
    assert summary(world.journal_entries()) == [("INTENT", (), None)]
    assert world.admission.slots.acquired == 0


async def test_a_client_that_leaves_during_an_entry_makes_no_second_release(world: World) -> None:
    """An entry is never withdrawn, and one release for each inquiry is what reports rely on."""
    journal = hold(world)
    barriers = Barriers(world, "vehicles", "warrants")
    async with streamed(world, TWO) as stream:
        journal.allowed.release()
        await stream.start()
        await stream.next()
        await journal.waiting.get()
        for each in barriers.open.values():
            each.set()
        while (await journal.waiting.get()).kind is not Kind.RELEASE:
            journal.allowed.release()
        await stream.leave()

    assert [each.kind for each in world.journal_entries()].count(Kind.RELEASE) == 0
    assert journal.waiting.empty()


async def test_a_part_that_was_journalled_and_not_sent_is_not_among_those_that_left(world: World) -> None:
    journal = hold(world)
    barriers = Barriers(world, "vehicles", "warrants")
    async with streamed(world, TWO) as stream:
        journal.allowed.release()
        await stream.start()
        await stream.next()
        barriers.open["vehicles"].set()
        await journal.waiting.get()
        await journal.waiting.get()
        journal.held = frozenset()
        await stream.leave()

    last = world.journal_entries()[-1]
    assert (last.outcome, last.parts, set(last.released)) == ("ABANDONED", (0,), OF_PERSON)


async def test_a_defect_in_a_later_part_ends_the_response_and_is_journalled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    barriers = Barriers(world, "vehicles", "warrants")
    before = asyncio.all_tasks()

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("a defect")

    async with streamed(world, TWO) as stream:
        await stream.start()
        await stream.next()
        monkeypatch.setattr("api.operation.authorized_operation.response_errors", broken)
        barriers.open["vehicles"].set()
        with pytest.raises(EOFError):
            await stream.next()

    assert barriers.cancelled["warrants"].is_set()
    assert await tasks_left(before) == set()
    last = world.journal_entries()[-1]
    assert (last.kind, last.outcome, last.parts) == (Kind.RELEASE, "BROKEN", (0,))


async def test_a_server_that_stops_ends_what_is_held_and_says_what_left(world: World) -> None:
    """After its grace; what is complete by then is sent."""
    barriers = Barriers(world, "warrants")
    request = post_bytes(
        json.dumps({"query": TWO}).encode(), f"Authorization: Bearer {world.token('patrol')}", f"Accept: {NEWER}"
    )
    async with listening(world.app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        received = await reader.readuntil(b'"completed":[{"id":"1"}]')
        await barriers.asked["warrants"].wait()
    writer.close()
    await barriers.cancelled["warrants"].wait()
    while (last := world.journal_entries(last=1)[0]).kind is not Kind.RELEASE:
        await asyncio.sleep(0)

    assert b"1N00001" in received
    assert (last.outcome, last.parts) == ("ABANDONED", (0, 2))
    assert set(last.released) == OF_PERSON | OF_VEHICLES
    assert world.admission.slots.acquired == 0


# --- readers of the journal ---

OWN = """query($by: InquirySearch) @inquiry(purpose: C, reason: INVESTIGATION, attention: "weekly") {
    inquiries(by: $by) { total edges { node { id kind outcome records released denied { field } exclusions { rule }
        replay { outcome } } } } }"""


async def test_an_inquiry_in_parts_is_listed_once(world: World) -> None:
    """With what its last entry says."""
    await read_in_order(world, "vehicles", "warrants")
    found = await world.execute(OWN, role="auditor", aal=2, variables={"by": {"record": "persons/P0000001"}})

    (inquiry,) = (each["node"] for each in found.data["inquiries"]["edges"])
    assert (found.data["inquiries"]["total"], inquiry["kind"], inquiry["outcome"]) == (1, "RELEASE", "ANSWERED")
    assert set(inquiry["released"]) == OF_PERSON | OF_VEHICLES | OF_WARRANTS
    assert inquiry["replay"] == {"outcome": "AGREES"}


async def test_an_inquiry_that_was_never_ended_is_listed_with_its_last_part(world: World) -> None:
    """As after a crash: what left is not hidden behind the intent."""
    journal = hold(world)
    barriers = Barriers(world, "vehicles")
    document = TWO.replace(VEHICLES, "criminalHistory { cycles { arrestedOn } } " + VEHICLES)
    async with streamed(world, document) as stream:
        journal.allowed.release()
        await stream.start()
        await stream.next()
        journal.held, journal.failing = frozenset(Kind), True
        journal.allowed.release()
        journal.allowed.release()
        barriers.open["vehicles"].set()
        await stream.rest()
    world.reconfigure(journal=journal.inner)
    found = await world.execute(OWN, role="auditor", aal=2, variables={"by": {"record": "persons/P0000001"}})

    (inquiry,) = (each["node"] for each in found.data["inquiries"]["edges"])
    assert (found.data["inquiries"]["total"], inquiry["kind"], inquiry["outcome"]) == (1, "PART", None)
    assert set(inquiry["released"]) >= OF_PERSON
    assert "persons/P0000001" in inquiry["records"]
    assert {each["field"] for each in inquiry["denied"]} == {"Cycle.arrestedOn"}
    assert len(inquiry["exclusions"]) > 0
    assert inquiry["replay"] == {"outcome": "AGREES"}


@pytest.mark.files
async def test_the_commands_that_read_the_journal_know_parts(world: World, run: Run) -> None:
    barriers = Barriers(world, "vehicles", "warrants")
    async with streamed(world, TWO) as stream:
        await stream.start()
        await stream.next()
        barriers.open["vehicles"].set()
        await stream.next()
        await stream.leave()
    id, folder = world.journal_entries()[-1].id, world.folder
    verified = await asyncio.to_thread(run, "audit", "verify", "--data", folder)
    searched = await asyncio.to_thread(run, "audit", "search", "--data", folder, "--kind", "PART", "--json")
    abandoned = await asyncio.to_thread(run, "audit", "search", "--data", folder, "--outcome", "abandoned", "--json")
    shown = await asyncio.to_thread(run, "audit", "show", id, "--data", folder)
    report = await asyncio.to_thread(run, "audit", "report", "--data", folder, "--json")

    assert (verified.status, searched.status, abandoned.status, shown.status) == (0, 0, 0, 0)
    assert [json.loads(line)["parts"] for line in searched.out.splitlines()] == [[2], [0]]
    assert [json.loads(line)["kind"] for line in abandoned.out.splitlines()] == ["RELEASE"]
    text = " ".join(shown.out.replace("│", " ").split())
    assert "INTENT, 2 PART of 0, 3 PART of 2, 4 RELEASE of 0 2" in text
    assert "ABANDONED: The client left, or the server stopped, before the last part was sent." in text
    assert report.status == 0


async def test_a_journal_in_a_database_has_the_entries_of_parts(data: Path, postgres: PostgresServer) -> None:
    database = await new_journal(postgres)
    async with running_app(data, journal=database.as_server.url) as world:
        await payloads_of(world, TWO)
        await read_in_order(world, "vehicles", "warrants")
        entries = await asyncio.to_thread(world.journal_entries)
        assert await asyncio.to_thread(world.journal_is_whole)
        found = await world.execute(OWN, role="auditor", aal=2, variables={"by": {"record": "persons/P0000001"}})

    assert summary(entries)[-4:] == [
        ("INTENT", (), None),
        ("PART", (0,), None),
        ("PART", (2,), None),
        ("RELEASE", (1,), "ANSWERED"),
    ]
    assert found.data["inquiries"]["total"] == 2
    assert {each["node"]["kind"] for each in found.data["inquiries"]["edges"]} == {"RELEASE"}
