"""The policy in force is the file's, and an operation has one: whole, the same from its first field to its last."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from audit.entry import Kind
from policy.errors import PolicyError
from policy.table import MATRIX, Policy
from tests.harness import Response, serving

DOCUMENT = """query @inquiry(purpose: C, reason: TRAFFIC_STOP) {
  person(id: "P0000001") { ssn warrants { number subject { ssn } } }
}"""
OPEN = {"person": {"ssn": "***-**-7001", "warrants": [{"number": "W000000001", "subject": {"ssn": "***-**-7001"}}]}}
SHUT = {"person": {"ssn": None, "warrants": None}}


def shut() -> str:
    """The matrix with two of patrol's cells shut."""
    lines = []
    for line in MATRIX.read_text("utf-8").splitlines(keepends=True):
        word, cell, *rest = line.split() or ["", ""]
        lines.append(" ".join([word, "D", *rest]) + "\n" if word in {"SSN", "WANTS"} else line)
        assert word not in {"SSN", "WANTS"} or cell in "AM"
    return "".join(lines)


def put(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, "utf-8")
    new.replace(path)


@pytest.fixture
def matrix(tmp_path: Path) -> Path:
    path = tmp_path / "matrix.txt"
    put(path, MATRIX.read_text("utf-8"))
    return path


async def test_a_new_table_decides_the_next_question_and_old_ones_are_decided_again_by_theirs(
    data: Path, matrix: Path
) -> None:
    async with serving(data, policy=str(matrix)) as world:
        before = await world.execute(DOCUMENT)
        old = Policy.load(matrix).version
        put(matrix, shut())
        after = await world.execute(DOCUMENT)
        new = Policy.load(matrix).version
        replays = await world.execute(
            "query @inquiry(purpose: C, reason: INVESTIGATION)"
            ' { inquiries(by: {user: "demo-patrol"}) { edges { node { policyVersion replay { outcome } } } } }',
            as_="auditor",
        )

    assert (before.data, before.errors, after.data) == (OPEN, [], SHUT)
    assert after.paths == {"person.ssn": "NEED_TO_KNOW", "person.warrants": "NEED_TO_KNOW"}
    assert [edge["node"] for edge in replays.data["inquiries"]["edges"]] == [
        {"policyVersion": version, "replay": {"outcome": "AGREES"}} for version in (new, old)
    ]


async def test_an_operation_under_way_keeps_the_policy_it_began_with(data: Path, matrix: Path) -> None:
    """The first one is held inside its first read while the table changes and a second one is answered by the new."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hold(_statement: Any) -> None:
        begun.set()
        await go_on.wait()

    async with serving(data, policy=str(matrix)) as world:
        persons = world.sources["persons"]
        persons.during = hold
        old = Policy.load(matrix).version
        first = asyncio.create_task(world.execute(DOCUMENT))
        await begun.wait()
        put(matrix, shut())
        persons.during = None
        second = await world.execute(DOCUMENT)
        assert not first.done()
        go_on.set()
        reply = await first
        entries = world.journal_entries()

    new = Policy.load(matrix).version
    assert (reply.data, second.data) == (OPEN, SHUT)
    assert [(entry.kind, entry.policy_version) for entry in entries] == [
        (Kind.INTENT, old),
        (Kind.INTENT, new),
        (Kind.RELEASE, new),
        (Kind.RELEASE, old),
    ]


async def test_however_often_it_changes_no_answer_is_of_two_policies(data: Path, matrix: Path) -> None:
    """Before every statement of every question the table may change, and eight questions are under way at once."""
    tables, random = (MATRIX.read_text("utf-8"), shut()), Random(1)

    def change(_statement: Any) -> None:
        put(matrix, random.choice(tables))

    async def ask_on() -> list[Response]:
        return [await world.execute(DOCUMENT) for _ in range(5)]

    async with serving(data, policy=str(matrix)) as world:
        for source in world.sources.values():
            source.before = change  # type: ignore[attr-defined]
        old = Policy.load(matrix).version
        replies = [reply for asked in await asyncio.gather(*(ask_on() for _ in range(8))) for reply in asked]
        version_of = {entry.id: entry.policy_version for entry in world.journal_entries()}

    assert len(version_of) == 40
    found = [(reply.data, version_of[reply.body["extensions"]["inquiry"]["id"]] == old) for reply in replies]
    assert all(data == (OPEN if is_old else SHUT) for data, is_old in found)
    assert {is_old for _, is_old in found} == {True, False}, "the table never changed, so nothing was shown"


async def test_a_table_that_is_wrong_changes_nothing_and_is_told_once_with_its_line(
    data: Path, matrix: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines = shut().splitlines(keepends=True)
    wrong = next(number for number, line in enumerate(lines, start=1) if line.startswith("WANTS "))
    lines[wrong - 1] = lines[wrong - 1].replace("D", "X", 1)
    async with serving(data, policy=str(matrix)) as world:
        put(matrix, "".join(lines))
        replies = [await world.execute(DOCUMENT) for _ in range(3)]
        told = [record.getMessage() for record in caplog.records]
        put(matrix, shut())
        mended = await world.execute(DOCUMENT)

    assert [reply.data for reply in replies] == [OPEN] * 3
    assert told == [
        f"The previous policy stays in force. {matrix}:{wrong}: WANTS for patrol is 'X'; a cell is one letter of AMSDO"
    ]
    assert mended.data == SHUT


async def test_a_table_that_cannot_be_kept_for_the_journal_does_not_decide(
    data: Path, matrix: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(data, policy=str(matrix)) as world:
        policies = data / "policies"
        policies.rename(data / "elsewhere")
        policies.write_text("no folder")
        put(matrix, shut())
        reply = await world.execute(DOCUMENT)

    assert reply.data == OPEN
    assert "the policy cannot be stored for the journal" in caplog.text


async def test_the_demo_page_tells_of_each_role_what_the_policy_in_force_says(data: Path, matrix: Path) -> None:
    async with serving(data, policy=str(matrix)) as world:
        tallies = []
        for text in (MATRIX.read_text("utf-8"), shut()):
            put(matrix, text)
            page = await world.client.get("/graphql", headers={"Accept": "text/html"})
            tallies += re.findall(r"An officer in the field: (.*?)\"", page.text)

    assert tallies == [
        "7 of 16 record classes open, 2 masked, 4 by step-up",
        "6 of 16 record classes open, 1 masked, 4 by step-up",
    ]


async def test_a_server_does_not_start_with_a_table_that_is_wrong(data: Path, matrix: Path) -> None:
    put(matrix, shut().replace("record_class", "record class"))

    with pytest.raises(PolicyError, match=r"matrix\.txt:\d+: the heading must begin with record_class"):
        async with serving(data, policy=str(matrix)):
            pass
