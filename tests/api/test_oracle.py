"""Over the real schema and real files the engine answers as graphql-core does, whoever asks and whatever they may know.

`make oracle` asks many more documents than `make test` and says how many, and of which seed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from api.operation.authorization import mask_is_insufficient
from api.operation.inquiry import inquiry_of
from audit.entry import Entry, Kind
from audit.journal import append_once
from engine.authorization import AuthorizedPlan, authorize
from engine.document import DocumentCache
from engine.plan import PreparedOperation
from engine.planner import Planner
from policy.caller import Assurance, Caller
from policy.decide import decide
from policy.effects import Effect
from policy.grants import Denied, Grant
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from resolvers.catalogue import NAMES, open_sources
from resolvers.journal import open_journal
from resolvers.loaders import Loaders
from resolvers.paging import Cursors
from schema.build import build
from schema.context import Context
from seed.demo import INVESTIGATOR_USER, PATROL_ORI
from sources.errors import SourceUnavailable
from sources.source import Rows, Source, Statement
from tests.api.editor import Editor, drafts
from tests.api.on_file import INQUIRIES, VARIABLES, OnFile
from tests.engine.comparison import EACH, LIMITS, SEED, Tally, agreed, of_an_oracle
from tests.engine.oracle import add_resolvers

BLUEPRINT = add_resolvers(build())  # its own, because it gets resolvers for the oracle
DOCUMENTS, PLANNER = DocumentCache(BLUEPRINT.graphql, LIMITS), Planner(BLUEPRINT, LIMITS)
TODAY = date(2026, 3, 2)

STRICT = Policy.load()
LAX = Policy(tuple(replace(cell, effect=Effect.ALLOW) for cell in STRICT.cells))
"""Everybody may know everything, as far as purpose and reason go."""


@pytest.fixture(scope="session")
def on_file(seeded: Path) -> OnFile:
    return OnFile(seeded)


@pytest.fixture
def tally() -> Iterator[Tally]:
    yield from Tally.of("real")


@dataclass
class Still:
    """A source that may be down, and never says when it last answered: that would be another time for each who asks."""

    inner: Source
    is_down: bool
    answered_at: None = None

    @property
    def name(self) -> str:
        return self.inner.name

    async def fetch(self, statement: Statement) -> Rows:
        if self.is_down:
            raise SourceUnavailable(self.name, "DOWN")
        return await self.inner.fetch(statement)

    async def close(self) -> None:
        raise AssertionError("it is not ours to close")


async def journal(path: Path) -> Path:
    """A few inquiries of two users."""
    for number, user in enumerate(["u-1", INVESTIGATOR_USER, "u-1"]):
        for kind in (Kind.INTENT, Kind.RELEASE)[: number + 1]:
            await append_once(path, Entry(kind=kind, id=INQUIRIES[number], user=user, record_ids=("persons/P0000001",)))
    return path


@pytest.fixture
async def sources(seeded: Path, tmp_path: Path) -> AsyncIterator[Mapping[str, Source]]:
    trail = open_journal(await journal(tmp_path / "journal.db"), connections=1)
    opened = {**open_sources(seeded, connections=1, deadline_s=60), trail.name: trail}
    yield opened
    for source in opened.values():
        await source.close()


@pytest.fixture
def pool() -> list[str]:
    return drafts(BLUEPRINT.graphql, max(50, EACH // 3), SEED)


@dataclass(frozen=True)
class Question:
    """A random document, and who asks it of what: all of it made of one number and what is there to choose from."""

    text: str
    given: dict[str, Any]
    caller: Caller
    is_lax: bool
    down: str | None

    @staticmethod
    def of(number: int, pool: list[str], on_file: OnFile) -> Question:
        random = Random(number)
        one_of = random.choice
        purpose = one_of([*["C"] * 50, *(purpose.name for purpose in Purpose)])
        reason = one_of([*["INVESTIGATION"] * 50, *(reason.name for reason in Reason)])
        case = one_of(["", 'caseNumber:"26-0417"'])
        inquiry = f"@inquiry(purpose:{purpose} reason:{reason} {case})"
        editor = Editor(BLUEPRINT.graphql, random, on_file.arguments)
        text = editor.edit(random.sample(pool, one_of([1, 2, 3])), VARIABLES, inquiry)
        caller = Caller(
            user=one_of(["u-1", INVESTIGATOR_USER]),
            name="Nobody",
            surname=one_of(["NOBODY", "REYES"]),
            ori=one_of(["CA0000000", PATROL_ORI]),
            role=one_of(list(Role)),
            sworn=True,
            certified_until=TODAY,
            assurance=one_of(list(Assurance)),
            token_id="t-1",
        )
        down = one_of([*[None] * 10, *NAMES])
        return Question(text, on_file.variables(random), caller, one_of([True, False]), down)


def ruled(prepared: PreparedOperation, desk: Context) -> tuple[AuthorizedPlan[Denied], dict[Any, Grant]]:
    """As the application decides, but that a key which cannot be searched for is an error of its field."""
    inquiry = inquiry_of(prepared, None, is_trusted=False)
    classes = [each for each in prepared.guards if isinstance(each, RecordClass)]
    verdicts = decide(desk.policy, desk.caller, inquiry, classes, today=desk.today)
    granted: dict[Any, Grant] = {each: it for each, it in verdicts.items() if isinstance(it, Grant)}
    denied: dict[Any, Denied] = {each: it for each, it in verdicts.items() if isinstance(it, Denied)}
    ruling = authorize(prepared, granted, denied, mask_is_insufficient)
    return ruling, {fetch: granted[guard] for fetch, guard in ruling.fetch_guards.items()}


async def compare(question: Question, sources: Mapping[str, Source], tally: Tally) -> None:
    document = DOCUMENTS.get(question.text)
    prepared = PLANNER.prepare(document, document.operation(None), question.given)
    still = {name: Still(source, name == question.down) for name, source in sources.items()}
    desk = Context(question.caller, LAX if question.is_lax else STRICT, still, Cursors(bytes(64)), TODAY)
    ruling, grants = ruled(prepared, desk)
    ours, theirs = (Loaders(still, grants, ruling.columns) for _ in range(2))

    result, run = await agreed(prepared, ruling, ours, theirs, desk)

    # Where all is nulled, who was asked before that is a matter of time.
    assert result.data is None or ours.records == theirs.records
    for loaders in (ours, theirs):
        loaders.close()
    tally.count(has_data=bool(ours.records), has_errors=bool(result.errors or run.failed_fetches or ruling.withheld))


@of_an_oracle
async def test_the_engine_answers_as_graphql_core_does(
    pool: list[str], on_file: OnFile, sources: Mapping[str, Source], tally: Tally
) -> None:
    for number in range(SEED, SEED + EACH):
        question = Question.of(number, pool, on_file)
        try:
            await compare(question, sources, tally)
        except Exception as fault:
            fault.add_note(str(question))
            raise
