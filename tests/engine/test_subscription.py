"""Subscriptions: each event gives graphql-core's result, and a withheld root starts no stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Hashable, Sequence
from random import Random
from typing import Any, cast

import pytest
from graphql import ExecutionResult, GraphQLObjectType, get_named_type, is_leaf_type
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.declarations import Fetch
from engine.errors import InvalidDocument
from engine.execution_state import ExecutionState
from engine.explain import authorize_all, explain_levels
from engine.subscription import EventResult, subscribe
from tests.engine.comparison import assert_equal, uses_oracle
from tests.engine.document_generator import DocumentGenerator
from tests.engine.event_schema import SCHEMA, LoggingLoader, prepare
from tests.engine.hard_schema import GUARDS, BadValue, NumberLoader, authorize_except
from tests.engine.oracle import Oracle

ROOT = cast("GraphQLObjectType", SCHEMA.graphql.subscription_type)
VARIABLES = {"$yes": "Boolean!=true", "$ns": "[Int!]!"}

Collected = tuple[list[ExecutionResult], str]
"""The results of all events, and how the stream ended."""


class Request:
    """One subscription and the log of its execution."""

    def __init__(
        self, text: str, *denied: str, loader: NumberLoader | None = None, rows: int = 100, **variables: Any
    ) -> None:
        self.prepared = prepare(text, **variables)
        self.authorized = authorize_except(self.prepared, denied)
        self.loader = loader
        self.rows = rows
        self.log: list[Any] = []

    def new_state(self, event: Any) -> ExecutionState:
        loader = self.loader or LoggingLoader(log=self.log)
        return ExecutionState(self.prepared, self.authorized, loader, self.log, self.rows, event)

    async def stream(self) -> AsyncGenerator[EventResult]:
        results = await subscribe(self.new_state)
        assert not isinstance(results, ExecutionResult)
        return results

    async def collect(self) -> Collected:
        return await collect(await subscribe(self.new_state))

    async def compare(self) -> Collected:
        """The engine's results, after a check that graphql-core's are equal."""
        ours, end = await self.collect()
        oracle = Oracle(self.prepared, self.authorized, self.loader or NumberLoader(), [])
        theirs, their_end = await collect(await oracle.events())
        assert (end, len(ours)) == (their_end, len(theirs))
        for result, expected in zip(ours, theirs, strict=True):
            assert_equal(result, expected)
        return ours, end


async def collect(results: ExecutionResult | AsyncGenerator[Any]) -> Collected:
    if isinstance(results, ExecutionResult):
        return [results], "no stream"
    collected: list[ExecutionResult] = []
    try:
        async for each in results:
            collected.append(each.result if isinstance(each, EventResult) else each)  # noqa: PERF401 - it may raise
    except BadValue as error:
        return collected, str(error)
    return collected, "end"


@uses_oracle
@settings(max_examples=100, deadline=None)
@given(
    random=st.randoms(use_true_random=True),
    name=st.sampled_from(sorted(ROOT.fields)),
    ns=st.lists(st.integers(1, 96), max_size=6),
    denied=st.sets(st.sampled_from(GUARDS), max_size=1),
    unavailable=st.sampled_from([(), (), ("near.one",), ("near.many",)]),
    broken=st.sampled_from([(), (), (), ("near.one",)]),
    yes=st.booleans(),
)
async def test_events_give_graphql_core_s_results(
    random: Random,
    name: str,
    ns: list[int],
    denied: set[str],
    unavailable: tuple[str, ...],
    broken: tuple[str, ...],
    yes: bool,
) -> None:
    generator = DocumentGenerator(SCHEMA, random, {})
    kind = get_named_type(ROOT.fields[name].type)
    selection = "" if is_leaf_type(kind) else f"{{{generator.selections(kind, 2)}}}"
    text = generator.operation("subscription", f"{{x:{name}(ns:$ns){selection}}}", VARIABLES)
    loader = NumberLoader(frozenset(unavailable), frozenset(broken))
    request = Request(text, *denied, loader=loader, ns=ns, yes=yes)

    if any(len(planned.type_path) == 1 for planned, _ in request.authorized.withheld):
        assert await request.collect() == ([ExecutionResult({"x": None}, None)], "no stream")
        assert request.log == []
    else:
        await request.compare()


async def test_events_are_executed_in_order_and_each_fetches_for_itself() -> None:
    request = Request("subscription{thing(ns:[2,3,2]){text}}")

    results, end = await request.compare()

    assert [each.data for each in results] == [{"thing": {"text": f"text {n}"}} for n in (2, 3, 2)]
    assert end == "end"
    assert request.log == ["open", ("near.one", 2), ("near.one", 3), ("near.one", 2), "closed"]


async def test_the_next_event_is_requested_only_after_the_last_result_is_taken() -> None:
    request = Request("subscription{thing(ns:[2,3]){text}}")

    stream = await request.stream()
    assert request.log == []
    await anext(stream)
    assert request.log == ["open", ("near.one", 2)]
    await stream.aclose()


async def test_each_event_has_a_row_limit_of_its_own() -> None:
    stream = await Request("subscription{thing(ns:[2,3,2]){text}}", rows=1).stream()

    assert [(state.event["n"], state.row_count, state.over_row_limit) async for _, state in stream] == [
        (n, 1, {}) for n in (2, 3, 2)
    ]


async def test_an_event_s_state_lists_its_failed_fetches() -> None:
    loader = NumberLoader(frozenset({"near.one"}))
    stream = await Request("subscription{thing(ns:[2]){text}}", loader=loader).stream()

    result, state = await anext(stream)

    assert result == ExecutionResult({"thing": None}, None)
    assert [source for _, source in state.failed_fetches.values()] == ["near"]
    await stream.aclose()


@pytest.mark.parametrize(
    ("selection", "denied"),
    [
        ("thing(ns:[2]){text}", "A"),
        ("thing(ns:[2]){__typename}", "A"),
        ("things(ns:[2]){text}", "B"),
        ("things(ns:[5]){text}", "C"),
        ("embedded(ns:[2]){__typename}", "A"),
        ("whole(ns:[2]){text}", "B"),
    ],
)
async def test_a_withheld_subscription_root_starts_no_stream(selection: str, denied: str) -> None:
    request = Request(f"subscription{{x:{selection}}}", denied)

    assert await request.collect() == ([ExecutionResult({"x": None}, None)], "no stream")
    assert request.log == []


async def test_a_withheld_field_inside_an_event_is_null() -> None:
    request = Request("subscription{embedded(ns:[2]){count thing{text isBig}}}", "B")

    results, _ = await request.compare()

    assert [each.data for each in results] == [
        {"embedded": {"count": None, "thing": {"text": "text 2", "isBig": None}}}
    ]


async def test_an_event_s_open_page_is_not_fetched_if_all_of_it_is_withheld() -> None:
    request = Request("subscription{page(ns:[2,3]){count}}", "B")

    results, _ = await request.compare()

    assert [each.data for each in results] == [{"page": {"count": None}}] * 2
    assert request.log == ["open", "closed"]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("failsEarly", "no stream of 2"),
        ("noStream", "Subscription field must return AsyncIterable. Received: [1, 2]."),
        ("plainField", "Subscription field must return AsyncIterable. Received: None."),
    ],
)
async def test_without_a_stream_there_is_one_error(field: str, message: str) -> None:
    ([result], end) = await Request(f"subscription{{\n  x:{field}(ns:[1,2])\n}}").compare()

    assert (result.data, end) == (None, "no stream")
    assert [(error.message, error.path, error.locations) for error in result.errors or ()] == [
        (message, ["x"], [(2, 3)])
    ]


async def test_an_error_event_is_a_field_error_and_the_stream_goes_on() -> None:
    results, _ = await Request("subscription{here(ns:[55,2]){text}}").compare()

    assert [(error.message, error.path) for error in results[0].errors or ()] == [("odd 55", ["here"])]
    assert [each.data for each in results] == [None, {"here": {"text": "text 2"}}]


async def test_an_event_may_be_any_value() -> None:
    results, _ = await Request("subscription{embedded(ns:[66,33,55,2]){__typename}}").compare()

    page = {"__typename": "Page"}
    assert [each.data for each in results] == [{"embedded": each} for each in (None, page, None, page)]
    assert [error.message for each in results for error in each.errors or ()] == ["odd 55"]


async def test_an_error_of_the_stream_is_raised_after_its_events() -> None:
    results, end = await Request("subscription{failsLate(ns:[1,2])}").compare()

    assert ([each.data for each in results], end) == ([{"failsLate": 1}, {"failsLate": 2}], "late")


async def test_closing_the_results_closes_the_stream() -> None:
    request = Request("subscription{thing(ns:[2,3]){text}}")
    stream = await request.stream()
    await anext(stream)

    await stream.aclose()

    assert request.log == ["open", ("near.one", 2), "closed"]


async def test_cancelling_while_waiting_for_an_event_closes_the_stream() -> None:
    request = Request("subscription{thing(ns:[2,0]){text}}")
    stream = await request.stream()
    await anext(stream)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await anext(stream)

    assert request.log == ["open", ("near.one", 2), "closed"]


class HangingLoader(NumberLoader):
    """Never returns."""

    def __init__(self) -> None:
        super().__init__()
        self.started = asyncio.Event()

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> dict[Any, Any]:
        self.started.set()
        await asyncio.Event().wait()
        return {}


async def test_cancelling_during_an_event_s_execution_closes_the_stream() -> None:
    loader = HangingLoader()
    request = Request("subscription{thing(ns:[2]){text}}", loader=loader)
    listener = asyncio.create_task(request.collect())
    await loader.started.wait()

    listener.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listener

    assert request.log == ["open", "closed"]


@pytest.mark.parametrize(
    "text",
    [
        "subscription{a:failsLate(ns:[1]) b:failsLate(ns:[1])}",
        "subscription{...f} fragment f on Subscription{a:failsLate(ns:[1]) b:failsLate(ns:[1])}",
        "subscription{__typename}",
        "subscription{failsLate(ns:[1]) __typename}",
        "subscription{failsLate(ns:[1]) @skip(if:true)}",
        "subscription($yes:Boolean!){...{failsLate(ns:[1]) @include(if:$yes)}}",
    ],
)
def test_a_subscription_has_one_root_whatever_its_variables(text: str) -> None:
    with pytest.raises(InvalidDocument):
        prepare(text, yes=True)


def test_explain_knows_no_keys_of_a_subscription_s_events() -> None:
    prepared = prepare("subscription{thing(ns:[2]){text}}")

    ((explained,),) = [level.values() for level in explain_levels(prepared, authorize_all(prepared), None)]

    assert (explained.fetch.name, explained.keys) == ("near.one", set())
