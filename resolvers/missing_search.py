"""Searches of missing persons, by plate or place and more, and of unidentified persons, a page at a time, newest first.

Each order is that of an index, so the cost of a page is that of its own hits. Open and closed records are apart in the
indexes: a search reads only the kind that it asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_

from policy.grants import Grant
from resolvers.hits import Hit, Search, search_fetch
from resolvers.missing_persons import (
    BY_CITY,
    BY_FINDING,
    BY_PLATE,
    BY_STATE,
    CITY,
    IS_OPEN,
    IS_UNIDENTIFIED,
    MISSING_PERSON,
    PLATE,
    SOURCE,
    STORED,
    STORED_UNIDENTIFIED,
    UNIDENTIFIED_PERSON,
)
from resolvers.page_query import page_query, page_request
from resolvers.search_terms import PLATE as PLATE_TERM
from resolvers.search_terms import SearchTerm
from resolvers.table import META_COLUMN_COUNT, Condition, GrantedColumns, ShownColumns
from sources.request import Request
from sources.sql.parameters import if_given, number_parameter, text_parameter
from sources.sql.query import Frame, SelectQuery

SEARCHED_BY = "plate, place and description"
UNKNOWN = "U"
"""The code of a sex and of a race that is not known."""

_missing, _unidentified = STORED.c, STORED_UNIDENTIFIED.c


@dataclass(frozen=True, slots=True)
class MissingSearch(Search):
    """Search terms: the plate that a person was last seen with, or the state, and optionally more."""

    plate: str | None
    plate_state: str | None
    state: str | None
    city: str | None
    category: str | None
    circumstance: str | None
    is_at_risk: bool | None
    sex: str | None
    age_from: int | None
    age_to: int | None
    seen_from: str | None
    seen_to: str | None
    is_open: bool

    @property
    def index_keys(self) -> tuple[Any, ...]:
        return tuple(key for key in (self.plate, self.state and (self.state, self.city)) if key)

    @property
    def search_terms(self) -> tuple[SearchTerm, ...]:
        return (SearchTerm(PLATE_TERM, self.plate),) if self.plate else ()


@dataclass(frozen=True, slots=True)
class UnidentifiedSearch(Search):
    """Search terms: a description of the missing person for whom an unidentified one is compared."""

    category: str | None
    sex: str | None
    race: str | None
    age_from: int | None
    age_to: int | None
    height_from: int | None
    height_to: int | None
    found_from: str | None
    found_to: str | None
    is_open: bool

    @property
    def index_keys(self) -> tuple[Any, ...]:
        return (self.is_open,)

    @property
    def search_terms(self) -> tuple[SearchTerm, ...]:
        return ()  # a description of nobody


@dataclass(frozen=True, slots=True)
class MissingByTerms(Frame):
    """Reports of a page and one more.

    term:     the name of the term that an index serves: "plate", "city" or "state".
    is_after: the page is not the first.
    sees_live: whether reports about real people are hits.
    """

    term: str
    is_after: bool
    sees_live: bool

    def select(self) -> Select[Any]:
        """Rows of (number of hits, relation, number, position, columns)."""
        index = {"plate": BY_PLATE, "city": BY_CITY, "state": BY_STATE}[self.term]
        return page_query(
            MISSING_PERSON,
            _missing.number,
            (_missing.last_seen_on, _missing.number),
            self._conditions(),
            sees_live=self.sees_live,
            is_after=self.is_after,
            is_descending=True,
            from_index=lambda rows: rows.with_hint(STORED, f"INDEXED BY {index.name}", "sqlite"),
        )

    def _conditions(self) -> list[Condition]:
        state, city = text_parameter("state"), func.upper(text_parameter("city"))
        by_index = {
            "plate": [text_parameter("plate") == PLATE, _missing.plate_state == text_parameter("plate_state")],
            "city": [_missing.last_seen_state == state, city == CITY],
            "state": [_missing.last_seen_state == state],
        }
        further = [if_given(state, _missing.last_seen_state == state), if_given(text_parameter("city"), city == CITY)]
        return [
            number_parameter("is_open") == IS_OPEN,
            *by_index[self.term],
            *(further if self.term == "plate" else []),
            _equal("category", _missing.category),
            _equal("circumstance", _missing.circumstance),
            _equal("sex", _missing.sex),
            if_given(number_parameter("is_at_risk"), _missing.is_at_risk == number_parameter("is_at_risk")),
            *_between("age_from", "age_to", _missing.age, number_parameter),
            *_between("seen_from", "seen_to", _missing.last_seen_on, text_parameter),
        ]


@dataclass(frozen=True, slots=True)
class UnidentifiedByTerms(Frame):
    """Unidentified persons of a page and one more. What is not known of one of them may be any value."""

    is_after: bool
    sees_live: bool

    def select(self) -> Select[Any]:
        """Rows of (number of hits, relation, number, position, columns)."""
        age_from, age_to = number_parameter("age_from"), number_parameter("age_to")
        conditions = [
            number_parameter("is_open") == IS_UNIDENTIFIED,
            _equal("category", _unidentified.category),
            or_(_unknown(_unidentified.sex), _equal("sex", _unidentified.sex)),
            or_(_unknown(_unidentified.race), _equal("race", _unidentified.race)),
            if_given(age_from, or_(_unidentified.age_to.is_(None), _unidentified.age_to >= age_from)),
            if_given(age_to, or_(_unidentified.age_from.is_(None), _unidentified.age_from <= age_to)),
            *(
                or_(_unidentified.height_inches.is_(None), each)
                for each in _between("height_from", "height_to", _unidentified.height_inches, number_parameter)
            ),
            *_between("found_from", "found_to", _unidentified.found_on, text_parameter),
        ]
        return page_query(
            UNIDENTIFIED_PERSON,
            _unidentified.number,
            (_unidentified.found_on, _unidentified.number),
            conditions,
            sees_live=self.sees_live,
            is_after=self.is_after,
            is_descending=True,
            from_index=lambda rows: rows.with_hint(STORED_UNIDENTIFIED, f"INDEXED BY {BY_FINDING.name}", "sqlite"),
        )


def _unknown(column: Any) -> Condition:
    """Whether a sex or a race is not recorded, or recorded as unknown."""
    return func.coalesce(column, UNKNOWN) == UNKNOWN


def _equal(name: str, column: Any) -> Condition:
    return if_given(text_parameter(name), column == text_parameter(name))


def _between(low: str, high: str, column: Any, parameter: Callable[[str], Any]) -> list[Condition]:
    return [
        if_given(parameter(low), column >= parameter(low)),
        if_given(parameter(high), column <= parameter(high)),
    ]


def missing_request(search: MissingSearch, columns: GrantedColumns, grant: Grant) -> Request:
    """The request of a search for missing persons."""
    term = "plate" if search.plate else "city" if search.city else "state"
    frame = MissingByTerms(term, search.page.after is not None, grant.scope.sees_live)
    return page_request(search, frame, MISSING_PERSON, columns, grant)


def unidentified_request(search: UnidentifiedSearch, columns: GrantedColumns, grant: Grant) -> Request:
    """The request of a search for unidentified persons."""
    frame = UnidentifiedByTerms(search.page.after is not None, grant.scope.sees_live)
    return page_request(search, frame, UNIDENTIFIED_PERSON, columns, grant)


def _hit(_search: Search, row: list[Any]) -> Hit:
    return {"node": row[5 - META_COLUMN_COUNT :], "position": tuple(row[3:5])}


by_description = search_fetch("missing_persons.by_description", SOURCE, missing_request, _hit, MISSING_PERSON)
by_finding = search_fetch("missing_persons.by_finding", SOURCE, unidentified_request, _hit, UNIDENTIFIED_PERSON)


def indexed_queries() -> Iterator[SelectQuery]:
    """A query for each index that a search names."""
    for term in ("plate", "city", "state"):
        yield SelectQuery(MissingByTerms(term, is_after=False, sees_live=True), ShownColumns(MISSING_PERSON, ()))
    yield SelectQuery(UnidentifiedByTerms(is_after=False, sees_live=True), ShownColumns(UNIDENTIFIED_PERSON, ()))
