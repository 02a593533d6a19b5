"""The rules of the search by name in plain Python, applied to every person of a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from names.agreement import Agreement, Kind, compare_given, compare_surnames
from names.folding import upper
from names.keys import keys_for_given, keys_for_surname, keys_of
from names.parts import parse_given, parse_surname
from resolvers.name_score import (
    GIVEN_PART,
    MIDDLE_NAME,
    RANK_UNIT,
    REASON_BIT,
    SURNAME_PART,
    given_points,
    reasons_of,
    surname_points,
)
from tests.resolvers.searching import InlineSource


def surname_forms(written: str) -> Iterator[tuple[str, int]]:
    """The names under which a surname stands, and whether each is only a part."""
    yield upper(written), 0
    yield from ((spelling, 1) for part in parse_surname(written).parts for spelling in part)


def given_forms(given: str, middle: str | None) -> Iterator[tuple[str, int, int]]:
    """The names under which given names stand, and whether each is only a part, and a middle name."""
    for written, is_middle in ((given, 0), *([(middle, 1)] if middle else [])):
        yield upper(written), is_middle, is_middle
        yield from ((spelling, 1, is_middle) for part in parse_given(written).parts for spelling in part)


@cache
def surname_agreement(asked: str, name: str, *, loosely: bool) -> Agreement | None:
    wanted, stored = parse_surname(asked), parse_surname(name)
    shares_key = keys_for_surname(wanted) & keys_of(stored)
    return compare_surnames(wanted, stored, loosely=loosely) if shares_key or loosely else None


@cache
def given_agreement(asked: str, name: str) -> Agreement | None:
    wanted, stored = parse_given(asked), parse_given(name)
    if wanted.is_initial:
        return Agreement(Kind.INITIAL, 100) if stored.whole and stored.whole[0][0] == wanted.whole[0] else None
    return compare_given(wanted, stored) if keys_for_given(wanted) & keys_of(stored) else None


def birth_date_match(born: str, search: dict[str, Any], *, expand: bool) -> tuple[int, str] | None:
    """Points and reason of a birth date; None if it does not agree. Every birth date of the file is known wholly."""
    day: str = search["birth_date"].day
    if born == day:
        return 30, "BIRTH_DATE"
    if not expand:
        return None
    one, other = sorted((date.fromisoformat(born), date.fromisoformat(day)))
    if within_a_year(one, other):
        return 15, "BIRTH_DATE_WITHIN_A_YEAR"
    if search["given"] is None or parse_given(search["given"]).is_initial:
        return None  # a slip counts only if both names agree
    differing = sum(a != b for a, b in zip(born, day, strict=True))
    exchanged = f"{day[:5]}{day[8:]}-{day[5:7]}"
    return (12, "BIRTH_DATE_SLIP") if differing <= 2 or born == exchanged else None


def within_a_year(one: date, other: date) -> bool:
    """Whether the later of two days is at most one year after the other. A year from 29 February ends on the 28th."""
    if one.year + 1 > 9999:
        return True
    last = 28 if (one.month, one.day) == (2, 29) else one.day
    first = 28 if (other.month, other.day) == (2, 29) else other.day
    return other <= one.replace(year=one.year + 1, day=last) or other.replace(year=other.year - 1, day=first) <= one


def is_excluded(search: dict[str, Any], sex: str, race: str) -> bool:
    is_other_sex = search["sex"] in {"F", "M"} and sex not in {search["sex"], "U"}
    return is_other_sex or (search["race"], race) in {("B", "W"), ("W", "B")}


def ranks(person: Person, search: dict[str, Any]) -> Iterator[int]:
    """The rank of each way in which a person matches."""
    if is_excluded(search, person.sex, person.race):
        return
    given_name = search["given"]
    is_initial = bool(given_name) and parse_given(given_name).is_initial
    for is_alias, surname, given_, middle in person.names:
        for swapped in (False, True) if given_name and not is_initial else (False,):
            asked = (given_name, search["surname"]) if swapped else (search["surname"], given_name)
            for name, is_part in surname_forms(surname):
                points, bits = is_alias * -5 + swapped * -5, REASON_BIT["ALIAS"] * is_alias
                bits |= REASON_BIT["NAMES_SWAPPED"] * swapped
                loosely = search["birth_date"] is not None and person.born == search["birth_date"].day and not swapped
                agreed = surname_agreement(asked[0], name, loosely=loosely)
                if agreed is None or (agreed.is_part and is_part):
                    continue
                more, reasons = surname_points(agreed)
                points += more + is_part * SURNAME_PART
                bits |= reasons | REASON_BIT["SURNAME_PART"] * is_part
                rank = points, bits
                yield from given_ranks(person, search, asked[1], (given_, middle), rank, swapped=swapped)
                if given_name and parse_given(given_name).is_initials and not swapped:
                    first = parse_given(given_name).whole[0][0]
                    by_initial = search | {"given": first}
                    yield from given_ranks(person, by_initial, first, (given_, middle), rank, swapped=False)


def given_ranks(
    person: Person, search: dict[str, Any], asked: str | None, names: Any, rank: tuple[int, int], *, swapped: bool
) -> Iterator[int]:
    points, bits = rank
    if search["birth_date"]:
        agreed_day = birth_date_match(person.born, search, expand=search["birth_date"].near_start is not None)
        if agreed_day is None:
            return
        points, bits = points + agreed_day[0], bits | REASON_BIT[agreed_day[1]]
        if agreed_day[0] == 30 and not swapped:
            yield points * RANK_UNIT + bits
    elif asked is None:
        yield points * RANK_UNIT + bits
    if asked is None:
        if search["birth_date"]:
            yield points * RANK_UNIT + bits
        return
    for name, is_part, is_middle in given_forms(*names):
        agreed = given_agreement(asked, name)
        if agreed is None or (is_part and (agreed.is_part or parse_given(asked).is_initial)):
            continue
        more, reasons = given_points(agreed)
        change = MIDDLE_NAME * is_middle + GIVEN_PART * (is_part and not is_middle)
        reasons |= REASON_BIT["MIDDLE_NAME"] * is_middle | REASON_BIT["GIVEN_PART"] * (is_part and not is_middle)
        yield (points + more + change) * RANK_UNIT + (bits | reasons)


class Person(NamedTuple):
    """A person of the file; `names` are (is_alias, surname, given, middle)."""

    rowid: int
    id: str
    born: str
    sex: str
    race: str
    names: tuple[tuple[int, str, str, str | None], ...]


def everybody(people: InlineSource, hidden: str = "0") -> list[Person]:
    aliases = defaultdict(list)
    for number, *name in people.rows("SELECT person, 1, surname, given, middle FROM alias"):
        aliases[number].append(tuple(name))
    return [
        Person(rowid, number, born, sex, race, ((0, *name), *aliases[number]))
        for rowid, number, born, sex, race, *name in people.rows(
            f"SELECT rowid, id, birth_date, sex, race, surname, given, middle FROM person WHERE NOT ({hidden})"
        )
    ]


def expected(people: InlineSource, search: dict[str, Any], hidden: str = "0") -> dict[str, tuple[int, list[str]]]:
    """Score and reasons of each person who matches, best first and then as entered."""
    best = {person: max(ranks(person, search), default=0) for person in everybody(people, hidden)}
    found = sorted((-(rank // RANK_UNIT), person.rowid, person.id, rank) for person, rank in best.items() if rank)
    return {number: (-score, reasons_of(rank % RANK_UNIT)) for score, _, number, rank in found}
