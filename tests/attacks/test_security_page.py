"""The page about security names the tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

from tests.attacks.cells import guarded_fields
from tests.attacks.positions import EVERY_POSITION

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "security.md").read_text("utf-8")
FILES = {str(file.relative_to(CHECKOUT)): file.read_text("utf-8") for file in Path(__file__).parent.glob("test_*.py")}


def test_every_attack_stands_in_the_page_beside_the_files_that_test_it() -> None:
    told = {
        (int(number), file)
        for number, cells in re.findall(r"^\| (\d+) \|.*\| (.*) \|$", PAGE, re.MULTILINE)
        for file in re.findall(r"`(.*?)`", cells)
    }
    tested = {(int(number), file) for file, text in FILES.items() for number in re.findall(r"def test_(\d+)_", text)}

    assert told == tested
    assert {number for number, _ in tested} == {*range(1, 30)}


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    tests = "\n".join(file.read_text("utf-8") for file in (CHECKOUT / "tests").rglob("test_*.py"))

    assert named
    assert {name for name in named if f"def {name}(" not in tests} == set()


def test_every_promise_stands_beside_a_test_or_a_file_of_tests_that_there_is() -> None:
    tests = "\n".join(file.read_text("utf-8") for file in (CHECKOUT / "tests").rglob("test_*.py"))
    tables = re.findall(r"^\|[^\n]* tests? \|\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    rows = [row for table in tables for row in table.splitlines()]
    held = {row: re.findall(r"`(.*?)`", row.rsplit(" | ", 1)[1]) for row in rows}

    assert len(tables) == 3
    assert [row for row, by in held.items() if not by] == []
    found = {by: f"def {by}(" in tests or (CHECKOUT / by).is_file() for each in held.values() for by in each}
    assert [by for by, is_there in found.items() if not is_there] == []


def test_the_page_counts_the_cells_that_are_tried() -> None:
    fields, positions = len(guarded_fields()), len(EVERY_POSITION)

    assert f"all {fields} guarded fields" in PAGE
    assert f"{positions:,} positions" in PAGE
    assert f"{fields * positions:,} cells" in PAGE
