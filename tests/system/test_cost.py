"""What one question may cost under the default limits, by measurement: processor time, memory, and others' time.

The questions are those that we know to be the dearest, and random ones that Hypothesis makes dearer step by step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import perf_counter

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings, target

from seed.world import write
from tests.system.dear_questions import SMALL, Facts, Question, named_questions, new_document, of_records, questions
from tests.system.measured_server import (
    RESPONSE_S,
    MeasuredServer,
    MeasuredServers,
    Measurement,
    body_of,
    headers,
    measured_server,
)

pytestmark = pytest.mark.alone
PEOPLE, SEED = 3_000, 1
MOST_CPU_S, MOST_MEMORY = 1.0, 64 * 2**20
MOST_CPU_BEFORE_ANSWER_S = 0.25
EXAMPLES = 80
CLIENTS, SMALL_QUESTIONS, PAUSE_S = 8, 200, 0.02

Report = Callable[[str, object], None]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world with 3,000 people, and a journal with long entries of one user."""
    data = tmp_path_factory.mktemp("cost") / "data"
    write(data, PEOPLE, SEED)
    lists = [[f"P9{part}{number:05}" for number in range(1_000)] for part in range(4)]
    people = {f"ids{number}": ids for number, ids in enumerate(lists)}
    declared = ", ".join(f"${name}: [ID!]!" for name in people)
    found = " ".join(f"{name}: persons(ids: ${name}) {{ id }}" for name in people)
    question = of_records(found, **people)
    question = Question(question.query.replace("query", f"query({declared})", 1), people)
    with measured_server(data) as server:
        for _ in range(40):
            server.send(question).raise_for_status()
    return data


@pytest.fixture(scope="session")
def facts(world: Path) -> Facts:
    return Facts.of(world)


@pytest.fixture
def servers(world: Path, tmp_path: Path) -> Iterator[MeasuredServers]:
    servers = MeasuredServers(world, tmp_path)
    yield servers
    servers.close()


def over(measured: Measurement) -> bool:
    return measured.cpu_s > MOST_CPU_S or measured.memory_bytes > MOST_MEMORY


@pytest.mark.attack(27)
def test_the_dearest_known_questions_stay_within_their_bounds(
    servers: MeasuredServers, facts: Facts, record_property: Report
) -> None:
    measured = {name: servers.measure(question) for name, question in named_questions(facts).items()}
    for name, each in measured.items():
        record_property("counted", f"{name}: {each}")

    assert {name: str(each) for name, each in measured.items() if over(each)} == {}


@pytest.mark.attack(27)
def test_no_question_that_is_searched_for_exceeds_its_bounds(
    servers: MeasuredServers, facts: Facts, record_property: Report
) -> None:
    found: list[tuple[Measurement, Question]] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.target],
        suppress_health_check=list(HealthCheck),
    )
    @given(questions(facts))
    def search(question: Question) -> None:
        measured = servers.measure(question)
        found.append((measured, question))
        target(measured.cpu_s, label="seconds of a processor")
        target(measured.memory_bytes / 2**20, label="MiB of memory")

    search()
    answered = [each for each, _ in found if not each.is_refused]
    by_cpu = max(found, key=lambda each: each[0].cpu_s)
    by_memory = max(found, key=lambda each: each[0].memory_bytes)
    record_property("counted", f"{len(answered)} of {len(found)} random questions were answered")
    for title, (measured, question) in (("dearest by time", by_cpu), ("dearest by memory", by_memory)):
        record_property("counted", f"{title}: {measured}: {shortened(question)}")

    assert len(answered) > EXAMPLES / 3
    assert {shortened(question): str(each) for each, question in found if over(each)} == {}


def shortened(question: Question) -> str:
    """The beginning of a question, and how many people it is about."""
    return f"{question.query[:300]}… ({len(question.query)} characters, {len(question.variables.get('ids', ()))} ids)"


WORST = [
    "introspection",
    "240 edges of each arrest",
    "240 owners of each vehicle",
    "four groups of charges, each over the limit",
    "480 cursors of each hit",
    "240 probes of the sources",
    "49 searches by name",
    "480 null fields of a thousand people",
]


@pytest.mark.attack(27)
@pytest.mark.parametrize("kind", ["eight kinds", "new documents", "introspection", "240 edges of each arrest"])
async def test_eight_of_the_worst_leave_others_their_answers(
    world: Path, facts: Facts, tmp_path: Path, record_property: Report, kind: str
) -> None:
    named, numbers = named_questions(facts), count(1)

    def next_question(client: int) -> Question:
        if kind == "new documents":
            return new_document(next(numbers))
        return named[WORST[client] if kind == "eight kinds" else kind]

    with measured_server(world) as server:
        waits, answered = await small_questions_beside(server, next_question)
    p99_s = percentile([each.elapsed_s for each in waits], 99)
    p99_cpu_s = percentile([each.cpu_s for each in waits], 99)
    figures = f"99 of 100 within {p99_s * 1e3:.0f} ms, after {p99_cpu_s * 1e3:.0f} ms of the server's processor time"
    record_property("counted", f"small questions beside {kind}, eight at once, {answered} answered: {figures}")

    assert answered >= CLIENTS
    # What other programs and the disk take, delays an answer too, but uses none of the server's processor time.
    assert p99_cpu_s < MOST_CPU_BEFORE_ANSWER_S


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[len(values) * percent // 100]


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a question waited for its answer, and the processor time that its server used meanwhile."""

    elapsed_s: float
    cpu_s: float


async def small_questions_beside(
    server: MeasuredServer, next_question: Callable[[int], Question]
) -> tuple[list[Wait], int]:
    """Ask small questions while eight clients ask others without a pause.

    Returns the wait of each, and how many of the others were answered.
    """
    answered = 0
    started = asyncio.Barrier(CLIENTS + 1)

    async def ask(client: httpx.AsyncClient, number: int) -> None:
        nonlocal answered
        await started.wait()
        while True:
            question = next_question(number)
            response = await client.post(
                "/graphql", content=body_of(question), headers=headers(server.issuer, question)
            )
            answered += response.status_code == 200

    waits = []
    async with (
        httpx.AsyncClient(base_url=server.process.url, timeout=RESPONSE_S) as one,
        httpx.AsyncClient(base_url=server.process.url, timeout=RESPONSE_S) as other,
        asyncio.TaskGroup() as group,
    ):
        tasks = [group.create_task(ask(one, number)) for number in range(CLIENTS)]
        await started.wait()
        for _ in range(SMALL_QUESTIONS):
            began_s, before_s = perf_counter(), server.cpu_s
            response = await other.post("/graphql", content=body_of(SMALL), headers=headers(server.issuer, SMALL))
            waits.append(Wait(perf_counter() - began_s, server.cpu_s - before_s))
            assert response.status_code == 200, response.text
            await asyncio.sleep(PAUSE_S)
        for task in tasks:
            task.cancel()
    return waits, answered
