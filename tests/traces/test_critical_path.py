"""The critical path, of traces that were thought of and of any others."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given

from tests.traces.any_spans import span, spans
from traces.critical_path import DEEPEST, Segment, critical_path
from traces.span import Span
from traces.times import by_step
from traces.trace import Trace


def path(*spans: Span) -> list[tuple[str, int, int]]:
    return [(part.span.name, part.start_ns, part.end_ns) for part in critical_path(Trace(spans))]


def test_a_step_alone_is_its_own_critical_path() -> None:
    assert path(span("a", 5, 9)) == [("a", 5, 9)]


def test_of_two_side_by_side_the_one_that_ended_last_is_waited_for() -> None:
    assert path(span("a", 0, 10), span("b", 1, 6, "a"), span("c", 2, 9, "a")) == [
        ("a", 0, 2),
        ("c", 2, 9),
        ("a", 9, 10),
    ]


def test_one_after_another_each_is_waited_for() -> None:
    assert path(span("a", 0, 10), span("b", 1, 4, "a"), span("c", 5, 9, "a"), span("d", 6, 7, "c")) == [
        ("a", 0, 1),
        ("b", 1, 4),
        ("a", 4, 5),
        ("c", 5, 6),
        ("d", 6, 7),
        ("c", 7, 9),
        ("a", 9, 10),
    ]


def test_a_batch_is_waited_for_by_whoever_it_is_linked_to_and_not_by_the_request_it_hangs_under() -> None:
    request, execute = span("request", 0, 10), span("execute", 1, 9, "request")
    (before, batch, after) = critical_path(Trace([request, execute, span("batch", 3, 8, "request", ["execute"])]))[1:4]

    assert [each.name for each in batch.stack] == ["request", "execute", "batch"]
    assert (before.span, after.span) == (execute, execute)


def test_what_outlasts_the_step_that_asked_for_it_counts_until_the_step_ended() -> None:
    assert path(span("a", 0, 10), span("b", 4, 15, "a")) == [("a", 0, 4), ("b", 4, 10)]


def test_steps_that_are_linked_to_each_other_are_no_endless_way() -> None:
    spans = [span("a", 0, 9), span("b", 1, 8, "a", ["c"]), span("c", 1, 8, "a", ["b"])]

    assert by_step(critical_path(Trace(spans))) == [("c", 7), ("a", 2)]


def test_a_chain_deeper_than_anybody_reads_ends_with_its_hundredth_step() -> None:
    deep = [span(f"{n:05}", n, 10_000 - n, f"{n - 1:05}" if n else None) for n in range(4_000)]
    parts = critical_path(Trace(deep))

    assert max(len(part.stack) for part in parts) == DEEPEST
    assert total(parts) == 10_000


@given(spans())
def test_its_parts_overlap_nowhere_and_are_the_whole_of_the_root(some: list[Span]) -> None:
    trace = Trace(some)
    parts = critical_path(trace)

    ends = [trace.root.start_ns, *(part.end_ns for part in parts)]
    assert [part.start_ns for part in parts] == ends[:-1]
    assert ends[-1] == trace.root.end_ns
    assert total(parts) == trace.root.duration_ns
    assert all(part.duration_ns > 0 for part in parts)


@given(spans())
def test_a_step_is_on_it_only_while_it_runs(some: list[Span]) -> None:
    for part in critical_path(Trace(some)):
        assert all(each.start_ns <= part.start_ns and part.end_ns <= each.end_ns for each in part.stack)


@given(spans())
def test_every_span_is_in_the_tree_once(some: list[Span]) -> None:
    trace = Trace(some)

    assert sorted(each.id for _, each in trace.walk() if each.id) == sorted({each.id for each in some})


def total(parts: Sequence[Segment]) -> int:
    return sum(part.duration_ns for part in parts)
