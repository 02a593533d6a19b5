"""Arrivals have the stated mix, and depend on the seed alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from bench.arrivals.mix import FIELD, draw_arrivals
from seed.world import write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write(folder, 500, 1)
    return folder


def test_each_hundred_arrivals_are_the_mix(folder: Path) -> None:
    workloads = [arrival.workload for arrival in draw_arrivals(folder, 1)]

    assert len(workloads) == 2_000
    assert all(Counter(workloads[first : first + 100]) == FIELD for first in range(0, 2_000, 100))
    assert workloads[:100] != workloads[100:200]


def test_arrivals_depend_on_the_seed_alone(folder: Path) -> None:
    assert draw_arrivals(folder, 1) == draw_arrivals(folder, 1)
    assert draw_arrivals(folder, 1) != draw_arrivals(folder, 2)


def test_every_arrival_has_an_inquiry_and_dashboards_have_200_people(folder: Path) -> None:
    bodies = {arrival.workload: orjson.loads(arrival.body) for arrival in draw_arrivals(folder, 1)}

    assert all("@inquiry(" in body["query"] for body in bodies.values())
    assert len(bodies["200 people"]["variables"]["ids"]) == 200


def test_a_mix_of_one_workload_has_no_other(folder: Path) -> None:
    assert {arrival.workload for arrival in draw_arrivals(folder, 1, {"20 people": 100})} == {"20 people"}
