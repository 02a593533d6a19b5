"""The rounds, with two real servers and a small world."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.contenders import CONTENDERS
from bench.rounds import ResponsesDiffer, RoundDurations, compare, measure_rounds, start_contenders
from bench.workloads import workloads

PACE = RoundDurations(rounds=2, seconds=0, warm_seconds=0, compared=3)
TWO = [each for each in CONTENDERS if each.key in {"alone", "baseline"}]


def test_all_responses_are_compared_and_all_contenders_measured(data: Path) -> None:
    asked = workloads(data)[:2]
    said: list[str] = []
    with start_contenders(TWO, asked, data) as every:
        same = compare(every, asked, PACE.compared)
        measured = measure_rounds(every, asked, PACE, said.append)

    assert same == 2 * 3
    assert [(turn.contender, turn.workload, turn.connections, turn.requests) for turn in measured] == [
        *(("alone", "1 person", 1, 1), ("baseline", "1 person", 1, 1)),
        *(("baseline", "1 person", 8, 8), ("alone", "1 person", 8, 8)),
        *(("alone", "20 people", 1, 1), ("baseline", "20 people", 1, 1)),
        *(("baseline", "20 people", 8, 8), ("alone", "20 people", 8, 8)),
        # The next round begins with the other one.
        *(("baseline", "1 person", 1, 1), ("alone", "1 person", 1, 1)),
        *(("alone", "1 person", 8, 8), ("baseline", "1 person", 8, 8)),
        *(("baseline", "20 people", 1, 1), ("alone", "20 people", 1, 1)),
        *(("alone", "20 people", 8, 8), ("baseline", "20 people", 8, 8)),
    ]
    assert said[-1] == "round 2 of 2: 20 people, 8 at once"


def test_nothing_is_measured_if_two_contenders_respond_differently(data: Path) -> None:
    asked = workloads(data)[:1]
    with start_contenders(TWO, asked, data) as (one, other):
        wrong = replace(other, requests={name: requests[1:] for name, requests in other.requests.items()})

        with pytest.raises(ResponsesDiffer, match=r"^baseline and its engine alone differ at data\.persons\[0\]"):
            compare([one, wrong], asked, PACE.compared)
