"""Loaders: what one operation asks of its sources, counts and remembers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from policy.grants import Grant
from resolvers.errors import NotGranted
from resolvers.fetch import BatchResult, Fetch
from resolvers.loaders import Loaders, SourceOutcome
from resolvers.table import Columns
from sources.errors import SourceUnavailable
from sources.source import Source, Statement
from tests.resolvers.conftest import MakeGrant


class Told:
    """A source that does as it is told, statement by statement."""

    name = "told"
    answered_at = None

    def __init__(self, *answers: list[tuple[Any, ...]] | str) -> None:
        self.answers = list(answers)

    async def fetch(self, statement: Statement) -> list[tuple[Any, ...]]:
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise SourceUnavailable(self.name, answer)
        return answer

    async def close(self) -> None: ...


async def ask(source: Source, grant: Grant, keys: Sequence[Any], columns: Columns) -> BatchResult:
    rows = await source.fetch(Statement("", {}, keys=len(keys)))
    return BatchResult({key: value for key, value in rows}, [f"told/{key}" for key, _ in rows], set())  # noqa: C416


FIRST, SECOND = Fetch("told.first", "told", ask), Fetch("told.second", "told", ask)


def loaders(source: Source, grant: MakeGrant, **more: Any) -> Loaders:
    return Loaders({"told": source}, dict.fromkeys((FIRST, SECOND), grant()), {}, **more)


async def test_what_was_asked_and_what_came_is_counted(grant: MakeGrant) -> None:
    loads = loaders(Told([("a", 1)]), grant)

    assert [await each for each in [loads.load(FIRST, "a"), loads.load(FIRST, "b")]] == [1, None]
    assert loads.batches == [("told", 2)]
    assert list(loads.records) == ["told/a"]
    assert loads.asked["told"].status == "OK"
    assert loads.answered == {FIRST}


async def test_a_level_of_keys_is_counted_as_one_batch(grant: MakeGrant) -> None:
    loads = loaders(Told([("a", 1)]), grant)

    assert await loads.load_all(FIRST, ["a", "b"]) == {"a": 1}
    assert loads.batches == [("told", 2)]


async def test_a_source_that_holds_nothing_is_empty_and_answers_nothing(grant: MakeGrant) -> None:
    loads = loaders(Told([]), grant)

    assert await loads.load(FIRST, "a") is None
    assert loads.asked["told"].status == "EMPTY"
    assert loads.answered == set()


async def test_a_fetch_without_a_grant_is_refused(grant: MakeGrant) -> None:
    with pytest.raises(NotGranted):
        Loaders({"told": Told()}, {FIRST: grant()}, {}).load(SECOND, "a")


@pytest.mark.parametrize("status", ["TIMEOUT", "DOWN"])
async def test_a_source_that_failed_is_not_waited_for_again(grant: MakeGrant, status: str) -> None:
    loads = loaders(Told(status), grant)
    for fetch in (FIRST, FIRST, SECOND):
        with pytest.raises(SourceUnavailable) as caught:
            await loads.load(fetch, "a")
        assert (caught.value.source, caught.value.status) == ("told", status)

    assert loads.batches == [("told", 1)]
    assert loads.asked["told"].status == status


async def test_every_batch_is_watched(grant: MakeGrant) -> None:
    seen: list[tuple[object, ...]] = []

    @contextmanager
    def watch(source: str, fetch: str, keys: int) -> Any:
        seen.append((source, fetch, keys))
        yield lambda status, records: seen.append((status, records))

    await loaders(Told([]), grant, watch=watch).load(FIRST, "a")

    assert seen == [("told", "told.first", 1), ("EMPTY", 0)]


@pytest.mark.parametrize(
    ("batches", "status"),
    [
        (["EMPTY"], "EMPTY"),
        (["EMPTY", "OK"], "OK"),
        (["OK", "EMPTY"], "OK"),
        (["TIMEOUT", "OK"], "TIMEOUT"),
        (["OK", "DOWN", "TIMEOUT"], "DOWN"),
    ],
)
def test_a_fault_outweighs_an_answer_and_an_answer_an_empty_one(batches: list[str], status: str) -> None:
    asked = SourceOutcome()
    for ms, each in enumerate(batches):
        asked.note(each, ms)

    assert (asked.status, asked.ms) == (status, len(batches) - 1)
