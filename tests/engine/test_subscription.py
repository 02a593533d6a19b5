"""Subscriptions: each event is answered as graphql-core answers it, and what is withheld starts no stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Hashable, Sequence
from random import Random
from typing import Any

import pytest
from graphql import ExecutionResult, get_named_type, is_leaf_type
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.declarations import Fetch
from engine.errors import InvalidDocument
from engine.execution_state import ExecutionState
from engine.explain import authorize_all, explain_levels
from engine.subscription import EventResult, subscribe
from tests.engine.comparison import agree, of_an_oracle
from tests.engine.document_generator import DocumentGenerator
from tests.engine.event_schema import BLUEPRINT, Noting, prepare
from tests.engine.hard_schema import GUARDS, Near, Odd, ruled
from tests.engine.oracle import Oracle

ROOT = BLUEPRINT.graphql.subscription_type
assert ROOT is not None
VARIABLES = {"$yes": "Boolean!=true", "$ns": "[Int!]!"}

Told = tuple[list[ExecutionResult], str]
"""The answers to all events, and how it ended."""


class Asked:
    """One subscription that somebody asks for, and what is done for it."""

    def __init__(self, text: str, *without: str, source: Near | None = None, rows: int = 100, **given: Any) -> None:
        self.prepared = prepare(text, **given)
        self.ruling = ruled(self.prepared, without)
        self.source = source
        self.rows = rows
        self.done: list[Any] = []

    def begin(self, event: Any) -> ExecutionState:
        return ExecutionState(
            self.prepared, self.ruling, self.source or Noting(done=self.done), self.done, self.rows, event
        )

    async def stream(self) -> AsyncGenerator[EventResult]:
        answers = await subscribe(self.begin)
        assert not isinstance(answers, ExecutionResult)
        return answers

    async def told(self) -> Told:
        return await told(await subscribe(self.begin))

    async def agreed(self) -> Told:
        """What the engine tells, when graphql-core tells the same."""
        ours, end = await self.told()
        oracle = Oracle(self.prepared, self.ruling, self.source or Near(), [])
        theirs, their_end = await told(await oracle.events())
        assert (end, len(ours)) == (their_end, len(theirs))
        for found, expected in zip(ours, theirs, strict=True):
            agree(found, expected)
        return ours, end


async def told(answers: ExecutionResult | AsyncGenerator[Any]) -> Told:
    if isinstance(answers, ExecutionResult):
        return [answers], "no stream"
    found: list[ExecutionResult] = []
    try:
        async for each in answers:
            found.append(each.result if isinstance(each, EventResult) else each)  # noqa: PERF401 - it may break off
    except Odd as fault:
        return found, str(fault)
    return found, "end"


@of_an_oracle
@settings(max_examples=100, deadline=None)
@given(
    random=st.randoms(use_true_random=True),
    name=st.sampled_from(sorted(ROOT.fields)),
    ns=st.lists(st.integers(1, 96), max_size=6),
    without=st.sets(st.sampled_from(GUARDS), max_size=1),
    silent=st.sampled_from([(), (), ("near.one",), ("near.many",)]),
    broken=st.sampled_from([(), (), (), ("near.one",)]),
    yes=st.booleans(),
)
async def test_every_event_is_answered_as_graphql_core_answers_it(
    random: Random,
    name: str,
    ns: list[int],
    without: set[str],
    silent: tuple[str, ...],
    broken: tuple[str, ...],
    yes: bool,
) -> None:
    generator = DocumentGenerator(BLUEPRINT, random, {})
    kind = get_named_type(ROOT.fields[name].type)
    within = "" if is_leaf_type(kind) else f"{{{generator.selections(kind, 2)}}}"
    text = generator.operation("subscription", f"{{x:{name}(ns:$ns){within}}}", VARIABLES)
    asked = Asked(text, *without, source=Near(frozenset(silent), frozenset(broken)), ns=ns, yes=yes)

    if any(len(place.type_path) == 1 for place, _ in asked.ruling.withheld):
        assert await asked.told() == ([ExecutionResult({"x": None}, None)], "no stream")
        assert asked.done == []
    else:
        await asked.agreed()


async def test_events_are_answered_in_order_and_each_asks_for_itself() -> None:
    asked = Asked("subscription{thing(ns:[2,3,2]){text}}")

    found, end = await asked.agreed()

    assert [each.data for each in found] == [{"thing": {"text": f"text {n}"}} for n in (2, 3, 2)]
    assert end == "end"
    assert asked.done == ["open", ("near.one", 2), ("near.one", 3), ("near.one", 2), "closed"]


async def test_no_event_is_asked_for_before_the_one_before_it_is_answered_and_taken() -> None:
    asked = Asked("subscription{thing(ns:[2,3]){text}}")

    stream = await asked.stream()
    assert asked.done == []
    await anext(stream)
    assert asked.done == ["open", ("near.one", 2)]
    await stream.aclose()


async def test_the_rows_of_one_event_are_not_counted_for_the_next() -> None:
    stream = await Asked("subscription{thing(ns:[2,3,2]){text}}", rows=1).stream()

    assert [(run.event["n"], run.row_count, run.over_row_limit) async for _, run in stream] == [
        (n, 1, {}) for n in (2, 3, 2)
    ]


async def test_a_source_that_is_silent_is_known_by_the_run_of_the_event() -> None:
    stream = await Asked("subscription{thing(ns:[2]){text}}", source=Near(frozenset({"near.one"}))).stream()

    result, run = await anext(stream)

    assert result == ExecutionResult({"thing": None}, None)
    assert [source for _, source in run.failed_fetches.values()] == ["near"]
    await stream.aclose()


@pytest.mark.parametrize(
    ("selection", "without"),
    [
        ("thing(ns:[2]){text}", "A"),
        ("thing(ns:[2]){__typename}", "A"),
        ("things(ns:[2]){text}", "B"),
        ("things(ns:[5]){text}", "C"),
        ("part(ns:[2]){__typename}", "A"),
        ("whole(ns:[2]){text}", "B"),
    ],
)
async def test_what_is_withheld_starts_no_stream(selection: str, without: str) -> None:
    asked = Asked(f"subscription{{x:{selection}}}", without)

    assert await asked.told() == ([ExecutionResult({"x": None}, None)], "no stream")
    assert asked.done == []


async def test_an_event_shows_nothing_of_what_is_withheld_inside_it() -> None:
    asked = Asked("subscription{part(ns:[2]){count thing{text isBig}}}", "B")

    found, _ = await asked.agreed()

    assert [each.data for each in found] == [{"part": {"count": None, "thing": {"text": "text 2", "isBig": None}}}]


async def test_an_open_page_comes_with_each_event_and_is_fetched_for_none_if_all_on_it_is_withheld() -> None:
    asked = Asked("subscription{page(ns:[2,3]){count}}", "B")

    found, _ = await asked.agreed()

    assert [each.data for each in found] == [{"page": {"count": None}}] * 2
    assert asked.done == ["open", "closed"]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("broken", "no stream of 2"),
        ("single", "Subscription field must return AsyncIterable. Received: [1, 2]."),
        ("still", "Subscription field must return AsyncIterable. Received: None."),
    ],
)
async def test_where_there_is_no_stream_there_is_one_error_in_its_place(field: str, message: str) -> None:
    ([result], end) = await Asked(f"subscription{{\n  x:{field}(ns:[1,2])\n}}").agreed()

    assert (result.data, end) == (None, "no stream")
    assert [(error.message, error.path, error.locations) for error in result.errors or ()] == [
        (message, ["x"], [(2, 3)])
    ]


async def test_an_event_that_is_an_error_is_its_field_s_and_the_next_event_comes() -> None:
    found, _ = await Asked("subscription{here(ns:[55,2]){text}}").agreed()

    assert [(error.message, error.path) for error in found[0].errors or ()] == [("odd 55", ["here"])]
    assert [each.data for each in found] == [None, {"here": {"text": "text 2"}}]


async def test_an_event_may_be_anything_and_none_is_null() -> None:
    found, _ = await Asked("subscription{part(ns:[66,33,55,2]){__typename}}").agreed()

    page = {"__typename": "Page"}
    assert [each.data for each in found] == [{"part": each} for each in (None, page, None, page)]
    assert [error.message for each in found for error in each.errors or ()] == ["odd 55"]


async def test_a_stream_that_breaks_off_is_told_after_the_events_that_it_gave() -> None:
    found, end = await Asked("subscription{dry(ns:[1,2])}").agreed()

    assert ([each.data for each in found], end) == ([{"dry": 1}, {"dry": 2}], "dry")


async def test_whoever_stops_listening_closes_the_stream() -> None:
    asked = Asked("subscription{thing(ns:[2,3]){text}}")
    stream = await asked.stream()
    await anext(stream)

    await stream.aclose()

    assert asked.done == ["open", ("near.one", 2), "closed"]


async def test_whoever_is_cancelled_while_no_event_comes_closes_the_stream() -> None:
    asked = Asked("subscription{thing(ns:[2,0]){text}}")
    stream = await asked.stream()
    await anext(stream)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await anext(stream)

    assert asked.done == ["open", ("near.one", 2), "closed"]


class Hanging(Near):
    """Never answers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> dict[Any, Any]:
        self.asked.set()
        await asyncio.Event().wait()
        return {}


async def test_whoever_is_cancelled_while_an_event_is_answered_closes_the_stream() -> None:
    source = Hanging()
    asked = Asked("subscription{thing(ns:[2]){text}}", source=source)
    listening = asyncio.create_task(asked.told())
    await source.asked.wait()

    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening

    assert asked.done == ["open", "closed"]


@pytest.mark.parametrize(
    "text",
    [
        "subscription{a:dry(ns:[1]) b:dry(ns:[1])}",
        "subscription{...f} fragment f on Subscription{a:dry(ns:[1]) b:dry(ns:[1])}",
        "subscription{__typename}",
        "subscription{dry(ns:[1]) __typename}",
        "subscription{dry(ns:[1]) @skip(if:true)}",
        "subscription($yes:Boolean!){...{dry(ns:[1]) @include(if:$yes)}}",
    ],
)
def test_a_subscription_has_one_root_whatever_the_variables_say(text: str) -> None:
    with pytest.raises(InvalidDocument):
        prepare(text, yes=True)


def test_the_keys_of_events_are_unknown_before_there_are_any() -> None:
    prepared = prepare("subscription{thing(ns:[2]){text}}")

    ((asked,),) = [level.values() for level in explain_levels(prepared, authorize_all(prepared), None)]

    assert (asked.fetch.name, asked.keys) == ("near.one", set())
