"""The critical path: examples, and properties of any trace."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given

from tests.traces.strategies import span, spans
from traces.critical_path import MAX_DEPTH, Segment, critical_path
from traces.span import Span
from traces.times import by_step
from traces.trace import Trace


def path(*spans: Span) -> list[tuple[str, int, int]]:
    return [(segment.span.name, segment.start_ns, segment.end_ns) for segment in critical_path(Trace(spans))]


def test_a_step_alone_is_its_own_critical_path() -> None:
    assert path(span("a", 5, 9)) == [("a", 5, 9)]


def test_of_two_parallel_steps_the_one_that_ended_last_is_on_it() -> None:
    assert path(span("a", 0, 10), span("b", 1, 6, "a"), span("c", 2, 9, "a")) == [
        ("a", 0, 2),
        ("c", 2, 9),
        ("a", 9, 10),
    ]


def test_of_steps_in_sequence_each_is_on_it() -> None:
    assert path(span("a", 0, 10), span("b", 1, 4, "a"), span("c", 5, 9, "a"), span("d", 6, 7, "c")) == [
        ("a", 0, 1),
        ("b", 1, 4),
        ("a", 4, 5),
        ("c", 5, 6),
        ("d", 6, 7),
        ("c", 7, 9),
        ("a", 9, 10),
    ]


def test_a_linked_step_waits_for_a_batch_and_its_parent_does_not() -> None:
    request, execute = span("request", 0, 10), span("execute", 1, 9, "request")
    (before, batch, after) = critical_path(Trace([request, execute, span("batch", 3, 8, "request", ["execute"])]))[1:4]

    assert [each.name for each in batch.stack] == ["request", "execute", "batch"]
    assert (before.span, after.span) == (execute, execute)


def test_a_step_that_outlasts_its_parent_counts_until_the_parent_ends() -> None:
    assert path(span("a", 0, 10), span("b", 4, 15, "a")) == [("a", 0, 4), ("b", 4, 10)]


def test_steps_linked_to_each_other_do_not_loop() -> None:
    spans = [span("a", 0, 9), span("b", 1, 8, "a", ["c"]), span("c", 1, 8, "a", ["b"])]

    assert by_step(critical_path(Trace(spans))) == [("c", 7), ("a", 2)]


def test_the_path_is_at_most_a_hundred_steps_deep() -> None:
    deep = [span(f"{n:05}", n, 10_000 - n, f"{n - 1:05}" if n else None) for n in range(4_000)]
    segments = critical_path(Trace(deep))

    assert max(len(segment.stack) for segment in segments) == MAX_DEPTH
    assert total(segments) == 10_000


@given(spans())
def test_its_segments_do_not_overlap_and_cover_the_root(some: list[Span]) -> None:
    trace = Trace(some)
    segments = critical_path(trace)

    ends = [trace.root.start_ns, *(segment.end_ns for segment in segments)]
    assert [segment.start_ns for segment in segments] == ends[:-1]
    assert ends[-1] == trace.root.end_ns
    assert total(segments) == trace.root.duration_ns
    assert all(segment.duration_ns > 0 for segment in segments)


@given(spans())
def test_a_step_is_on_it_only_while_it_runs(some: list[Span]) -> None:
    for segment in critical_path(Trace(some)):
        assert all(each.start_ns <= segment.start_ns and segment.end_ns <= each.end_ns for each in segment.stack)


@given(spans())
def test_every_span_is_in_the_tree_once(some: list[Span]) -> None:
    trace = Trace(some)

    assert sorted(each.id for _, each in trace.walk() if each.id) == sorted({each.id for each in some})


def total(segments: Sequence[Segment]) -> int:
    return sum(segment.duration_ns for segment in segments)
