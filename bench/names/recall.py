"""Recall in a world of invented people, to which the people of the pairs are added."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.name_matches import officer_grant
from bench.names.name_pairs import NamePair
from engine.authorization import Visible
from resolvers.birth_dates import BirthDate
from resolvers.name_candidates import find_candidates
from resolvers.name_search import NameSearch, by_name
from resolvers.paging import Cursors, Page
from resolvers.subject_columns import SQL_FUNCTIONS
from seed import persons
from seed.files import SourceFiles
from seed.names import Name
from seed.numbers import Numbers
from seed.rng import Rng
from seed.row import Columns
from sources.sqlite.source import SqliteSource

FIRST_PAGE, MOST = 20, 100
FIRST_PAIR = 1_000_000_001
"""Row of the first pair: behind all other people, so that equal scores do not favour it."""
ID_COLUMN = 3
"""Index of a person's number in a row of the table `person`."""
COLUMNS = [Visible("id", is_masked=False)]


@dataclass(slots=True)
class Searches:
    """Results of the searches for some pairs.

    ranks:  the place of the right person among the hits, from 1; None if it is not among the first MOST.
    totals: how many hits each search had.
    scored: how many distinct names each search compared.
    """

    ranks: list[int | None] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    scored: list[int] = field(default_factory=list)

    @property
    def found_percent(self) -> float:
        """Percentage of searches that found the right person."""
        return 100 * sum(rank is not None for rank in self.ranks) / len(self.ranks)

    @property
    def first_page_percent(self) -> float:
        """Percentage of searches with the right person among the first twenty hits."""
        return 100 * sum(rank is not None and rank <= FIRST_PAGE for rank in self.ranks) / len(self.ranks)

    @property
    def usual_total(self) -> float:
        """Median of the number of hits."""
        return median(self.totals)


@dataclass(slots=True)
class ScoreBands:
    """Right and wrong hits by score, in bands of ten points."""

    right: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    wrong: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def count(self, score: int, *, is_right: bool) -> None:
        """Count one hit."""
        (self.right if is_right else self.wrong)[score // 10 * 10] += 1

    def rows(self) -> list[tuple[int, int, int]]:
        """(lowest score of the band, hits, right hits), highest band first."""
        bands = sorted({*self.right, *self.wrong}, reverse=True)
        return [(band, self.right[band] + self.wrong[band], self.right[band]) for band in bands]


def invented_people(count: int, rng: int = 7) -> list[tuple[Columns, list[Name]]]:
    """People of the synthetic world, and their aliases."""
    drawn = Rng(rng)
    numbers = Numbers(drawn)
    people = []
    neighbour = None
    for _ in range(count):
        person = persons.draw(drawn, numbers, neighbour)
        neighbour = person.columns
        people.append((person.columns, person.aliases))
    return people


@asynccontextmanager
async def source_of(
    people: Iterable[tuple[Columns, list[Name]]], pairs: Sequence[NamePair]
) -> AsyncIterator[tuple[SqliteSource, list[str]]]:
    """A source of these people and of a person for each pair, and the numbers of these, in order."""
    with tempfile.TemporaryDirectory() as folder:
        ids = [f"X{index:07}" for index in range(len(pairs))]
        everybody = list(people)
        model = everybody[0][0]
        with closing(SourceFiles(Path(folder))) as files:
            for person, aliases in everybody:
                files.write(persons.rows(person, aliases))
            for row_id, (number, pair) in enumerate(zip(ids, pairs, strict=True), start=FIRST_PAIR):
                files.write(persons.rows({**_person(number, pair, model), "row_id": row_id}, []))
            files.finish()
        source = SqliteSource(
            "persons", Path(folder) / "persons.db", connections=1, deadline_s=60, functions=SQL_FUNCTIONS
        )
        try:
            yield source, ids
        finally:
            await source.close()


def _person(number: str, pair: NamePair, model: Columns) -> Columns:
    unknown = {column: None for column in model if column.endswith("_number") or column == "ssn"}
    name = {"given": pair.given, "middle": None, "surname": pair.surname, "suffix": pair.suffix or None}
    subject = {"subject_surname": "NOBODY", "subject_user": None, "subject_ori": None}
    return {**model, **unknown, **name, **subject, "id": number, "birth_date": pair.born, "sex": "U", "race": "U"}


async def search_for(
    source: SqliteSource,
    pairs: Sequence[NamePair],
    ids: Sequence[str],
    *,
    by_given: bool = True,
    bands: ScoreBands | None = None,
) -> Searches:
    """Search for each pair, by both names or by the surname alone, and by the birth date if it has one."""
    searches, grant = Searches(), officer_grant()
    for pair, right in zip(pairs, ids, strict=True):
        born = BirthDate.parse(pair.asked_born, expand=True) if pair.asked_born else None
        given = pair.asked_given if by_given else None
        page = Page(MOST, None, b"", Cursors(bytes(32)))
        search = NameSearch(surname=pair.asked_surname, given=given, birth_date=born, sex=None, race=None, page=page)
        batch = await by_name.read(source, grant, [search], COLUMNS)
        found = batch.found.get(search) or by_name.when_missing()
        numbers = [edge["node"][ID_COLUMN] for edge in found["edges"]]
        searches.ranks.append(numbers.index(right) + 1 if right in numbers else None)
        searches.totals.append(found["total"])
        day = born.day if born else None
        searches.scored.append((await find_candidates(source, pair.asked_surname, given, day)).scored)
        if bands:
            for edge, number in zip(found["edges"], numbers, strict=True):
                bands.count(edge["score"], is_right=number == right)
    return searches
