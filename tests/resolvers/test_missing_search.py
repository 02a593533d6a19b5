"""Searches of missing and unidentified persons, compared with the same conditions in plain Python over every row."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from resolvers.codes.entry import IN_FORCE, EntryState
from resolvers.missing_search import (
    MissingSearch,
    UnidentifiedSearch,
    by_description,
    by_finding,
    missing_request,
    unidentified_request,
)
from resolvers.paging import Page
from tests.resolvers.columns import granted
from tests.resolvers.conftest import MakeGrant
from tests.resolvers.searching import CURSORS, InlineSource, all_pages, find_page, query_plan

Row = dict[str, Any]
Terms = dict[str, Any]

NO_TERMS: Terms = dict.fromkeys(
    "plate plate_state state city category circumstance is_at_risk sex age_from age_to seen_from seen_to".split()
)
NO_FINDING: Terms = dict.fromkeys("category sex race age_from age_to height_from height_to found_from found_to".split())
STATES = [each.value for each in EntryState] + ["ACTIVE"] * 6 + ["GONE"]


@pytest.fixture(scope="module")
def source(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InlineSource]:
    """The seeded file with 600 reports and 300 unidentified persons more, of random values."""
    file = tmp_path_factory.mktemp("missing") / "missing_persons.db"
    shutil.copy(seeded / file.name, file)
    source, random = InlineSource(file), Random(1)
    for table, letter, count, drawn in (("missing_person", "M", 600, report), ("unidentified_person", "U", 300, body)):
        (like,) = read(source, table)[:1]
        for number in range(count):
            row = like | drawn(random) | {"number": f"{letter}{number:09}", "state": random.choice(STATES)}
            names = ", ".join(row)
            source.connection.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES (:{', :'.join(row)})", row)
    source.connection.execute("ANALYZE")
    yield source
    source.connection.close()


def report(random: Random) -> Row:
    return {
        "category": random.choice(["EMD", "EME", "EMJ"]),
        "circumstance": random.choice(["R", "N", None]),
        "last_seen_on": f"2025-0{random.randint(1, 3)}-{random.randint(1, 28):02}",
        "last_seen_city": random.choice(["Fresno", "FRESNO", "Clovis", None]),
        "last_seen_state": random.choice(["CA", "CA", "NV", None]),
        "sex": random.choice(["M", "F", "U", None]),
        "age": random.choice([9, 15, 30, None]),
        "is_at_risk": random.randint(0, 1),
        "plate": random.choice(["7ABC123", "7abc 123", "8XYZ999", None]),
        "plate_state": random.choice(["CA", "NV"]),
    }


def body(random: Random) -> Row:
    return {
        "category": random.choice(["EUD", "EUL"]),
        "found_on": f"2024-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
        "sex": random.choice(["M", "F", "U", None]),
        "race": random.choice(["W", "B", "U", None]),
        "age_from": random.choice([15, 30, None]),
        "age_to": random.choice([31, 50, None]),
        "height_inches": random.choice([60, 70, None]),
    }


def read(source: InlineSource, table: str) -> list[Row]:
    names = [row[1] for row in source.rows(f"PRAGMA table_info({table})")]
    return [dict(zip(names, row, strict=True)) for row in source.rows(f"SELECT * FROM {table}")]


def plate(row: Row) -> str:
    return (row["plate"] or "").upper().replace(" ", "")


def fits(row: Row, terms: Terms) -> bool:
    between = {"age": row["age"], "seen": row["last_seen_on"]}
    return all(
        (name == "plate" and plate(row) == value)
        or (name == "state" and row["last_seen_state"] == value)
        or (name == "city" and (row["last_seen_city"] or "").upper() == value.upper())
        or (name.endswith("_from") and (known := between[name[:-5]]) is not None and known >= value)
        or (name.endswith("_to") and (known := between[name[:-3]]) is not None and known <= value)
        or row.get(name, ...) == value
        for name, value in terms.items()
    )


def may_fit(row: Row, terms: Terms) -> bool:
    """A value that is not known may be any value."""
    return all(
        (name in {"sex", "race"} and row[name] in {value, "U", None})
        or (name == "category" and row[name] == value)
        or (name == "age_from" and (row["age_to"] is None or row["age_to"] >= value))
        or (name == "age_to" and (row["age_from"] is None or row["age_from"] <= value))
        or (name == "height_from" and (row["height_inches"] is None or row["height_inches"] >= value))
        or (name == "height_to" and (row["height_inches"] is None or row["height_inches"] <= value))
        or (name == "found_from" and row["found_on"] >= value)
        or (name == "found_to" and row["found_on"] <= value)
        for name, value in terms.items()
    )


def newest(rows: list[Row], day: str) -> list[str]:
    return [row["number"] for row in sorted(rows, key=lambda row: (row[day], row["number"]), reverse=True)]


PLACES: list[Terms] = [{"state": "CA"}, {"state": "CA", "city": "fresno"}, {"plate": "7ABC123", "plate_state": "CA"}]
MORE: list[Terms] = [
    {},
    {"category": "EME"},
    {"circumstance": "R", "is_at_risk": True},
    {"is_at_risk": False, "sex": "F"},
    {"age_from": 10, "age_to": 29},
    {"seen_from": "2025-01-10", "seen_to": "2025-02-20"},
]
CASES = [place | more for place in PLACES for more in MORE] + [PLACES[2] | {"state": "NV", "city": "Clovis"}]


@pytest.mark.parametrize("sees_missing_history", [False, True])
@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("terms", CASES, ids=str)
def test_a_search_finds_what_fits_newest_first_page_by_page(
    source: InlineSource, grant: MakeGrant, terms: Terms, is_open: bool, sees_missing_history: bool
) -> None:
    fitting = [row for row in read(source, "missing_person") if fits(row, terms)]
    visible = [row for row in fitting if (row["state"] in IN_FORCE) is is_open and (is_open or sees_missing_history)]
    found, totals = [], set()
    for page in all_pages(
        lambda after: find_page(
            source,
            by_description,
            MissingSearch(Page(7, after, b"", CURSORS), **NO_TERMS | terms, is_open=is_open),
            grant(sees_missing_history=sees_missing_history),
            "number",
        )
    ):
        found += [each.removeprefix("missing_persons/") for each in page.records]
        totals.add(page.total)

    assert found == newest(visible, "last_seen_on")
    assert totals == {len(visible)}
    assert fitting


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"category": "EUL"},
        {"sex": "F", "race": "W"},
        {"age_from": 32, "age_to": 40},
        {"height_from": 65, "height_to": 75},
        {"found_from": "2024-03-01", "found_to": "2024-09-30"},
    ],
    ids=str,
)
def test_an_unknown_value_of_an_unidentified_person_may_be_any(
    source: InlineSource, grant: MakeGrant, terms: Terms, is_open: bool
) -> None:
    rows = [row for row in read(source, "unidentified_person") if may_fit(row, terms)]
    expected = newest([row for row in rows if (row["state"] in IN_FORCE) is is_open], "found_on")
    found = []
    for page in all_pages(
        lambda after: find_page(
            source,
            by_finding,
            UnidentifiedSearch(Page(20, after, b"", CURSORS), **NO_FINDING | terms, is_open=is_open),
            grant(),
            "number",
        )
    ):
        found += [each.removeprefix("unidentified_persons/") for each in page.records]

    assert found == expected != []


@pytest.mark.parametrize("after", [None, ("2025-02-01", "M000000001")])
def test_the_order_of_a_page_is_that_of_an_index(source: InlineSource, grant: MakeGrant, after: Any) -> None:
    """A sort would read all hits for each page, and a scan all reports. Only the page itself is sorted again."""
    page = Page(5, after, b"", CURSORS)
    requests = [
        missing_request(MissingSearch(page, **NO_TERMS | terms, is_open=True), granted(["number"]), grant())
        for terms in PLACES
    ]
    requests.append(
        unidentified_request(UnidentifiedSearch(page, **NO_FINDING, is_open=True), granted(["number"]), grant())
    )

    for request, index in zip(requests, ("state", "city", "plate", "finding"), strict=True):
        steps = query_plan(source.connection, request)
        searches = [step for step in steps if f"_{index} (" in step]
        assert len(searches) >= 2, steps
        assert [step for step in steps if step.startswith(("SCAN missing_person", "SCAN unidentified_person"))] == []
        assert sum("TEMP B-TREE FOR ORDER BY" in step for step in steps) == 1, steps
