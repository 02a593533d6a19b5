"""The figures and names in docs/search.md and docs/sources.md are those of the code."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from resolvers.catalogue import BUILT_IN, NAMES, open_sources
from resolvers.name_score import POINTS
from resolvers.paging import COUNT_LIMIT, LARGEST_PAGE
from resolvers.remote_tables import remote_reads
from schema.person_search import MatchReason
from schema.persons import QueryFields
from sources.errors import NotRemote

DOCS = Path(__file__).parents[2] / "docs"
SEARCH = (DOCS / "search.md").read_text("utf-8")
SOURCES = (DOCS / "sources.md").read_text("utf-8")


def test_the_page_lists_the_points_of_every_reason() -> None:
    listed = [
        (name, int(points)) for name, points in re.findall(r"^\| `([A-Z_]+)` \| (-?\d+) \|$", SEARCH, re.MULTILINE)
    ]

    assert listed == list(POINTS.items())
    assert [*POINTS, "NUMBER"] == [reason.value for reason in MatchReason]


def test_a_score_of_one_hundred_is_all_of_it() -> None:
    best: dict[str, int] = defaultdict(int)
    for name, points in POINTS.items():
        field = name.split("_")[0]
        best[field] = max(best[field], points)

    assert sum(best[field] for field in ("SURNAME", "GIVEN", "BIRTH")) == 100


def test_the_page_states_the_sizes_of_pages_and_counts() -> None:
    (people,) = (
        field for field in QueryFields.fields.__strawberry_definition__.fields if field.name == "search_persons"
    )
    (first,) = (argument.default for argument in people.arguments if argument.python_name == "first")

    assert f"page has {first} hits" in " ".join(SEARCH.split())
    assert f"up to {LARGEST_PAGE};" in SEARCH
    assert f"counted up to {COUNT_LIMIT:,}" in SEARCH


def test_the_diagrams_name_every_source() -> None:
    names = [spec.name for spec in BUILT_IN]

    readme = (DOCS.parent / "README.md").read_text("utf-8")
    groups = re.findall(r"^ +│ [\w ]+?  +([\w ·]+?) +│$", readme, re.MULTILINE)

    assert sorted(name for group in groups for name in group.split(" · ")) == sorted(names)
    assert f"| profile | {' | '.join(f'`{name}`' for name in names)} |" in (DOCS / "profiles.md").read_text("utf-8")


def test_the_page_says_which_sources_can_be_remote_and_why_not() -> None:
    listed = re.findall(r"^\| `(\w+)` \| (yes|no: .+) \|$", SOURCES, re.MULTILINE)

    assert listed == [(spec.name, remote_answer(spec.name)) for spec in BUILT_IN]


def remote_answer(source: str) -> str:
    try:
        remote_reads(source)
    except NotRemote as error:
        return f"no: {str(error).removeprefix(f'{source} cannot be remote: ')}"
    return "yes"


def test_the_page_lists_every_source_and_its_file(seeded: Path) -> None:
    listed = re.findall(r"^\| `(\w+)` \| `(\w+\.db)` \|", SOURCES, re.MULTILINE)

    assert listed == [(spec.name, f"{spec.name}.db") for spec in BUILT_IN]
    assert list(open_sources(seeded, connections=1, deadline_s=1)) == list(NAMES)
    assert {f"{name}.db" for name in NAMES} == {file.name for file in seeded.glob("*.db")}
