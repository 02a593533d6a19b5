"""Over the real schema and real files the engine gives graphql-core's results, for any caller and any policy.

`make oracle` compares many more documents than `make test`, and prints their number and seed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from api.auth.demo_issuer import DEMO_CALLERS
from api.operation.authorization import mask_is_insufficient
from api.operation.inquiry import inquiry_of
from audit.entry import Entry, Kind
from audit.sqlite.journal import append_once
from engine.authorization import AuthorizedPlan, authorize
from engine.document import DocumentCache
from engine.plan import PreparedOperation
from engine.planner import Planner
from engine.reply_size import size_of
from policy.caller import Assurance, Caller
from policy.decide import decide
from policy.effects import Effect
from policy.grants import Denied, Grant
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.related_subjects import RelatedSubjects
from policy.roles import Role
from policy.table import Policy
from resolvers.catalogue import NAMES, open_sources
from resolvers.journal import open_journal_file
from resolvers.loaders import Loaders
from resolvers.paging import Cursors
from schema.build import guarded_schema
from schema.context import Context
from sources.errors import SourceUnavailable
from sources.probe import SourceProbe
from sources.request import Request
from sources.source import Rows, Source
from tests.api.draft_editor import DraftEditor, write_drafts
from tests.api.seeded_values import INQUIRIES, VARIABLES, SeededValues
from tests.callers import make_caller
from tests.engine.comparison import DOCUMENTS_PER_SCHEMA, LIMITS, SEED, Tally, execute_both, uses_oracle
from tests.engine.oracle import add_resolvers

SCHEMA = add_resolvers(guarded_schema.__wrapped__())  # its own, because it gets resolvers for the oracle
DOCUMENTS, PLANNER = DocumentCache(SCHEMA.graphql, LIMITS), Planner(SCHEMA, LIMITS)
TODAY = date(2026, 3, 2)

STRICT = Policy.load()
PERMISSIVE = Policy(tuple(replace(cell, effect=Effect.ALLOW) for cell in STRICT.cells))
"""Every caller may see every record class, if purpose and reason allow it."""
WITHHOLDING = replace(PERMISSIVE, related_subjects=RelatedSubjects.STEP_UP)
"""The same, but records about a namesake or a colleague need a step-up."""


@pytest.fixture(scope="session")
def values(seeded: Path) -> SeededValues:
    return SeededValues(seeded)


@pytest.fixture
def tally() -> Iterator[Tally]:
    yield from Tally.of("real")


@dataclass
class FixedSource:
    """A source that may be down, without the time of its last response, which would differ between the two runs."""

    inner: Source
    is_down: bool
    answered_at: None = None

    @property
    def name(self) -> str:
        return self.inner.name

    async def fetch(self, request: Request) -> Rows:
        if self.is_down:
            raise SourceUnavailable(self.name, "DOWN")
        return await self.inner.fetch(request)

    async def close(self) -> None:
        raise AssertionError("the fixture closes the inner source")


async def write_journal(path: Path) -> Path:
    """A journal with a few inquiries of two users."""
    for number, user in enumerate(["u-1", DEMO_CALLERS[Role.INVESTIGATOR].user, "u-1"]):
        for kind in (Kind.INTENT, Kind.RELEASE)[: number + 1]:
            await append_once(path, Entry(kind=kind, id=INQUIRIES[number], user=user, record_ids=("persons/P0000001",)))
    return path


@pytest.fixture
async def sources(seeded: Path, tmp_path: Path) -> AsyncIterator[Mapping[str, Source]]:
    journal = open_journal_file(await write_journal(tmp_path / "journal.db"), connections=1)
    opened = {**open_sources(seeded, connections=1, deadline_s=60), journal.name: journal}
    yield opened
    for source in opened.values():
        await source.close()


@pytest.fixture
def pool() -> list[str]:
    return write_drafts(SCHEMA.graphql, max(30, DOCUMENTS_PER_SCHEMA // 3), SEED)


@dataclass(frozen=True)
class RandomRequest:
    """A random document with its caller, policy and source that is down, all made from one number."""

    text: str
    variables: dict[str, Any]
    caller: Caller
    policy: Policy
    down: str | None

    @staticmethod
    def of(number: int, pool: list[str], values: SeededValues) -> RandomRequest:
        random = Random(number)
        one_of = random.choice
        purpose = one_of([*["C"] * 50, *(purpose.name for purpose in Purpose)])
        reason = one_of([*["INVESTIGATION"] * 50, *(reason.name for reason in Reason)])
        case = one_of(["", 'caseNumber:"26-0417"'])
        inquiry = f"@inquiry(purpose:{purpose} reason:{reason} {case})"
        editor = DraftEditor(SCHEMA.graphql, random, values.arguments)
        text = editor.combine(random.sample(pool, one_of([1, 2, 3])), VARIABLES, inquiry)
        caller = make_caller(
            user=one_of(["u-1", DEMO_CALLERS[Role.INVESTIGATOR].user]),
            surname=one_of(["NOBODY", "REYES"]),
            ori=one_of(["CA0000000", DEMO_CALLERS[Role.PATROL].ori]),
            role=one_of(list(Role)),
            certified_until=TODAY,
            assurance=one_of(list(Assurance)),
        )
        down = one_of([*[None] * 10, *NAMES])
        return RandomRequest(text, values.variables(random), caller, one_of([STRICT, PERMISSIVE, WITHHOLDING]), down)


def authorize_for(prepared: PreparedOperation, context: Context) -> tuple[AuthorizedPlan[Denied], dict[Any, Grant]]:
    """As the application authorizes, but an invalid search key is an error of its field."""
    inquiry = inquiry_of(prepared, None, is_trusted=False)
    classes = [each for each in prepared.guards if isinstance(each, RecordClass)]
    verdicts = decide(context.policy, context.caller, inquiry, classes, today=context.today)
    granted: dict[Any, Grant] = {each: it for each, it in verdicts.items() if isinstance(it, Grant)}
    denied: dict[Any, Denied] = {each: it for each, it in verdicts.items() if isinstance(it, Denied)}
    authorized = authorize(prepared, granted, denied, mask_is_insufficient)
    return authorized, {fetch: granted[guard] for fetch, guard in authorized.fetch_guards.items()}


async def compare(request: RandomRequest, sources: Mapping[str, Source], tally: Tally) -> None:
    document = DOCUMENTS.get(request.text)
    prepared = PLANNER.prepare(document, document.operation(None), request.variables)
    fixed = {name: FixedSource(source, name == request.down) for name, source in sources.items()}
    context = Context(request.caller, request.policy, SourceProbe(fixed), Cursors(bytes(64)), TODAY)
    authorized, grants = authorize_for(prepared, context)
    ours, theirs = (Loaders(fixed, grants, authorized.columns) for _ in range(2))

    result, state = await execute_both(prepared, authorized, ours, theirs, context)

    # If everything is nulled, which records were read before that depends on timing.
    assert result.data is None or ours.records == theirs.records
    # Introspection does not count: it is no larger than the schema.
    assert prepared.plan.introspection or state.reply_size.bytes >= size_of(result.data)
    # Ordinary operations never take it, only errors.
    assert result.errors or state.slow_paths == 0
    assert ours.denied == theirs.denied or result.data is None
    for loaders in (ours, theirs):
        loaders.close()
    has_errors = bool(result.errors or state.failed_fields or authorized.withheld)
    tally.count(has_data=bool(ours.records), has_errors=has_errors)


@uses_oracle
async def test_random_operations_give_graphql_core_s_results(
    pool: list[str], values: SeededValues, sources: Mapping[str, Source], tally: Tally
) -> None:
    for number in range(SEED, SEED + DOCUMENTS_PER_SCHEMA):
        request = RandomRequest.of(number, pool, values)
        try:
            await compare(request, sources, tally)
        except Exception as error:
            error.add_note(str(request))
            raise
