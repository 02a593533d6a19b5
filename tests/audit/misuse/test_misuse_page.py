"""docs/misuse.md: every detector and every threshold with its default."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

from audit.misuse.report import DETECTORS
from audit.misuse.thresholds import Thresholds

PAGE = (Path(__file__).parents[3] / "docs" / "misuse.md").read_text(encoding="utf-8")


def test_the_page_lists_each_detector_with_what_it_looks_for() -> None:
    section = PAGE.partition("## Detectors")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| ([a-z-]+) \| ([a-z][^|]+) \| [a-z][^|]+ \|$", section, re.MULTILINE)

    assert listed[1:] == [(detector.name, detector.looks_for) for detector in DETECTORS]


def test_the_page_gives_each_threshold_with_its_default_and_a_reason() -> None:
    listed = re.findall(r"^\| `([A-Z_]+)` \| ([\d.]+) \| \S.+\. \|$", PAGE, re.MULTILINE)

    assert {name: float(value) for name, value in listed} == {
        name.upper(): float(value) for name, value in asdict(Thresholds()).items()
    }


def test_the_page_has_the_measured_figures_of_each_detector() -> None:
    assert re.findall(r"^\| ([a-z-]+) \| 12 \| \d+ \|", PAGE, re.MULTILINE) == [each.name for each in DETECTORS]
