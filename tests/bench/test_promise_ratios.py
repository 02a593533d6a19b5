"""Ratios to peers with the same promises, from known figures."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console

from bench import report, table
from bench.contenders import ALL, CONTENDERS
from bench.promise_ratios import AIMS, FLOOR, PEERS, best_peer, promise_rows
from bench.results import Machine, Measurement, Record
from bench.workloads import workloads

# CPU ms of a request, in each of two rounds.
COSTS = {
    "whole": {"1 person": (1.0, 2.0), "1,000 people": (20.0, 20.0)},
    "mercurius-promises": {"1 person": (0.5, 1.0), "1,000 people": (50.0, 50.0)},
    "yoga-promises": {"1 person": (0.8, 1.6), "1,000 people": (40.0, 40.0)},
    "floor": {"1 person": (0.5, 0.5), "1,000 people": (16.0, 16.0)},
}
RECORD = Record(
    machine=Machine(2, 24, "3.11.7", "3.45.0", "26.10.0", 7),
    people=100_000,
    rounds=2,
    is_quick=False,
    contenders=tuple((key, f"title of {key}", "") for key in COSTS),
    workloads=(("1 person", 1), ("1,000 people", 1_000)),
    measurements=tuple(
        Measurement(round_, key, name, 8 if name == "1 person" else 1, 10, 0.5, cost / 100, (1.0,))
        for key, questions in COSTS.items()
        for name, costs in questions.items()
        for round_, cost in enumerate(costs)
    ),
    peak_mb=dict.fromkeys(COSTS, 1.0),
)


def test_the_best_peer_of_a_question_uses_the_least_cpu_for_it() -> None:
    assert best_peer(RECORD, "1 person") == "mercurius-promises"
    assert best_peer(RECORD, "1,000 people") == "yoga-promises"


def test_each_question_has_a_row_for_the_best_peer_and_for_the_floor() -> None:
    assert promise_rows(RECORD) == [
        (
            "whole / best peer with the same promises, 1 person",
            "2.00 (2.00 to 2.00); aim ≤ 1: missed",
            "title of mercurius-promises",
        ),
        (
            "whole / best peer with the same promises, 1,000 people",
            "0.50 (0.50 to 0.50); aim ≤ 0.7: met",
            "title of yoga-promises",
        ),
        (
            "whole / floor with token and journal, 1 person",
            "3.00 (2.00 to 4.00); aim ≤ 1.8: missed",
            "title of floor",
        ),
        (
            "whole / floor with token and journal, 1,000 people",
            "1.25 (1.25 to 1.25); aim ≤ 1.5: met",
            "title of floor",
        ),
    ]


def test_without_such_peers_there_are_no_rows() -> None:
    assert promise_rows(replace(RECORD, contenders=RECORD.contenders[:1], measurements=())) == []
    assert promise_rows(replace(RECORD, contenders=RECORD.contenders[1:])) == []


def test_the_page_and_the_terminal_have_the_rows_and_what_each_promises() -> None:
    page = report.page(RECORD)
    screen = Console(file=StringIO(), width=160)
    table.show(RECORD, screen)

    assert "| whole / best peer with the same promises, 1 person | 2.00 (2.00 to 2.00); aim ≤ 1: missed |" in page
    assert "## What each promises" in page
    assert "whole / floor with token and journal, 1,000 people" in screen.file.getvalue()


def test_the_peers_are_those_of_the_contenders_with_all_promises() -> None:
    promising = {each.key for each in CONTENDERS if each.promises == ALL}

    assert promising == {*PEERS, "whole"}
    assert {each.key for each in CONTENDERS if each.promises} == {*promising, FLOOR}


def test_each_promise_ratio_has_a_question_of_the_workloads(seeded: Path) -> None:
    assert set(AIMS) == {each.name for each in workloads(seeded)}


def test_what_each_promises_names_each_contender_with_a_promise() -> None:
    text = report.PROMISED.read_text()

    assert [each.title for each in CONTENDERS if each.promises and f"| {each.title} |" not in text] == []
