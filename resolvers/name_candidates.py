"""Names that a search may mean: those that share a key with it, each with its points and reasons.

Names are compared before any rule about records; those apply to the people who are found. No comparison of two names is
cached: a later search for the same name would be quicker, and tell that somebody had asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Select, Table, Text, literal, literal_column, select, union_all

from names.agreement import Kind, compare_given, compare_surnames
from names.keys import keys_for_given, keys_for_surname
from names.parts import parse_given, parse_surname
from resolvers.name_index import GIVEN_KEY, NAME_KEY, SURNAME_KEY
from resolvers.name_score import given_points, surname_points
from sources.request import Request
from sources.source import Source
from sources.sql.json import ROW, Item, JsonRow, ShownCells, items
from sources.sql.parameters import text_parameter
from sources.sql.query import Frame, SelectQuery

SURNAME, GIVEN, BORN_ON_DAY = range(3)
_NAME = literal_column("named.name", Text)


class Match(NamedTuple):
    """A distinct name that agrees with one that is asked for.

    is_part:  whether it agrees with a part of it.
    needs_day: whether it is only similar, and counts for people born on the day asked for.
    """

    name: str
    points: int
    reasons: int
    is_part: bool
    needs_day: bool = False


@dataclass(frozen=True, slots=True)
class Candidates:
    """The matches of a search, as it is asked and with the two names swapped. `scored`: distinct names compared."""

    surnames: tuple[Match, ...]
    given: tuple[Match, ...]
    swapped_surnames: tuple[Match, ...]
    swapped_given: tuple[Match, ...]
    scored: int


def load_name_tables() -> None:
    """Read the tables of short forms and romanizations now, and not during the first search."""
    _given_match("Bill", "WILLIAM")
    _given_match("Dima", "DMITRI")
    _surname_match("Cai", "TSAI", loosely=False)


async def find_candidates(
    source: Source, surname: str, given: str | None, day: str | None, own_surname: str | None = None
) -> Candidates:
    """The names that may be meant: one request, then a comparison of each.

    own_surname: the caller's. It is compared whether a record has it or not: otherwise a search for it would take
                 longer if the caller's own record is there, which is hidden.
    Raises: SourceUnavailable, ResultTooLarge.
    """
    rows = await source.fetch(request(surname, given, day))
    names: tuple[set[str], ...] = ({own_surname} if own_surname else set(), set(), set())
    for role, name in rows:
        names[role].add(name)
    surnames, given_names = sorted(names[SURNAME]), sorted(names[GIVEN])
    born_on_day = sorted(names[BORN_ON_DAY] - names[SURNAME])
    return Candidates(
        (*_surname_matches(surname, surnames, loosely=day is not None), *_matches_by_birth_date(surname, born_on_day)),
        tuple(_given_matches(given, given_names)) if given else (),
        tuple(_surname_matches(given, surnames)) if given else (),
        tuple(_given_matches(surname, given_names)) if given else (),
        len(surnames) + len(given_names) + len(born_on_day),
    )


def request(surname: str, given: str | None, day: str | None) -> Request:
    """The distinct names that share a key with either name, or are the surnames of people born on the day.

    Shape: rows of (SURNAME, GIVEN or BORN_ON_DAY, name).
    """
    surname_keys = set(keys_for_surname(parse_surname(surname)))
    given_keys: set[str] = set()
    if given:
        surname_keys |= keys_for_surname(parse_surname(given))
        given_keys = set(keys_for_given(parse_given(given))) | keys_for_given(parse_given(surname))
    parameters: dict[str, Any] = {"surname_keys": _list(surname_keys)}
    if given_keys:
        parameters["given_keys"] = _list(given_keys)
    if day is not None:
        parameters["day"] = day
    names = CandidateNames(by_given=bool(given_keys), by_day=day is not None)
    return Request(SelectQuery(names, NameColumn()), parameters)


def _list(keys: set[str]) -> str:
    return orjson.dumps(sorted(keys)).decode()


@dataclass(frozen=True, slots=True)
class CandidateNames(Frame):
    """Distinct names by their keys; `by_day`: also the surnames of people born on a day."""

    by_given: bool
    by_day: bool

    def select(self) -> Select[Any]:
        selects = [_names(SURNAME, SURNAME_KEY, "surname_keys")]
        if self.by_given:
            selects.append(_names(GIVEN, GIVEN_KEY, "given_keys"))
        if self.by_day:
            born = NAME_KEY.c.birth_date == text_parameter("day")
            names = select(literal(BORN_ON_DAY).label("role"), NAME_KEY.c.surname.label("name")).distinct()
            selects.append(names.where(born, NAME_KEY.c.is_given_part == 0))
        found = union_all(*selects).subquery("named")
        return select(JsonRow(found.c.role, ShownCells()).label(ROW))


@dataclass(frozen=True, slots=True)
class NameColumn:
    """The name, which is all that is shown."""

    def cells(self) -> tuple[ColumnElement[str]]:
        return (_NAME,)


def _names(role: int, table: Table, parameter: str) -> Select[Any]:
    """The distinct names under any of the keys in a parameter."""
    keys = items(text_parameter(parameter), f"{parameter}_asked")
    names = select(literal(role).label("role"), table.c.name.label("name")).distinct()
    return names.where(table.c.key.in_(select(Item(keys))))


def _surname_matches(asked: str, names: Iterable[str], *, loosely: bool = False) -> Iterable[Match]:
    return (match for name in names if (match := _surname_match(asked, name, loosely=loosely)))


def _matches_by_birth_date(asked: str, names: Iterable[str]) -> Iterable[Match]:
    """The matches among names that share no key: they count for people born on the day."""
    return (match._replace(needs_day=True) for match in _surname_matches(asked, names, loosely=True))


def _given_matches(asked: str, names: Iterable[str]) -> Iterable[Match]:
    return (match for name in names if (match := _given_match(asked, name)))


def _surname_match(asked: str, name: str, *, loosely: bool) -> Match | None:
    agreed = compare_surnames(parse_surname(asked), parse_surname(name), loosely=loosely)
    return agreed and Match(name, *surname_points(agreed), agreed.is_part, agreed.kind is Kind.SIMILAR)


def _given_match(asked: str, name: str) -> Match | None:
    agreed = compare_given(parse_given(asked), parse_given(name))
    return agreed and Match(name, *given_points(agreed), agreed.is_part)
