"""Loaders: the batches, the outcomes and the records of one operation."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from policy.grants import Grant
from resolvers.errors import NotGranted
from resolvers.fetch import BatchResult, Fetch
from resolvers.loaders import Loaders, SourceOutcome
from resolvers.table import GrantedColumns
from sources.errors import ResultTooLarge, SourceUnavailable
from sources.read_limit import ReadLimit
from sources.request import Request
from sources.source import Rows, Source
from tests.resolvers.conftest import MakeGrant
from tests.sources.sqlite_files import NAME


class ScriptedSource:
    """A source that gives these rows, or fails with this status, request by request."""

    name = "scripted"
    answered_at = None

    def __init__(self, *results: Rows | str) -> None:
        self.results = list(results)

    async def fetch(self, _request: Request) -> Rows:
        result = self.results.pop(0)
        if isinstance(result, str):
            raise SourceUnavailable(self.name, result)
        return result

    async def close(self) -> None: ...


class MeasuredSource(ScriptedSource):
    """The same; each row has ten bytes."""

    async def fetch(self, request: Request) -> Rows:
        rows = await super().fetch(request)
        assert request.meter is not None
        request.meter.count(10 * len(rows))
        return rows


async def read(source: Source, _grant: Grant, keys: Sequence[Any], _columns: GrantedColumns) -> BatchResult:
    found: dict[Any, Any] = dict(await source.fetch(NAME._replace(keys=len(keys))))
    return BatchResult(found, [f"scripted/{key}" for key in found])


FIRST, SECOND = Fetch("scripted.first", "scripted", read), Fetch("scripted.second", "scripted", read)


def loaders_of(source: Source, grant: MakeGrant, **more: Any) -> Loaders:
    return Loaders({"scripted": source}, dict.fromkeys((FIRST, SECOND), grant()), {}, **more)


async def test_a_level_of_keys_is_one_batch_and_its_records_are_kept(grant: MakeGrant) -> None:
    loaders = loaders_of(ScriptedSource([["a", 1]]), grant)

    assert await loaders.load_all(FIRST, ["a", "b"]) == {"a": 1}
    assert loaders.batches == [("scripted", 2)]
    assert list(loaders.records) == ["scripted/a"]
    assert loaders.outcomes["scripted"].status == "OK"
    assert loaders.non_empty == {FIRST}


async def test_the_bytes_of_all_fetches_have_one_limit(grant: MakeGrant) -> None:
    source = MeasuredSource([["a", 1], ["b", 2]], [["c", 3], ["d", 4]], [["e", 5]], [["f", 6]])
    loaders = loaders_of(source, grant, read_limit=ReadLimit(35))
    await loaders.load_all(FIRST, ["a", "b"])
    for keys in (["c", "d"], ["c"]):
        with pytest.raises(ResultTooLarge):
            await loaders.load_all(SECOND, keys)

    assert await loaders.load_all(FIRST, ["e"]) == {"e": 5}
    assert (loaders.bytes_read(FIRST), loaders.bytes_read(SECOND)) == (30, 0)
    # The second fetch did not send its second batch, and the source is not at fault.
    assert source.results == [[["f", 6]]]
    assert loaders.outcomes["scripted"].status == "OK"
    assert list(loaders.records) == ["scripted/a", "scripted/b", "scripted/e"]


async def test_keys_that_were_loaded_before_are_counted_as_cache_hits(grant: MakeGrant) -> None:
    loaders = loaders_of(ScriptedSource([["a", 1]], [["c", 3]]), grant)
    await loaders.load_all(FIRST, ["a", "b"])
    await loaders.load_all(FIRST, ["b", "c", "a"])
    loaders.close()

    assert loaders.batches == [("scripted", 2), ("scripted", 1)]
    assert loaders.cache_hits == 2


async def test_a_source_without_rows_is_empty(grant: MakeGrant) -> None:
    loaders = loaders_of(ScriptedSource([]), grant)

    assert await loaders.load_all(FIRST, ["a"]) == {}
    assert loaders.outcomes["scripted"].status == "EMPTY"
    assert loaders.non_empty == set()


async def test_a_fetch_without_a_grant_is_refused(grant: MakeGrant) -> None:
    with pytest.raises(NotGranted):
        Loaders({"scripted": ScriptedSource()}, {FIRST: grant()}, {}).load_all(SECOND, ["a"])


@pytest.mark.parametrize("status", ["TIMEOUT", "DOWN"])
async def test_an_operation_waits_for_a_failed_source_only_once(grant: MakeGrant, status: str) -> None:
    loaders = loaders_of(ScriptedSource(status), grant)
    for fetch in (FIRST, FIRST, SECOND):
        with pytest.raises(SourceUnavailable) as caught:
            await loaders.load_all(fetch, ["a"])
        assert (caught.value.source, caught.value.status) == ("scripted", status)

    assert loaders.batches == [("scripted", 1)]
    assert loaders.outcomes["scripted"].status == status


async def test_a_fault_of_a_prefetch_counts_only_if_its_rows_are_loaded(grant: MakeGrant) -> None:
    loaders = loaders_of(ScriptedSource("DOWN"), grant)
    with pytest.raises(SourceUnavailable):
        await loaders.prefetch(FIRST, ["a"])
    assert loaders.outcomes == {}

    with pytest.raises(SourceUnavailable):
        await loaders.load_all(FIRST, ["a"])
    assert loaders.outcomes["scripted"].status == "DOWN"


async def test_every_batch_is_observed(grant: MakeGrant) -> None:
    observed: list[tuple[object, ...]] = []

    @contextmanager
    def observer(source: str, fetch: str, keys: int) -> Any:
        observed.append((source, fetch, keys))
        yield lambda status, records: observed.append((status, records))

    await loaders_of(ScriptedSource([]), grant, observer=observer).load_all(FIRST, ["a"])

    assert observed == [("scripted", "scripted.first", 1), ("EMPTY", 0)]


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
def test_a_fault_outranks_rows_and_rows_outrank_none(batches: list[str], status: str) -> None:
    outcome = SourceOutcome()
    for ms, each in enumerate(batches):
        outcome.add_batch(each, ms)

    assert (outcome.status, outcome.ms) == (status, len(batches) - 1)
