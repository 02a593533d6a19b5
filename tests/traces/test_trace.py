"""Summaries, trees, charts and exports of traces, whole or incomplete."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given

from tests.traces.otlp_files import MS, TRACE, ZERO, span, write
from tests.traces.strategies import spans
from traces.attributes import SOURCE
from traces.chrome import MAX_THREADS, assign_threads, chrome
from traces.critical_path import critical_path
from traces.file import TraceFiles
from traces.flame import flame
from traces.span import Span
from traces.summary import Summary, TraceFilter, summaries
from traces.times import by_source
from traces.trace import Trace
from traces.waterfall import MAX_ROWS, bar, waterfall

LOOKUP = [
    span(
        4, "SELECT persons", 2, 5, parent=1, links=[3], db__namespace="persons", needtoknow__keys=1, needtoknow__rows=1
    ),
    span(
        5, "SELECT warrants", 2, 8, parent=1, links=[3], db__namespace="warrants", needtoknow__source__status="TIMEOUT"
    ),
    span(3, "execute", 1, 9, parent=2),
    span(2, "query", 0.5, 9.5, parent=1, needtoknow__role="patrol", graphql__document__hash="ab12"),
    span(1, "POST /graphql", 0, 10),
]
OTHER = "ab" * 16


@pytest.fixture
def lookup(tmp_path: Path) -> Trace:
    return Trace(TraceFiles(write(tmp_path, LOOKUP)).spans())


def listed(folder: Path) -> list[Summary]:
    return summaries(TraceFiles(folder).spans())


# --- summaries ---


def test_the_slowest_is_first_and_spans_may_come_in_any_order(tmp_path: Path) -> None:
    write(tmp_path, LOOKUP[3:], [span(1, "POST /graphql", 50, 70, trace=OTHER)], LOOKUP[:3], LOOKUP)
    slow, fast = listed(tmp_path)

    assert (slow.id, slow.duration_ns, slow.spans) == (OTHER, 20 * MS, 1)
    assert (fast.id, fast.start_ns, fast.duration_ns, fast.spans) == (TRACE, ZERO, 10 * MS, 5)
    assert fast.attributes[SOURCE] == ["persons", "warrants"]


def test_summary_and_tree_agree_on_the_duration_whatever_is_lost(tmp_path: Path) -> None:
    for lost in range(len(LOOKUP)):
        write(tmp_path, LOOKUP[:lost] + LOOKUP[lost + 1 :])
        (summary,) = listed(tmp_path)
        root = Trace(TraceFiles(tmp_path).spans()).root

        assert (summary.start_ns, summary.duration_ns) == (root.start_ns, root.duration_ns)


@pytest.mark.parametrize(
    ("wanted", "is_in"),
    [
        (TraceFilter(), True),
        (TraceFilter(min_duration_ns=10 * MS), True),
        (TraceFilter(min_duration_ns=10 * MS + 1), False),
        (TraceFilter(since_ns=ZERO, until_ns=ZERO + 1), True),
        (TraceFilter(since_ns=ZERO + 1), False),
        (TraceFilter(until_ns=ZERO), False),
        (TraceFilter(role="patrol", source="warrants"), True),
        (TraceFilter(role="court", source="warrants"), False),
        (TraceFilter(source="vehicles"), False),
        (TraceFilter(code="OVERLOADED"), False),
        (TraceFilter(hash="ab1"), True),
        (TraceFilter(hash="AB12"), True),
        (TraceFilter(hash="b1"), False),
    ],
    ids=str,
)
def test_a_filter_matches_if_all_of_its_conditions_hold(tmp_path: Path, wanted: TraceFilter, is_in: bool) -> None:
    (summary,) = listed(write(tmp_path, LOOKUP))

    assert (summary in wanted) is is_in


# --- the tree ---


def test_two_requests_of_one_trace_get_an_artificial_root(tmp_path: Path) -> None:
    trace = Trace(TraceFiles(write(tmp_path, [span(1, "a", 0, 2), span(2, "b", 5, 9)])).spans())

    assert [(depth, each.name) for depth, each in trace.walk()] == [(0, "(several)"), (1, "a"), (1, "b")]
    assert [segment.span.name for segment in critical_path(trace)] == ["a", "(several)", "b"]


# --- charts and exports ---


def test_a_bar_is_heavy_where_the_step_is_on_the_critical_path(lookup: Trace) -> None:
    rows, left_out = waterfall(lookup, critical_path(lookup))

    assert left_out == 0
    assert {row.span.name: bar(row, lookup.root, 20) for row in rows} == {
        "POST /graphql": "━──────────────────━",
        "query": " ━────────────────━━ "[:19] + " ",
        "execute": "  ━━────────────━━  ",
        "SELECT persons": "    ──────          ",
        "SELECT warrants": "    ━━━━━━━━━━━━    ",
    }


def test_a_bar_is_never_empty_and_never_longer_than_its_row(tmp_path: Path) -> None:
    spans = [
        span(1, "a", 0, 10),
        span(2, "b", 10, 10, parent=1),
        span(3, "c", 0, 0, parent=1),
        span(4, "d", 9, 99, parent=1),
    ]
    trace = Trace(TraceFiles(write(tmp_path, spans)).spans())
    rows, _ = waterfall(trace, critical_path(trace))

    assert {row.span.name: bar(row, trace.root, 10) for row in rows[1:]} == {
        "b": "         ─",
        "c": "─         ",
        "d": "         ━",
    }


def test_a_waterfall_names_the_dependents_of_a_batch(lookup: Trace) -> None:
    rows, _ = waterfall(lookup, [])

    assert [row.attributes for row in rows if row.span.name == "SELECT warrants"] == [
        "db.namespace=warrants source.status=TIMEOUT (for execute)"
    ]


def test_a_waterfall_has_a_thousand_rows_and_counts_the_rest(tmp_path: Path) -> None:
    write(tmp_path, [span(id, "step", id, id + 1, parent=1 if id > 1 else None) for id in range(1, MAX_ROWS + 8)])
    rows, left_out = waterfall(Trace(TraceFiles(tmp_path).spans()), [])

    assert (len(rows), left_out) == (MAX_ROWS, 7)


def test_a_flame_frame_is_as_wide_as_its_time_on_the_critical_path(lookup: Trace) -> None:
    path = critical_path(lookup)
    whole = flame([*path, *path])
    request = whole.children["POST /graphql"]
    execute = request.children["query"].children["execute"]

    assert (whole.duration_ns, request.duration_ns, execute.duration_ns) == (20 * MS, 20 * MS, 16 * MS)
    assert {name: frame.duration_ns for name, frame in execute.children.items()} == {"SELECT warrants": 12 * MS}


def test_the_source_with_the_longest_critical_time_comes_first(lookup: Trace) -> None:
    warrants, persons = by_source([(lookup, critical_path(lookup))])

    assert (warrants.name, warrants.critical_ns, warrants.total_ns, warrants.batches) == ("warrants", 6 * MS, 6 * MS, 1)
    assert (persons.name, persons.critical_ns, persons.total_ns, persons.keys) == ("persons", 0, 3 * MS, 1)
    assert warrants.statuses == {"TIMEOUT": 1}


def test_trace_events_have_every_span_and_an_arrow_for_each_link(lookup: Trace) -> None:
    events = list(chrome([lookup, lookup]))
    spans = {event["name"]: event for event in events if event["ph"] == "X" and event["pid"] == 2}

    assert {name: (each["ts"], each["dur"]) for name, each in spans.items()} == {
        "POST /graphql": (0, 10_000),
        "query": (500, 9_000),
        "execute": (1_000, 8_000),
        "SELECT persons": (2_000, 3_000),
        "SELECT warrants": (2_000, 6_000),
    }
    assert spans["SELECT warrants"]["args"]["needtoknow.source.status"] == "TIMEOUT"
    begun, ended = ({e["id"]: e for e in events if e["ph"] == phase and e["pid"] == 1} for phase in "sf")
    assert len(begun) == 2
    assert begun.keys() == ended.keys()
    assert {each["tid"] for each in begun.values()} == {spans["execute"]["tid"]}


def test_parallel_spans_have_different_threads_which_are_reused(tmp_path: Path) -> None:
    later = span(6, "SELECT vehicles", 8, 9, parent=1, links=[3], db__namespace="vehicles")
    trace = Trace(TraceFiles(write(tmp_path, [*LOOKUP, later])).spans())
    threads = assign_threads(trace)

    assert {each.name: threads[each.id] for each in trace.spans} == {
        "POST /graphql": 0,
        "query": 0,
        "execute": 0,
        "SELECT warrants": 1,
        "SELECT persons": 2,
        "SELECT vehicles": 1,
    }


@given(spans())
def test_a_viewer_can_draw_every_thread(some: list[Span]) -> None:
    """If two spans on one thread overlap, one lies within the other."""
    trace = Trace(some)
    threads = assign_threads(trace)
    for one, other in combinations(trace.spans, 2):
        if threads[one.id] == threads[other.id] and other.start_ns < one.end_ns:
            assert other.end_ns <= one.end_ns


def test_the_number_of_threads_is_limited(tmp_path: Path) -> None:
    write(tmp_path, [span(id, "step", id, id + 5_000) for id in range(1, 1_000)])

    assert max(assign_threads(Trace(TraceFiles(tmp_path).spans())).values()) == MAX_THREADS
