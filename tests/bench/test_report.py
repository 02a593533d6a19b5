"""Benchmark reports from known figures."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO
from xml.etree import ElementTree

import orjson
import pytest
from rich.console import Console

from bench import chart, report, table
from bench.format import COMPARISONS, format_number, per_person, ratio_text, spread_text
from bench.results import JournalResult, Machine, Measurement, QuestionCounts, Record, Spread, percentile

# CPU ms of a request, in each of three rounds. In the second the machine was slow for all.
COSTS = {"alone": (2.0, 4.0, 2.1), "strawberry": (20.0, 40.0, 23.1)}
COUNTED = QuestionCounts("1 person", 8, 200, 1_420.0, 1_346.0, 1_147.0, 6.0, 17.5, 58.4, 1.25, 1.73, 8.79, None, 1.5)


def measurement(round_: int, contender: str, workload: str, connections: int, cpu_ms: float) -> Measurement:
    """Ten requests in half a second."""
    latencies = tuple(float(latency) for latency in range(1, 11))
    return Measurement(round_, contender, workload, connections, 10, 0.5, cpu_ms / 100, latencies)


RECORD = Record(
    machine=Machine(cores=2, memory_gb=24, python="3.11.7", sqlite="3.45.0", node="26.10.0", other_cpu_percent=7),
    people=100_000,
    rounds=3,
    is_quick=False,
    contenders=(("alone", "engine", "ours"), ("strawberry", "Straw & berry", "theirs")),
    workloads=(("1 person", 1), ("200 people", 200), ("1,000 people", 1_000)),
    measurements=tuple(
        measurement(round_, contender, workload, connections, cost * people)
        for workload, people, concurrencies in (
            ("1 person", 1, (1, 8)),
            ("200 people", 200, (1, 8)),
            ("1,000 people", 900, (1,)),
        )
        for connections in concurrencies
        for contender, costs in COSTS.items()
        for round_, cost in enumerate(costs)
    ),
    peak_mb={"alone": 61.25, "strawberry": 1_203.0},
    journal=(JournalResult("signed", 3, 8, 1_826.0, 3.04, 9.6, 16.0, 149.0),),
    counts=(
        QuestionCounts("1 person", 8, 200, 1_420.0, 1_346.0, 1_147.0, 6.0, 17.5, 58.4, 1.25, 1.73, 8.79, None, 1.5),
    ),
)


def test_a_summary_has_the_median_round_and_all_latencies() -> None:
    cell = RECORD.cell("alone", "1 person", 8)

    assert cell is not None
    assert (cell.cpu_ms, cell.per_s.median, cell.requests) == (Spread(2.1, 2.0, 4.0), 20, 30)
    assert (cell.p50_ms, cell.p99_ms) == (5, 10)


def test_a_ratio_is_computed_round_by_round() -> None:
    ratio = RECORD.ratio("strawberry", "alone", "1 person", 8)

    assert spread_text(ratio) == "10.00 (10.00 to 11.00)"


def test_an_absent_contender_has_no_cell_and_no_ratio() -> None:
    assert RECORD.cell("yoga", "1 person", 8) is None
    assert RECORD.ratio("alone", "mercurius", "1 person", 8) is None


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert [percentile([1, 2, 3, 4], percent) for percent in (25, 50, 51, 99)] == [1, 2, 3, 4]
    ordered = [float(value) for value in range(1, 1_001)]
    assert [percentile(ordered, percent) for percent in (0.01, 50, 90, 99, 99.9, 100)] == [1, 500, 900, 990, 999, 1_000]


def test_an_aim_is_met_or_missed() -> None:
    assert ratio_text(RECORD, COMPARISONS[0], "1 person", 1) == "10.00 (10.00 to 11.00); aim ≥ 5: met"
    assert ratio_text(RECORD, COMPARISONS[0], "200 people", 200) == "10.00 (10.00 to 11.00); aim ≥ 12: missed"
    assert ratio_text(RECORD, COMPARISONS[0], "1,000 people", 1_000) == "10.00 (10.00 to 11.00)"


def test_cost_for_each_person_among_many_is_compared_with_few() -> None:
    assert per_person(RECORD) == pytest.approx(0.9)


def test_numbers_have_three_significant_digits() -> None:
    assert [format_number(value) for value in (0.4821, 5.512, 44.12, 1203.4)] == ["0.482", "5.51", "44.1", "1,203"]


def test_the_page_has_every_figure() -> None:
    page = report.page(RECORD)

    assert "| engine | 2.10 | 420 | 1,890 | 61.2 |" in page
    assert "| Straw & berry | 23.1 | 4,620 | 20,790 | 1,203 |" in page
    assert "| engine | 20.0/s, 5.00, 10.0 | 20.0/s, 5.00, 10.0 |\n" in page
    assert "at 1,000 people is 0.90 times" in page
    assert "|  | 1 person (8) |\n| --- | --- |\n| Python calls | 1,420 |" in page
    assert "| signed | 8 | 1,826/s | 3.04 | 9.60 | 16.0 | 149 |" in page
    assert "2 cores, 24 GB of memory, Python 3.11.7 with SQLite 3.45.0, Node 26.10.0. Other work used 7% of" in page


def test_a_record_without_journal_results_is_still_shown() -> None:
    fields = RECORD.as_json()
    del fields["journal"]

    assert "## The journal" not in report.page(Record.from_json(fields))


def test_the_page_states_that_the_node_peers_were_skipped() -> None:
    without = replace(RECORD, machine=replace(RECORD.machine, node=None))

    assert "no Node, so the Node peers were skipped" in report.page(without)


def test_a_record_survives_json() -> None:
    assert Record.from_json(orjson.loads(orjson.dumps(RECORD.as_json()))) == RECORD


def test_the_bars_of_the_chart_are_proportional_to_cost() -> None:
    drawing = ElementTree.fromstring(chart.svg(RECORD))
    bars = [(bar.attrib["class"], int(bar.attrib["width"])) for bar in drawing.iter("{http://www.w3.org/2000/svg}rect")]

    assert bars == [("ours", 14), ("peer", 150)] * 2
    assert "Straw & berry" in "".join(drawing.itertext())


def test_the_chart_has_colours_for_a_dark_background() -> None:
    light, dark = chart.STYLE.split("@media (prefers-color-scheme: dark)")

    assert set(re.findall(r"\.(\w+) ", light)) <= set(re.findall(r"\.(\w+) ", dark)) | {"title"}


def test_the_terminal_shows_the_costs_and_the_ratios() -> None:
    screen = Console(file=StringIO(), width=160)
    table.show(RECORD, screen)
    output = screen.file.getvalue()

    assert re.search(r"Straw & berry +23\.1 +4,620 +20,790 +1,203", output)
    assert "(10.00 to 11.00)" in output
    assert re.search(r"signed +8 +1,826 +3\.04", output)
