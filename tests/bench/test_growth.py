"""Curves of cost by size, and what they are judged by."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest

from api.config.data_folder import JOURNAL
from audit.sqlite.verification import verify
from bench.growth import page
from bench.growth.curve import Curve, Point
from bench.growth.measure import Sizes, by_entries, with_entries
from bench.results import Machine
from bench.rounds import RoundDurations

MACHINE = Machine(2, 24, "3.11.7", "3.45.0", "26.10.0", 7)


def curve(*costs: tuple[int, float], is_flat: bool = False, spread: float = 0.0) -> Curve:
    points = tuple(Point(size, cost, cost * (1 - spread), cost * (1 + spread)) for size, cost in costs)
    return Curve("people", "a question", points, is_flat)


@pytest.mark.parametrize(
    ("costs", "verdict"),
    [
        ([(1, 1.0), (10, 1.9), (100, 10.9), (1_000, 100.9)], "no step, no superlinear part"),
        ([(1, 1.0), (10, 1.9), (100, 50.0)], "superlinear from 10 to 100"),
        ([(100, 10.0), (110, 10.1), (120, 14.0)], "superlinear from 110 to 120"),
        ([(1, 1.0), (10, 1.1), (100, 9.0), (1_000, 80.0)], "a step from 10 to 100"),
    ],
)
def test_a_cost_may_grow_in_proportion_to_its_work(costs: list[tuple[int, float]], verdict: str) -> None:
    assert curve(*costs).verdict() == verdict


@pytest.mark.parametrize(
    ("last", "verdict"), [(1.3, "no step, no superlinear part"), (1.6, "a step from 100,000 to 1,000,000")]
)
def test_with_the_world_a_cost_may_grow_with_the_logarithm(last: float, verdict: str) -> None:
    assert curve((10_000, 1.0), (100_000, 1.1), (1_000_000, last), is_flat=True).verdict() == verdict


def test_what_is_within_the_spread_of_the_rounds_is_no_fault() -> None:
    costs = ((10_000, 1.0), (100_000, 1.1), (1_000_000, 1.6))

    assert curve(*costs, is_flat=True, spread=0.1).verdict() == "no step, no superlinear part"


def test_a_point_has_the_median_and_the_quartiles() -> None:
    assert Point.of(20, [5.0, 1.0, 2.0, 4.0, 3.0]) == Point(20, 3.0, 2.0, 4.0)


def test_the_page_and_the_chart_have_every_curve() -> None:
    curves = [curve((1, 1.0), (1_000, 20.0))]

    text = page.page(curves, MACHINE, rounds=15, world=5_000)
    drawing = ElementTree.fromstring(page.svg(curves))

    assert "| people | a question |\n| --- | --- |\n| 1 | 1.00 |\n| 1,000 | 20.0 |\n" in text
    assert "| verdict | no step, no superlinear part |" in text
    assert len(drawing.findall("{http://www.w3.org/2000/svg}polyline")) == 1
    assert "CPU ms by people" in "".join(drawing.itertext())


def test_a_server_starts_with_a_journal_of_that_many_entries(data: Path) -> None:
    with_entries(16, lambda _: None).command(data)

    assert verify(data / JOURNAL).count == 16
    with closing(sqlite3.connect(data / JOURNAL)) as journal:
        assert journal.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.system
def test_each_size_of_a_journal_is_measured(tmp_path: Path) -> None:
    sizes = Sizes(people=(), worlds=(), entries=(8, 16), world=200, build=tmp_path)
    once = RoundDurations(rounds=2, seconds=0, warm_seconds=0, compared=0)

    curves = by_entries(sizes, once, lambda _: None)

    assert [each.question for each in curves] == ["1 person", "20 people", "a name", "a plate"]
    assert all([point.size for point in each.points] == [8, 16] for each in curves)
    assert all(point.cpu_ms > 0 for each in curves for point in each.points)
