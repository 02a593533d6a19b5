"""Search of people by name: the names that may be meant, then the people who bear them, best first.

Each hit has a score out of 100 and the reasons for it. The caller's own record is neither among the hits nor
counted: docs/search.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from names.keys import nysiis
from names.parts import parse_given, parse_surname
from policy.grants import Grant
from resolvers.birth_dates import BirthDate
from resolvers.hits import Hit, Search, search_fetch
from resolvers.name_candidates import CandidateNames, Candidates, Match, NameColumn, find_candidates
from resolvers.name_score import RANK_UNIT, reasons_of
from resolvers.people_by_name import PeopleByName
from resolvers.persons import PERSON, SOURCE
from resolvers.search_terms import SearchTerm, name_terms
from resolvers.table import META_COLUMN_COUNT, GrantedColumns, ShownColumns, scope_parameters
from sources.request import Request
from sources.source import Source
from sources.sql.query import SelectQuery

OTHER_RACE = {"B": "W", "W": "B"}
SEARCHED_BY = "name"


@dataclass(frozen=True, slots=True)
class NameSearch(Search):
    """Search terms: a surname, and optionally more.

    `race` follows NCIC: B excludes W, W excludes B, others exclude none.
    """

    surname: str
    given: str | None
    birth_date: BirthDate | None
    sex: str | None
    race: str | None

    @property
    def index_keys(self) -> tuple[str, ...]:
        """The sound of the surname, and that of the given name, which is searched for as a surname too."""
        return tuple(nysiis(parse_surname(name).whole[0]) for name in (self.surname, self.given) if name)

    @property
    def search_terms(self) -> tuple[SearchTerm, ...]:
        return tuple(name_terms(self.surname, self.given))

    @property
    def initial(self) -> str | None:
        """The letter by which given names are searched, if they are initials."""
        parsed = parse_given(self.given or "")
        return parsed.whole[0][0] if parsed.is_initials else None

    @property
    def is_by_initial_alone(self) -> bool:
        """Whether the given name is one letter. Two may be a name too: people are called JP."""
        return parse_given(self.given or "").is_initial


async def candidates(source: Source, search: NameSearch, grant: Grant) -> Candidates:
    """The names that a search may mean."""
    day = search.birth_date.day if search.birth_date else None
    return await find_candidates(source, search.surname, search.given, day, grant.scope.surname)


def request(search: NameSearch, columns: GrantedColumns, grant: Grant, found: Candidates) -> Request:
    """The hits of one page and one more, best first.

    Shape: rows of `search_fetch`, then score, reason bits, row and columns.
    """
    birth_date = search.birth_date
    people = PeopleByName(
        by_given=bool(search.given),
        by_initial=search.initial is not None,
        by_initial_alone=search.is_by_initial_alone,
        birth_date=birth_date.precision if birth_date else None,
        by_near_birth_date=bool(birth_date and birth_date.near_start),
        sees_live=grant.scope.sees_live,
    )
    shown = ShownColumns(PERSON, tuple(columns), grant.scope.sees_related)
    return Request(SelectQuery(people, shown), scope_parameters(grant.scope) | _parameters(search, found))


def _parameters(search: NameSearch, found: Candidates) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "sex": search.sex if search.sex in {"F", "M"} else None,
        "other_race": OTHER_RACE.get(search.race or ""),
        "initial": search.initial,
        "size": search.page.first + 1,
        "surnames": _list(found.surnames),
        "given_names": _list(found.given),
        "swapped_surnames": _list(found.swapped_surnames),
        "swapped_given_names": _list(found.swapped_given),
    }
    if search.birth_date:
        parameters |= search.birth_date.parameters()
    parameters["after_score"], parameters["after_person"] = search.page.after or (None, None)
    return parameters


def _list(matches: tuple[Match, ...]) -> str:
    """Rows of (name, rank, is_part, needs_day)."""
    ranks = (match.points * RANK_UNIT + match.reasons for match in matches)
    rows = [
        (match.name, rank, int(match.is_part), int(match.needs_day)) for match, rank in zip(matches, ranks, strict=True)
    ]
    return orjson.dumps(rows).decode()


def _hit(_search: NameSearch, row: list[Any]) -> Hit:
    _, _, _, score, reasons, person, *_ = row
    return {
        "node": row[6 - META_COLUMN_COUNT :],
        "score": score,
        "why": reasons_of(reasons),
        "position": (score, person),
    }


by_name = search_fetch("persons.by_name", SOURCE, request, _hit, PERSON, prepare=candidates)


def indexed_queries() -> Iterator[SelectQuery]:
    """Queries that need the name index, whose tables are not those of a fetch."""
    yield SelectQuery(CandidateNames(by_given=True, by_day=True), NameColumn())
    people = PeopleByName(
        by_given=True,
        by_initial=False,
        by_initial_alone=False,
        birth_date=None,
        by_near_birth_date=False,
        sees_live=True,
    )
    yield SelectQuery(people, ShownColumns(PERSON, ()))
