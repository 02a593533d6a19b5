"""Load test reports from known figures."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest

from bench.arrivals import aims, page, report, table
from bench.arrivals.__main__ import write_reports
from bench.arrivals.durations import QUICK
from bench.arrivals.interval import Difference
from bench.arrivals.journal_check import JournalCheck
from bench.arrivals.line_chart import curves
from bench.arrivals.record import AimResult, Record
from bench.arrivals.responses import Latencies, Step
from bench.arrivals.slowest import SlowResponse
from bench.processes import NotStarted
from bench.results import Machine

DOCS = Path(__file__).parents[3] / "docs"

LATENCIES = Latencies(p50=5.25, p90=12.5, p99=104.4, p999=None, max=250)
STEP = Step(
    rate=100,
    seconds=20,
    sent=2_000,
    whole=1_998,
    partial=2,
    refused=0,
    failed=0,
    dropped=0,
    in_time=1_998,
    codes={"SOURCE_UNAVAILABLE": 2},
    latencies=LATENCIES,
    refusals=None,
    start_delay_p99_ms=1.5,
    server_cpu_s=10,
    load_cpu_s=5,
)
OVERLOADED = replace(
    STEP,
    rate=200,
    sent=4_000,
    whole=1_500,
    refused=2_100,
    dropped=400,
    codes={"OVERLOADED": 2_100},
    refusals=Latencies(2, 3, 9, 12, 20),
)
RECORD = Record(
    machine=Machine(cores=2, memory_gb=24, python="3.11.7", sqlite="3.45.0", node=None, other_cpu_percent=7),
    command='make load PEOPLE=5000 ARGS="--aims"',
    day="2026-11-28",
    people=5_000,
    seed=1,
    profile=None,
    mix={"a plate": 98, "a name": 2},
    steps=(OVERLOADED, STEP),
    knee=100,
    below_knee=(replace(STEP, rate=80),) * 2,
    overload=(OVERLOADED,) * 2,
    by_workload={"a <plate>": LATENCIES},
    slowest=(
        SlowResponse("a plate", 250, 3, "ab" * 16, 240, (("SELECT vehicles", 200.0), ("journal", 31.0))),
        SlowResponse("a name", 200, 3, "cd" * 16, None, ()),
    ),
    journal_check=JournalCheck(9_000, 0),
    aim_results=(aims.journal(JournalCheck(9_000, 0)), AimResult("a <claim>", "observed", None)),
)


class PageElements(HTMLParser):
    """Addresses and elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]


def test_a_record_survives_json() -> None:
    assert Record.from_json(orjson.loads(orjson.dumps(RECORD.as_json()))) == RECORD


def test_the_document_has_every_figure_by_rate() -> None:
    document = report.document(RECORD)
    rows = [line for line in document.splitlines() if line.startswith(("| 100 |", "| 200 |"))]

    assert rows[0] == (
        "| 100 | 5.25 | 12.5 | 104 |  | 250 | 2,000 | 1,998 | 2 | 0 | 0 | 0 | 2 SOURCE_UNAVAILABLE "
        "| 0.50 | 0.25 | 5.00 | yes |"
    )
    assert "| 4,000 | 1,500 | 2 | 2,100 | 0 | 400 | 2,100 OVERLOADED |" in rows[1]
    assert rows[1].endswith("| no |")
    assert "The knee is 100 arrivals a second." in document
    assert f"| 250 | 3 | 240 | a plate | `{'ab' * 16}` | SELECT vehicles 200, journal 31 |" in document
    assert f"| 200 | 3 |  | a name | `{'cd' * 16}` | no trace |" in document
    assert "98 of *a plate*, 2 of *a name*" in document
    assert '\n    make load PEOPLE=5000 ARGS="--aims"\n' in document


def test_the_page_is_self_contained_and_escapes_every_text() -> None:
    text = page.page(RECORD)
    elements = PageElements(text)

    assert elements.addresses == []
    assert "script" not in elements.tags
    assert {"svg", "polyline"} <= elements.tags
    assert "<claim>" not in text
    assert "<plate>" not in text
    assert text.count("SELECT vehicles 200, journal 31") == 1


def test_the_page_begins_with_the_knee_its_latency_and_the_aims() -> None:
    missed = replace(RECORD, aim_results=(*RECORD.aim_results, AimResult("another", "observed", False)))
    tiles = re.findall(r'<dt>([^<]+)</dt><dd class="value">(\S+) <span class="unit">([^<]+)', page.page(missed))

    assert tiles == [
        ("Knee", "100", "/s"),
        ("p50 at 80%", "5.25", "ms"),
        ("p90 at 80%", "12.5", "ms"),
        ("p99 at 80%", "104", "ms"),
        ("p99 at 200%", "104", "ms"),
        ("Aims met", "1", "of 3"),
    ]
    assert re.findall(r'<span class="badge (\w+)">(met|missed|undecided)</span>', page.page(missed)) == [
        ("good", "met"),
        ("strong", "undecided"),
        ("bad", "missed"),
    ]


def test_every_column_of_the_page_has_a_heading_with_its_unit() -> None:
    text = page.page(RECORD)

    assert len(re.findall(r"<th(?![^>]* scope=)[ >]", text)) == 0
    assert text.count('<th scope="col" class="number">p99 (ms)</th>') == 3
    assert text.count('<th scope="col" class="number">Arrivals (/s)</th>') == 2


def test_charts_name_their_axes_and_have_a_dash_for_each_line() -> None:
    for text in (page.page(RECORD), page.picture(RECORD)):
        units = re.findall(r'<text class="quiet" x="0.0" y="13.0">([^<]+)', text)
        assert units[:2] == ["milliseconds", "responses a second"]
        assert text.count(">arrivals a second</text>") == len(units)
        assert len(set(re.findall(r"stroke-dasharray: ([\w ]+) \}", text))) >= 5


def test_the_published_reports_are_those_of_the_published_record(tmp_path: Path) -> None:
    write_reports(Record.from_json(orjson.loads((DOCS / "load.json").read_bytes())), tmp_path)

    for file in ("load.html", "load.md", "load.svg"):
        again = 'make load ARGS="--again" writes it anew'
        assert (DOCS / file).read_text("utf-8") == (tmp_path / file).read_text("utf-8"), again


def test_both_reports_state_that_the_generator_shared_the_machine() -> None:
    for text in (report.document(RECORD), page.page(RECORD)):
        assert "on the same cores as the server" in text
        assert "Other work used 7% of" in text


def test_the_terminal_shows_a_step_in_one_line() -> None:
    assert table.step_line(STEP).split() == "100 5.25 12.5 104 250 0.50 0.25 2 SOURCE_UNAVAILABLE".split()
    assert table.step_line(OVERLOADED).endswith("not sustained, 400 dropped, 2,100 OVERLOADED")


def test_the_terminal_ends_with_the_knee_the_slowest_and_the_aims() -> None:
    output = "\n".join(table.summary(RECORD))

    assert "The knee is 100 arrivals a second." in output
    assert f"250 ms  {'ab' * 16}  a plate: SELECT vehicles 200, journal 31" in output
    assert "met       no acknowledged lookup without its journal entry: 9,000 acknowledged, 0 of them without" in output


def test_a_run_that_sustained_no_rate_still_has_a_report() -> None:
    nothing = replace(RECORD, knee=None, below_knee=(), overload=(), by_workload={}, slowest=(), steps=(OVERLOADED,))

    assert "Not even 200 arrivals a second was sustained." in report.document(nothing)
    assert "Not even 200 arrivals a second was sustained." in page.page(nothing)


def test_a_higher_value_is_drawn_higher_and_a_knee_is_marked() -> None:
    lines = {"p50": [(10, 1), (100, 10), (1_000, 100)]}
    linear, logarithmic = (drawn(lines, knee=100, is_logarithmic=each) for each in (False, True))

    assert 'points="49.3,243.9 79.2,225.0 378.0,36.0"' in linear
    assert 'points="49.3,246.0 79.2,141.0 378.0,36.0"' in logarithmic
    assert "knee 100" in linear


def test_names_of_lines_that_end_together_do_not_overlap() -> None:
    svg = drawn({name: [(10, 1), (100, 10)] for name in ("p50", "p90", "p99")})
    heights = [float(height) for height in re.findall(r'class="name-\d" x="385.0" y="([\d.]+)"', svg)]

    assert heights == [40, 55, 70]


def test_curves_of_one_rate_or_of_no_points_are_drawn() -> None:
    assert 'points="378.0,246.0"' in drawn({"p50": [(10, 1)]}, is_logarithmic=True)
    assert curves("caption", {"p50": []}, unit="ms", knee=None) is None
    assert curves("caption", {"p50": [(10, 0)]}, unit="ms", knee=None) is None


def drawn(
    lines: dict[str, list[tuple[float, float]]], *, knee: float | None = None, is_logarithmic: bool = False
) -> str:
    figure = curves("caption", lines, unit="ms", knee=knee, is_logarithmic=is_logarithmic)
    assert figure is not None
    return figure.svg


@pytest.mark.parametrize(
    ("refusals", "p99", "is_met"),
    [
        (Latencies(2, 3, 9, 12, 20), 208, True),
        (Latencies(2, 3, 300, 400, 500), 208, True),
        (Latencies(2, 3, 9, 12, 20), 209, False),
        (None, 208, False),
    ],
)
def test_overload_meets_its_aim_if_accepted_requests_stay_fast(
    refusals: Latencies | None, p99: float, is_met: bool
) -> None:
    below_knee = replace(STEP, latencies=replace(LATENCIES, p99=104.0))
    overloaded = replace(OVERLOADED, latencies=replace(LATENCIES, p99=float(p99)), refusals=refusals)

    assert aims.overload([below_knee], [overloaded]).is_met is is_met


def test_overload_is_judged_by_the_median_of_its_steps() -> None:
    stalled = replace(OVERLOADED, latencies=replace(LATENCIES, p99=9_000.0), refusals=Latencies(2, 3, 300, 400, 500))
    overloaded = replace(OVERLOADED, latencies=replace(LATENCIES, p99=LATENCIES.p99))

    aim = aims.overload([STEP] * 3, [overloaded, stalled, overloaded])
    assert aim.is_met
    assert aim.observation.endswith(
        "6,300 refused, half of them within 2.0 ms, 99 of 100 within 9.0 ms; medians of 3 steps"
    )
    assert not aims.overload([STEP] * 3, [overloaded, stalled, stalled]).is_met


def test_one_missing_entry_misses_the_aim_and_zero_lookups_do_not_meet_it() -> None:
    checks = (JournalCheck(9, 0), JournalCheck(9, 1), JournalCheck(0, 0))

    assert [aims.journal(check).is_met for check in checks] == [True, False, False]


@pytest.mark.parametrize(
    ("low", "high", "is_met"),
    [(0.99, 1.09, True), (1.11, 1.2, False), (1.05, 1.15, None), (1.05, float("inf"), None)],
)
def test_an_aim_is_decided_only_if_its_interval_is_on_one_side(low: float, high: float, is_met: bool | None) -> None:
    assert aims.within(1.1, Difference(1.07, low, high, 12))[1] is is_met


def test_a_trial_that_fails_is_undecided_and_the_others_stand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(_: aims.Trials) -> aims.Outcome:
        raise NotStarted("no\nsuch profile")

    for name in ("chain", "exported", "filed"):
        monkeypatch.setattr(aims.Trials, name, broken if name == "chain" else lambda _: ("observed", True))
    monkeypatch.setattr(aims.Trials, "outage", lambda _, knee: (f"at {knee}", False))
    results = list(aims.Trials(tmp_path, tmp_path, 1, QUICK, print).all(knee=70))

    assert [aim.is_met for aim in results] == [None, True, True, False]
    assert [aim.observation for aim in results] == ["not measured: no such profile", "observed", "observed", "at 70"]
