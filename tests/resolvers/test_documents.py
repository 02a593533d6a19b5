"""What docs/search.md and docs/sources.md say in figures and names is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resolvers import criminal_history, persons, protective_orders, vehicles, warrants
from resolvers.catalogue import NAMES, open_sources
from resolvers.name_search import REASONS
from resolvers.paging import LARGEST_PAGE
from resolvers.vehicle_search import COUNTED
from schema.pages import MatchReason
from schema.query import Query

DOCS = Path(__file__).parents[2] / "docs"
SEARCH = (DOCS / "search.md").read_text("utf-8")
SOURCES = (DOCS / "sources.md").read_text("utf-8")


def test_the_points_of_every_reason_are_told() -> None:
    told = [(name, int(points)) for name, points in re.findall(r"^\| `([A-Z_]+)` \| (-?\d+) \|$", SEARCH, re.MULTILINE)]

    assert told == [(name, points) for name, points, _ in REASONS]
    assert {name for name, _ in told} | {"NUMBER"} == {reason.value for reason in MatchReason}


def test_the_sizes_of_pages_and_counts_are_told() -> None:
    (people,) = (field for field in Query.__strawberry_definition__.fields if field.name == "search_persons")
    (first,) = (argument.default for argument in people.arguments if argument.python_name == "first")

    assert f"page has {first} hits" in " ".join(SEARCH.split())
    assert f"up to {LARGEST_PAGE};" in SEARCH
    assert f"counted up to {COUNTED:,}" in SEARCH


def test_every_source_and_its_file_are_told(tmp_path: Path) -> None:
    told = re.findall(r"^\| `(\w+)` \| `(\w+\.db)` \|", SOURCES, re.MULTILINE)
    opened = open_sources(tmp_path, connections=1, deadline_s=1)

    assert [name for name, _ in told] == list(NAMES) == list(opened)
    assert [file for _, file in told] == [source.path.name for source in opened.values()]


@pytest.mark.parametrize("room", [persons, vehicles, warrants, protective_orders, criminal_history])
def test_a_source_s_file_is_named_as_its_noun(room: object) -> None:
    assert room.__name__ == f"resolvers.{room.SOURCE}"  # type: ignore[attr-defined]
