"""Rounds with two real servers and a small world."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.contenders import CONTENDERS
from bench.rounds import ResponsesDiffer, RoundDurations, compare, measure_rounds, start_contenders
from bench.workloads import workloads

DURATIONS = RoundDurations(rounds=2, seconds=0, warm_seconds=0, compared=3)
pytestmark = pytest.mark.system
TWO = [contender for contender in CONTENDERS if contender.key in {"alone", "baseline"}]


def test_all_responses_are_compared_and_all_contenders_measured(data: Path) -> None:
    selected = workloads(data)[:2]
    progress: list[str] = []
    with start_contenders(TWO, selected, data) as running:
        compared = compare(running, selected, DURATIONS.compared)
        measured = measure_rounds(running, selected, DURATIONS, progress.append)

    assert compared == 2 * 3
    assert [(each.contender, each.workload, each.connections, each.requests) for each in measured] == [
        *(("alone", "1 person", 1, 1), ("baseline", "1 person", 1, 1)),
        *(("baseline", "1 person", 8, 8), ("alone", "1 person", 8, 8)),
        *(("alone", "20 people", 1, 1), ("baseline", "20 people", 1, 1)),
        *(("baseline", "20 people", 8, 8), ("alone", "20 people", 8, 8)),
        # The next round begins with the other contender.
        *(("baseline", "1 person", 1, 1), ("alone", "1 person", 1, 1)),
        *(("alone", "1 person", 8, 8), ("baseline", "1 person", 8, 8)),
        *(("baseline", "20 people", 1, 1), ("alone", "20 people", 1, 1)),
        *(("alone", "20 people", 8, 8), ("baseline", "20 people", 8, 8)),
    ]
    assert progress[-1] == "round 2 of 2: 20 people, 8 at once"


def test_nothing_is_measured_if_two_contenders_respond_differently(data: Path) -> None:
    selected = workloads(data)[:1]
    with start_contenders(TWO, selected, data) as (first, second):
        wrong = replace(second, requests={name: requests[1:] for name, requests in second.requests.items()})

        with pytest.raises(ResponsesDiffer, match=r"^baseline and its engine alone differ at data\.persons\[0\]"):
            compare([first, wrong], selected, DURATIONS.compared)


def test_responses_from_a_world_of_its_own_are_compared_with_no_others(data: Path) -> None:
    selected = workloads(data)[:1]
    with start_contenders([TWO[0], replace(TWO[1], world=data)], selected, data) as (first, second):
        wrong = replace(second, requests={name: requests[1:] for name, requests in second.requests.items()})

        assert compare([first, wrong], selected, DURATIONS.compared) == 3
