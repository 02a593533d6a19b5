"""Recall of the search by name, of the pairs that the project has and of generated ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.names.name_pairs import COLUMNS, HELD_OUT, OWN_PAIRS, NamePair, TypingErrors, from_file, nicknames
from bench.names.recall import ScoreBands, invented_people, search_for, source_of
from seed.rng import Rng

PEOPLE = 300


async def test_nearly_all_pairs_are_found_on_the_first_page() -> None:
    pairs = from_file(OWN_PAIRS)
    async with source_of(invented_people(PEOPLE), pairs) as (source, ids):
        searches = await search_for(source, pairs, ids)

    assert len(searches.ranks) == len(pairs) > 200
    assert searches.found_percent >= 95
    assert searches.first_page_percent >= 95
    assert searches.usual_total <= 3
    assert max(searches.scored) < 500


async def test_most_pairs_written_without_the_rules_are_found() -> None:
    pairs = from_file(HELD_OUT)
    async with source_of(invented_people(PEOPLE), pairs) as (source, ids):
        searches = await search_for(source, pairs, ids)

    assert len(searches.ranks) == len(pairs) == 120
    assert searches.found_percent >= 90
    assert searches.usual_total <= 2


async def test_duplicates_with_two_errors_are_found() -> None:
    people, errors, bands = invented_people(PEOPLE), TypingErrors(Rng(5)), ScoreBands()
    pairs = [errors.duplicate(person, 2) for person, _ in people]
    async with source_of(people, []) as (source, _):
        searches = await search_for(source, pairs, [person["id"] for person, _ in people], bands=bands)

    assert searches.found_percent >= 93
    assert all(right == hits for band, hits, right in bands.rows() if band >= 80)


async def test_short_forms_are_found() -> None:
    pairs = nicknames()[::20]
    async with source_of(invented_people(PEOPLE), pairs) as (source, ids):
        searches = await search_for(source, pairs, ids)

    assert searches.found_percent >= 98


def test_a_file_of_pairs_is_read_both_ways(tmp_path: Path) -> None:
    file = tmp_path / "pairs.tsv"
    file.write_text("\t".join(COLUMNS) + "\nsuffix\tKarl\tBrightwater\tJR\t\tBrightwater Jr\n")

    assert from_file(file) == [
        NamePair("suffix", "Karl", "Brightwater", "Karl", "Brightwater Jr", "JR"),
        NamePair("suffix", "Karl", "Brightwater Jr", "Karl", "Brightwater"),
    ]


def test_a_file_with_other_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pairs.tsv"
    file.write_text("given\tsurname\n")

    with pytest.raises(ValueError, match="must have the columns"):
        from_file(file)
