"""The policy in force is that of the file, and each operation is decided by exactly one policy."""

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
from tests.harness import Response, running_app

DOCUMENT = """query @inquiry(purpose: C, reason: TRAFFIC_STOP) {
  person(id: "P0000001") { ssn warrants { number subject { ssn } } }
}"""
ALLOWED = {"person": {"ssn": "***-**-7001", "warrants": [{"number": "W000000001", "subject": {"ssn": "***-**-7001"}}]}}
DENIED = {"person": {"ssn": None, "warrants": None}}


def restricted_matrix() -> str:
    """The matrix with two of patrol's cells denied."""
    lines = []
    for line in MATRIX.read_text("utf-8").splitlines(keepends=True):
        word, cell, *rest = line.split() or ["", ""]
        lines.append(" ".join([word, "D", *rest]) + "\n" if word in {"SSN", "WANTS"} else line)
        assert word not in {"SSN", "WANTS"} or cell in "AM"
    return "".join(lines)


def write(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, "utf-8")
    new.replace(path)


@pytest.fixture
def matrix(tmp_path: Path) -> Path:
    path = tmp_path / "matrix.txt"
    write(path, MATRIX.read_text("utf-8"))
    return path


async def test_a_new_matrix_decides_new_operations_only(data: Path, matrix: Path) -> None:
    async with running_app(data, policy=str(matrix)) as world:
        before = await world.execute(DOCUMENT)
        old = Policy.load(matrix).version
        write(matrix, restricted_matrix())
        after = await world.execute(DOCUMENT)
        new = Policy.load(matrix).version
        replays = await world.execute(
            "query @inquiry(purpose: C, reason: INVESTIGATION)"
            ' { inquiries(by: {user: "demo-patrol"}) { edges { node { policyVersion replay { outcome } } } } }',
            role="auditor",
        )

    assert (before.data, before.errors, after.data) == (ALLOWED, [], DENIED)
    assert after.codes_by_path == {"person.ssn": "NEED_TO_KNOW", "person.warrants": "NEED_TO_KNOW"}
    assert [edge["node"] for edge in replays.data["inquiries"]["edges"]] == [
        {"policyVersion": version, "replay": {"outcome": "AGREES"}} for version in (new, old)
    ]


async def test_an_operation_in_progress_keeps_its_policy(data: Path, matrix: Path) -> None:
    """The first is held in its first read while the matrix changes and a second is executed."""
    reading, proceed = asyncio.Event(), asyncio.Event()

    async def hold(_statement: Any) -> None:
        reading.set()
        await proceed.wait()

    async with running_app(data, policy=str(matrix)) as world:
        persons = world.sources["persons"]
        persons.during = hold
        old = Policy.load(matrix).version
        first = asyncio.create_task(world.execute(DOCUMENT))
        await reading.wait()
        write(matrix, restricted_matrix())
        persons.during = None
        second = await world.execute(DOCUMENT)
        assert not first.done()
        proceed.set()
        response = await first
        entries = world.journal_entries()

    new = Policy.load(matrix).version
    assert (response.data, second.data) == (ALLOWED, DENIED)
    assert [(entry.kind, entry.policy_version) for entry in entries] == [
        (Kind.INTENT, old),
        (Kind.INTENT, new),
        (Kind.RELEASE, new),
        (Kind.RELEASE, old),
    ]


async def test_no_response_mixes_two_policies(data: Path, matrix: Path) -> None:
    """The matrix may change before every statement, with eight operations in progress at once."""
    matrices, random = (MATRIX.read_text("utf-8"), restricted_matrix()), Random(1)

    def change(_statement: Any) -> None:
        write(matrix, random.choice(matrices))

    async def execute_five() -> list[Response]:
        return [await world.execute(DOCUMENT) for _ in range(5)]

    async with running_app(data, policy=str(matrix)) as world:
        for source in world.sources.values():
            source.before = change  # type: ignore[attr-defined]
        old = Policy.load(matrix).version
        responses = [
            response for batch in await asyncio.gather(*(execute_five() for _ in range(8))) for response in batch
        ]
        version_of = {entry.id: entry.policy_version for entry in world.journal_entries()}

    assert len(version_of) == 40
    found = [(response.data, version_of[response.body["extensions"]["inquiry"]["id"]] == old) for response in responses]
    assert all(data == (ALLOWED if is_old else DENIED) for data, is_old in found)
    assert {is_old for _, is_old in found} == {True, False}, "the matrix never changed, so the test showed nothing"


async def test_an_invalid_new_matrix_is_ignored_and_logged_once(
    data: Path, matrix: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines = restricted_matrix().splitlines(keepends=True)
    line_number = next(number for number, line in enumerate(lines, start=1) if line.startswith("WANTS "))
    lines[line_number - 1] = lines[line_number - 1].replace("D", "X", 1)
    async with running_app(data, policy=str(matrix)) as world:
        write(matrix, "".join(lines))
        responses = [await world.execute(DOCUMENT) for _ in range(3)]
        logged = [record.getMessage() for record in caplog.records]
        write(matrix, restricted_matrix())
        fixed = await world.execute(DOCUMENT)

    assert [response.data for response in responses] == [ALLOWED] * 3
    reason = "WANTS for patrol is 'X'; a cell is one letter of AMSDO"
    assert logged == [f"The previous policy stays in force. {matrix}:{line_number}: {reason}"]
    assert fixed.data == DENIED


async def test_a_matrix_that_cannot_be_archived_is_not_used(
    data: Path, matrix: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_app(data, policy=str(matrix)) as world:
        policies = data / "policies"
        policies.rename(data / "elsewhere")
        policies.write_text("no folder")
        write(matrix, restricted_matrix())
        response = await world.execute(DOCUMENT)

    assert response.data == ALLOWED
    assert "the policy cannot be stored for the journal" in caplog.text


async def test_the_demo_page_summarizes_the_policy_in_force(data: Path, matrix: Path) -> None:
    async with running_app(data, policy=str(matrix)) as world:
        tallies = []
        for text in (MATRIX.read_text("utf-8"), restricted_matrix()):
            write(matrix, text)
            page = await world.client.get("/graphql", headers={"Accept": "text/html"})
            tallies += re.findall(r"An officer in the field: (.*?)\"", page.text)

    assert tallies == [
        "16 of 34 record classes open, 2 masked, 8 by step-up",
        "15 of 34 record classes open, 1 masked, 8 by step-up",
    ]


async def test_a_server_does_not_start_with_an_invalid_matrix(data: Path, matrix: Path) -> None:
    write(matrix, restricted_matrix().replace("record_class", "record class"))

    with pytest.raises(PolicyError, match=r"matrix\.txt:\d+: the heading must begin with record_class"):
        async with running_app(data, policy=str(matrix)):
            pass
