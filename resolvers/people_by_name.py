"""Query of people by name: those who bear names that a search may mean, ranked, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from names.agreement import Kind
from resolvers.birth_dates import DIGITS, Precision
from resolvers.name_index import NAME_KEY
from resolvers.name_score import (
    AGE,
    ALIAS,
    BIRTH_DATE,
    BIRTH_DATE_PART,
    BIRTH_DATE_SLIP,
    BIRTH_DATE_WITHIN_A_YEAR,
    GIVEN_PART,
    GIVEN_POINTS,
    MIDDLE_NAME,
    NAMES_SWAPPED,
    RANK_UNIT,
    REASON_BIT,
    SURNAME_PART,
)
from resolvers.persons import PERSON
from resolvers.subject_columns import is_own_record
from resolvers.table import Cell, Condition, hit_relation_bits, is_demonstration
from sources.sql.json import ROW, Item, JsonRow, ShownCells, items
from sources.sql.parameters import if_given, number_parameter, text_parameter
from sources.sql.query import Frame

OWN_RANK = 0
"""Rank of the caller's own record, which is flagged and is no hit; every hit has more."""

_key = NAME_KEY.c
UNIT = literal(RANK_UNIT, BigInteger)


def _matches(parameter: str) -> CTE:
    """A list of matches as a table."""
    rows = items(text_parameter(parameter), f"{parameter}_asked")
    cells = {"name": Text, "rank": BigInteger, "is_part": Integer, "needs_day": Integer}
    columns = (Item(rows, index, type_).label(name) for index, (name, type_) in enumerate(cells.items()))
    return select(*columns).cte(parameter)


MATCHES = {each: _matches(each) for each in ("surnames", "given_names", "swapped_surnames", "swapped_given_names")}


@dataclass(frozen=True, slots=True)
class PeopleByName(Frame):
    """The people of a page and one more, best first; the matching names are in the parameters.

    by_initial:         the given name may be initials; by_initial_alone: it is one letter, and nothing else.
    birth_date:         how much of a birth date is known; None if nothing is.
    by_near_birth_date: birth dates that agree less count too.
    sees_live:          whether real people are hits; if not, only demonstration people.
    """

    by_given: bool
    by_initial: bool
    by_initial_alone: bool
    birth_date: Precision | None
    by_near_birth_date: bool
    sees_live: bool

    def select(self) -> Select[Any]:
        """Rows of (number of hits, relation, id, score, reason bits, row, columns)."""
        single, grouped = self._single_and_grouped()
        counts = union_all(_counts(single), _counts(grouped)).subquery("counts")
        counted = select(
            cast(func.sum(counts.c.hits), BigInteger).label("total"), func.max(counts.c.has_own).label("has_own")
        ).cte("counted")
        parts = [self._best(each).subquery(f"best_{each.name}") for each in (single, grouped)]
        best = union_all(*(select(each.c.person, each.c.rank) for each in parts)).subquery("best")
        score = (best.c.rank // UNIT).label("score")
        page = (
            select(best.c.person, score, (best.c.rank % UNIT).label("reasons"))
            .order_by(score.desc(), best.c.person)
            .limit(number_parameter("size"))
            .cte("page")
            .prefix_with("MATERIALIZED")
        )
        person = PERSON.stored
        row = JsonRow(
            counted.c.total,
            counted.c.has_own + hit_relation_bits(person),
            person.c.id,
            page.c.score,
            page.c.reasons,
            page.c.person,
            ShownCells(),
        )
        found = counted.outerjoin(page, true()).outerjoin(person, person.c.row_id == page.c.person)
        return select(row.label(ROW)).select_from(found).order_by(page.c.score.desc(), page.c.person)

    def _single_and_grouped(self) -> tuple[CTE, CTE]:
        """Two tables of (person, rank): people with one matching row, and others with the greatest of their ranks.

        A common surname is borne by tens of thousands, and to group them would take most of a search. In one pass over
        whole given names, people who have only one row need no grouping.
        """
        nobody = select(literal(0).label("person"), literal(0, BigInteger).label("rank")).where(literal(1) == 0)
        single, several = nobody, self._passes()
        if len(several) == 1:
            (single,), several = self._passes(_key.is_only == 1), self._passes(_key.is_only == 0)
        matched = union_all(*several).subquery("matched")
        ranked = select(matched.c.person, func.max(matched.c.rank).label("rank")).group_by(matched.c.person)
        return (
            single.cte("single").prefix_with("NOT MATERIALIZED"),
            ranked.cte("grouped").prefix_with("MATERIALIZED"),
        )

    def _passes(self, *conditions: Condition) -> list[Select[Any]]:
        """The selects whose rows are all matches: by both names, also swapped, and by the day with any given name."""
        if not self.by_given:
            return [self._pass("surnames", conditions=conditions)]
        passes = []
        if self.by_initial:
            passes.append(self._pass("surnames", by_initial=True, conditions=conditions))
        if not self.by_initial_alone:
            names = ("surnames", "given_names"), ("swapped_surnames", "swapped_given_names")
            passes += [self._pass(*each, conditions=conditions) for each in names]
        if self.birth_date is Precision.DAY:
            # An equal birth date outweighs a different given name: people go by middle names and nicknames.
            passes.append(self._pass("surnames", by_day=True, conditions=conditions))
        return passes

    def _pass(
        self,
        surnames: str,
        given_names: str | None = None,
        *,
        by_initial: bool = False,
        by_day: bool = False,
        conditions: Sequence[Condition],
    ) -> Select[Any]:
        """People by names of two lists of matches, or by surname alone. Shape: rows of (person, rank)."""
        surname = MATCHES[surnames]
        tables: Any = surname
        wanted = [*conditions, _key.surname == surname.c.name, _key.is_surname_part + surname.c.is_part < 2]
        ranks: list[Cell] = [surname.c.rank]
        ranks += [_key.is_surname_part * _rank(SURNAME_PART, "SURNAME_PART"), _key.is_alias * _rank(ALIAS, "ALIAS")]
        if given_names:
            given = MATCHES[given_names]
            tables = tables.join(given, true())
            wanted += [_key.is_given_part.in_((literal(0), literal(1))), _key.given == given.c.name]
            wanted.append(_key.is_given_part + given.c.is_part < 2)
            ranks.append(given.c.rank)
            ranks.append((_key.is_given_part - _key.is_middle) * _rank(GIVEN_PART, "GIVEN_PART"))
            ranks.append(_key.is_middle * _rank(MIDDLE_NAME, "MIDDLE_NAME"))
        else:
            wanted.append(_key.is_given_part == 0)
        if not self.sees_live:
            wanted.append(is_demonstration(NAME_KEY))
        if by_initial:
            wanted.append(_key.initial == text_parameter("initial"))
            ranks.append(_rank(GIVEN_POINTS[Kind.INITIAL], "GIVEN_INITIAL"))
        if surnames.startswith("swapped"):
            ranks.append(_rank(NAMES_SWAPPED, "NAMES_SWAPPED"))
        sex, other_race = text_parameter("sex"), text_parameter("other_race")
        wanted.append(if_given(sex, _key.sex.in_((sex, literal("U", Text)))))
        wanted.append(if_given(other_race, _key.race != other_race))
        if self.birth_date:
            cases = self._birth_cases(by_names=given_names is not None)
            if by_day:
                cases = cases[:1]
            if self.birth_date is Precision.DAY and not self.by_near_birth_date and not by_day:
                wanted.append(_key.birth_date.in_((text_parameter("born"), *PARTS)))  # an index serves it
            else:
                wanted.append(or_(*(condition for condition, _ in cases)))
            if self.birth_date is Precision.DAY:
                wanted.append(or_(surname.c.needs_day == 0, _key.birth_date == text_parameter("born")))
            ranks.append(case(*cases, else_=literal(0, BigInteger)))
        rank = case((is_own_record(NAME_KEY), literal(OWN_RANK, BigInteger)), else_=sum(ranks[1:], ranks[0]))
        return select(_key.person, rank.label("rank")).select_from(tables.join(NAME_KEY, and_(*wanted)))

    def _birth_cases(self, *, by_names: bool) -> list[tuple[Condition, Cell]]:
        """(condition, rank) of birth dates; the first that holds counts. A slip counts if both names agree."""
        between = _key.birth_date.between(text_parameter("born_from"), text_parameter("born_to"))
        if self.birth_date is Precision.AGE:
            return [(between, _rank(AGE, "AGE"))]
        if self.birth_date is Precision.DAY:
            cases = [(_key.birth_date == text_parameter("born"), _rank(BIRTH_DATE, "BIRTH_DATE"))]
            cases.append((_key.birth_date.in_(PARTS), _rank(BIRTH_DATE_PART, "BIRTH_DATE_PART")))
        else:
            cases = [(between, _rank(BIRTH_DATE_PART, "BIRTH_DATE_PART"))]
        if self.by_near_birth_date:
            near = _key.birth_date.between(text_parameter("near_from"), text_parameter("near_to"))
            cases.append((near, _rank(BIRTH_DATE_WITHIN_A_YEAR, "BIRTH_DATE_WITHIN_A_YEAR")))
            if self.birth_date is Precision.DAY and by_names:
                cases.append((_is_date_slip(), _rank(BIRTH_DATE_SLIP, "BIRTH_DATE_SLIP")))
        return cases

    def _best(self, table: CTE) -> Select[Any]:
        """As many of a table's best hits as a page may need."""
        score = table.c.rank // UNIT
        after_score, after_person = bindparam("after_score", type_=BigInteger), number_parameter("after_person")
        is_later = tuple_(score, -table.c.person) < tuple_(after_score, -after_person)
        hits = select(table.c.person, table.c.rank).where(table.c.rank > OWN_RANK)
        hits = hits.where(if_given(after_score, is_later))
        return hits.order_by(score.desc(), table.c.person).limit(number_parameter("size"))


def _counts(table: CTE) -> Select[Any]:
    """How many hits a table has, and whether the caller's own record is in it."""
    hits = func.count(case((table.c.rank > OWN_RANK, 1)))
    return select(hits.label("hits"), case((func.min(table.c.rank) == OWN_RANK, 1), else_=0).label("has_own"))


def _rank(points: int, reason: str) -> Cell:
    """The rank that a reason adds."""
    return literal(points * RANK_UNIT + REASON_BIT[reason], BigInteger)


PARTS = (text_parameter("part_0"), text_parameter("part_1"))
"""The stored forms of a day, if the month or the day is not known there."""


def _is_date_slip() -> Condition:
    """Whether at most two digits differ, or month and day are exchanged."""
    differ = (
        case((func.substr(_key.birth_date, index, 1) != text_parameter(f"digit_{index}"), 1), else_=0)
        for index in DIGITS
    )
    return or_(sum(differ, literal(0)) <= 2, _key.birth_date == text_parameter("exchanged"))
