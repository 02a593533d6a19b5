"""Recall of the search by name: `python -m bench.names [FILE ...]`.

A FILE has pairs of names, stored and asked. The default is bench/names/pairs.tsv, which the rules were made with, and
bench/names/held_out.tsv, whose pairs were written without sight of the rules. Each pair is tried both ways, by both
names and by the surname alone, among invented people.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from bench.names import name_pairs
from bench.names.name_pairs import NamePair, TypingErrors
from bench.names.recall import FIRST_PAGE, ScoreBands, Searches, invented_people, search_for, source_of
from seed.rng import Rng

DUPLICATES = 1_000
HEADINGS = f"{'':24}{'searches':>9}{'found %':>9}{f'first {FIRST_PAGE} %':>10}{'hits':>7}{'names compared':>16}"


async def measure_pairs(people: int, file: str, pairs: Sequence[NamePair]) -> None:
    """Print the recall of a file's pairs by category, with the given name and without it."""
    categories = defaultdict(list)
    for index, pair in enumerate(pairs):
        categories[pair.category].append(index)
    async with source_of(invented_people(people), pairs) as (source, ids):
        for by_given in (True, False):
            asked = "surname and given name" if by_given else "surname alone"
            print(f"\n{file}: {asked}, {people:,} other people\n{HEADINGS}")
            groups = {**categories, "all": range(len(pairs))}
            for category, indexes in groups.items():
                chosen = [pairs[index] for index in indexes], [ids[index] for index in indexes]
                print_row(category, await search_for(source, *chosen, by_given=by_given))


async def measure_generated(people: int) -> None:
    """Print the recall of duplicates with two errors and of short forms, and how often a hit of each score is right."""
    everybody = invented_people(people, rng=11)
    errors = TypingErrors(Rng(5))
    pairs = [errors.duplicate(person, 2) for person, _ in everybody[:DUPLICATES]]
    ids = [person["id"] for person, _ in everybody[:DUPLICATES]]
    bands = ScoreBands()
    async with source_of(everybody, name_pairs.nicknames()) as (source, short_ids):
        print(f"\nGenerated, {people:,} people\n{HEADINGS}")
        print_row("duplicates, two errors", await search_for(source, pairs, ids, bands=bands))
        print_row("short forms", await search_for(source, name_pairs.nicknames(), short_ids))
    print(f"\n{'score':>8}{'hits':>8}{'right %':>9}")
    for band, hits, right in bands.rows():
        print(f"{band:>8}{hits:>8}{100 * right / hits:>9.1f}")


def print_row(name: str, searches: Searches) -> None:
    """Print one row under HEADINGS."""
    print(
        f"{name:24}{len(searches.ranks):>9}{searches.found_percent:>9.1f}{searches.first_page_percent:>10.1f}"
        f"{searches.usual_total:>7.0f}{max(searches.scored):>16}",
        flush=True,
    )


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench.names", description=__doc__)
    files = [name_pairs.OWN_PAIRS, name_pairs.HELD_OUT]
    arguments.add_argument("file", nargs="*", type=Path, default=files, help="pairs of names")
    arguments.add_argument("--people", type=int, default=5_000, help="other people in the world")
    options = arguments.parse_args()
    for file in options.file:
        asyncio.run(measure_pairs(options.people, file.name, name_pairs.from_file(file)))
    asyncio.run(measure_generated(options.people))


if __name__ == "__main__":
    main()
