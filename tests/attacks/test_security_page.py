"""docs/security.md agrees with the tests."""

from __future__ import annotations

import re
from pathlib import Path

from tests.attacks.guarded_fields import guarded_fields
from tests.attacks.positions import EVERY_POSITION

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "security.md").read_text("utf-8")
FILES = {str(file.relative_to(CHECKOUT)): file.read_text("utf-8") for file in Path(__file__).parent.glob("test_*.py")}


def test_the_page_lists_every_attack_with_its_test_files() -> None:
    listed = {
        (int(number), file)
        for number, cells in re.findall(r"^\| (\d+) \|.*\| (.*) \|$", PAGE, re.MULTILINE)
        for file in re.findall(r"`(.*?)`", cells)
    }
    tested = {
        (int(number), file)
        for file, text in FILES.items()
        for number in re.findall(r"@pytest\.mark\.attack\((\d+)\)", text)
    }

    assert listed == tested
    assert {number for number, _ in tested} >= {*range(1, 42)}


def test_every_test_named_on_the_page_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    tests = "\n".join(file.read_text("utf-8") for file in (CHECKOUT / "tests").rglob("test_*.py"))

    assert named
    assert {name for name in named if f"def {name}(" not in tests} == set()


def test_every_promise_on_the_page_names_an_existing_test() -> None:
    tests = "\n".join(file.read_text("utf-8") for file in (CHECKOUT / "tests").rglob("test_*.py"))
    tables = re.findall(r"^\|[^\n]* tests? \|\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    rows = [row for table in tables for row in table.splitlines()]
    tests_of = {row: re.findall(r"`(.*?)`", row.rsplit(" | ", 1)[1]) for row in rows}

    assert len(tables) == 4
    assert [row for row, by in tests_of.items() if not by] == []
    found = {by: f"def {by}(" in tests or (CHECKOUT / by).is_file() for each in tests_of.values() for by in each}
    assert [by for by, exists in found.items() if not exists] == []


def test_the_page_counts_the_tested_cells() -> None:
    fields, positions = len(guarded_fields()), len(EVERY_POSITION)

    assert f"all {fields} guarded fields" in PAGE
    assert f"{positions:,} positions" in PAGE
    assert f"{fields * positions:,} cells" in PAGE
