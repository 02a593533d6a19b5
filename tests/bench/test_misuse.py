"""The misuse benchmark: planted misuse is found, an honest journal gives no finding, and seeds repeat."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from audit.misuse.report import DETECTORS
from bench.misuse.journals import write
from bench.misuse.measure import DetectorCounts, measure
from tests.command_line import Run

NAMES = [detector.name for detector in DETECTORS]
CHECKOUT = Path(__file__).parents[2]

# By number of inquiries: how many of three of each kind are found at least. With few peers, faint misuse is not found.
# docs/misuse.md has the figures for 100,000 inquiries.
PLAIN = {"own-record": 3, "same-surname": 3, "ended-account": 3} | dict.fromkeys(
    ("many-users", "again", "volume", "off-shift"), 2
)
FAINT = ("colleague", "no-case", "sex-skew")
MIN_FOUND = {4_000: PLAIN | dict.fromkeys(FAINT, 0) | {"again": 1}, 20_000: PLAIN | dict.fromkeys(FAINT, 2)}

CountsByDetector = dict[str, DetectorCounts]


def measured(folder: Path, **numbers: int) -> CountsByDetector:
    path = folder / "journal.db"
    return {counts.name: counts for counts in measure(path, write(path, **numbers))}


@pytest.fixture(scope="module", params=[4_000, pytest.param(20_000, marks=pytest.mark.system)])
def mixed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, CountsByDetector]:
    """The number of inquiries, and what was found among them."""
    folder = tmp_path_factory.mktemp("mixed")
    return request.param, measured(folder, inquiries=request.param, weeks=10, repetitions=3, seed=2)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> CountsByDetector:
    return measured(tmp_path_factory.mktemp("honest"), inquiries=2_000, weeks=4, repetitions=0, seed=1)


@pytest.mark.parametrize("name", NAMES)
def test_planted_misuse_is_found_without_false_positives(mixed: tuple[int, CountsByDetector], name: str) -> None:
    inquiries, counts = mixed

    assert counts[name].planted == 3
    assert counts[name].found >= MIN_FOUND[inquiries][name]
    assert counts[name].false == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_detector_finds_nothing_in_an_honest_journal(honest: CountsByDetector, name: str) -> None:
    assert (honest[name].planted, honest[name].others, honest[name].false) == (0, 0, 0)


def test_recall_and_precision_are_computed_from_the_counts() -> None:
    counts = DetectorCounts("any", planted=4, found=3, others=1, false=2)

    assert (counts.recall, counts.precision) == (0.75, 0.5)
    assert (DetectorCounts("none", 0, 0, 0, 0).recall, DetectorCounts("none", 0, 0, 0, 0).precision) == (1.0, 1.0)


def test_equal_arguments_make_the_same_journal_in_every_process(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from audit.sqlite.verification import verify;"
        "from bench.misuse.journals import write;"
        "path = Path(sys.argv[1]); write(path, inquiries=300, weeks=3, repetitions=1, seed=2); print(verify(path))"
    )
    heads = [
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / f"{seed}.db")],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert heads[0].startswith("Verification(count=")
    assert heads[0] == heads[1]


def test_a_journal_to_practise_on_has_all_that_the_report_needs(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "department"
    command = [sys.executable, "-m", "bench.misuse", "--inquiries", "500", "--weeks", "4"]
    written = subprocess.run([*command, "--write", folder], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    again = subprocess.run([*command, "--write", folder], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    files = "--ended", folder / "ended.txt", "--sexes", folder / "sexes.txt"
    report = run("audit", "report", "--data", folder, "--verify", "--json", *files)
    found = {each["name"]: each for each in json.loads(report.out)["detectors"]}
    (own,) = found["own-record"]["findings"]

    assert "planted among them" in written.stdout
    assert (again.returncode, again.stderr) == (1, f"{folder} cannot be created: File exists. Choose a new folder.\n")
    assert report.status == 0
    assert len(found["ended-account"]["findings"]) == 1
    assert "OWN_RECORD" in run("audit", "show", own["inquiries"][0][:8], "--data", folder).out
    assert found["sex-skew"]["state"] != "NOT_RUN"
