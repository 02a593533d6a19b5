"""Search of people by name: the names that may be meant, then the people who bear them, best first.

Each hit has a score out of 100 and the reasons for it. The caller's own record is neither among the hits nor
counted: docs/search.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from names.agreement import Kind
from names.keys import nysiis
from names.parts import parse_given, parse_surname
from policy.grants import Grant
from resolvers.birth_dates import DIGITS, BirthDate
from resolvers.hits import Hit, Search, search_fetch
from resolvers.name_candidates import Candidates, Match, find_candidates
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
    reasons_of,
)
from resolvers.persons import PERSON, SOURCE
from resolvers.subject_columns import IS_OWN_RECORD
from resolvers.table import META_COLUMN_COUNT, GrantedColumns, relation_bits, scope_parameters
from sources.source import Source, Statement

OTHER_RACE = {"B": "W", "W": "B"}
OWN_RANK = 0
"""Rank of the caller's own record, which is flagged and is no hit; every hit has more."""

_SLIPS = " + ".join(f"CASE WHEN substr(birth_date, {index}, 1) <> :digit_{index} THEN 1 ELSE 0 END" for index in DIGITS)
IS_DATE_SLIP = f"({_SLIPS} <= 2 OR birth_date = :exchanged)"


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


def statement(search: NameSearch, columns: GrantedColumns, grant: Grant, found: Candidates) -> Statement:
    """The hits of one page and one more, best first.

    Shape: rows of `search_fetch`, then score, reason bits, rowid and columns.
    """
    shown = "".join(f", {sql}" for sql in PERSON.expressions(columns, grant.scope))
    after = f"AND (rank / {RANK_UNIT}, -person) < (:after_score, -:after_person)" if search.page.after else ""
    parameters = scope_parameters(grant.scope) | _parameters(search)
    names = [
        _names("surname", found.surnames, parameters),
        _names("given", found.given, parameters),
        _names("swapped_surname", found.swapped_surnames, parameters),
        _names("swapped_given", found.swapped_given, parameters),
    ]
    text = f"""
    WITH
      {", ".join(names)},
      {_single_and_grouped(search)},
      counted AS (
        SELECT sum(hits) AS total, max(has_own) AS has_own FROM (
          SELECT count(CASE WHEN rank > {OWN_RANK} THEN 1 END) AS hits, min(rank) = {OWN_RANK} AS has_own FROM single
          UNION ALL
          SELECT count(CASE WHEN rank > {OWN_RANK} THEN 1 END), min(rank) = {OWN_RANK} FROM grouped) AS parts),
      page AS MATERIALIZED (
        SELECT person, rank / {RANK_UNIT} AS score, rank % {RANK_UNIT} AS reasons
        FROM (SELECT * FROM ({_best("single", after)}) AS a UNION ALL SELECT * FROM ({_best("grouped", after)}) AS b)
        AS best ORDER BY score DESC, person LIMIT :size)
    SELECT total, ifnull(has_own, 0) + ifnull({relation_bits(grant.scope)}, 0), id, score, reasons, page.person{shown}
    FROM counted LEFT JOIN page ON 1 = 1 LEFT JOIN person ON person.rowid = page.person
    ORDER BY score DESC, page.person"""
    return Statement.of_rows(text, parameters, 6 + len(PERSON.columns))


def _names(table: str, matches: tuple[Match, ...], parameters: dict[str, Any]) -> str:
    """A table of matches in a WITH clause."""
    rows = []
    for index, match in enumerate(matches):
        parameters[f"{table}_{index}"] = match.name
        rank = match.points * RANK_UNIT + match.reasons
        rows.append(f"(:{table}_{index}, {rank}, {int(match.is_part)}, {int(match.needs_day)})")
    body = f"VALUES {', '.join(rows)}" if rows else "SELECT '', 0, 0, 0 WHERE 1 = 0"
    return f"{table} (name, rank, is_part, needs_day) AS ({body})"


def _best(table: str, after: str) -> str:
    """SELECT of as many of a table's best hits as a page may need."""
    hits = f"SELECT person, rank FROM {table} WHERE rank > {OWN_RANK} {after}"
    return f"{hits} ORDER BY rank / {RANK_UNIT} DESC, person LIMIT :size"


def _single_and_grouped(search: NameSearch) -> str:
    """Two tables of (person, rank): of people with one matching row, and of others with the greatest of their ranks.

    A common surname is borne by tens of thousands, and to group them would take most of a search. In one pass over
    whole given names, people who have only one row need no grouping.
    """
    single, several = "SELECT 0 AS person, 0 AS rank WHERE 1 = 0", _passes(search)
    if len(several) == 1:
        (single,), several = _passes(search, "is_only = 1"), _passes(search, "is_only = 0")
    return (
        f"single AS NOT MATERIALIZED ({single}), grouped AS MATERIALIZED"
        f" (SELECT person, max(rank) AS rank FROM ({' UNION ALL '.join(several)}) AS matched GROUP BY person)"
    )


def _passes(search: NameSearch, *conditions: str) -> list[str]:
    """The SELECTs whose rows are all matches: by both names, by the day with any given name, and with names swapped."""
    if not search.given:
        return [_pass(search, "surname", conditions=conditions)]
    passes = []
    if search.initial:
        passes.append(_pass(search, "surname", by_initial=True, conditions=conditions))
    if not search.is_by_initial_alone:
        names = ("surname", "given"), ("swapped_surname", "swapped_given")
        passes += [_pass(search, *each, conditions=conditions) for each in names]
    if search.birth_date and search.birth_date.day:
        # An equal birth date outweighs a different given name: people go by middle names and nicknames.
        passes.append(_pass(search, "surname", by_day=True, conditions=conditions))
    return passes


def _pass(
    search: NameSearch,
    surname: str,
    given: str | None = None,
    *,
    by_initial: bool = False,
    by_day: bool = False,
    conditions: Iterable[str],
) -> str:
    """SELECT of people by names of two tables of matches, or by surname alone. Shape: rows of (person, rank)."""
    tables = [f"{surname} AS s"]
    conditions = [*conditions, "surname = s.name AND is_surname_part + s.is_part < 2"]
    ranks = ["s.rank"]
    ranks += [f"is_surname_part * {_rank(SURNAME_PART, 'SURNAME_PART')}", f"is_alias * {_rank(ALIAS, 'ALIAS')}"]
    if given:
        tables.append(f"{given} AS g")
        conditions.append("is_given_part IN (0, 1) AND given = g.name AND is_given_part + g.is_part < 2")
        ranks.append("g.rank")
        ranks.append(f"(is_given_part - is_middle) * {_rank(GIVEN_PART, 'GIVEN_PART')}")
        ranks.append(f"is_middle * {_rank(MIDDLE_NAME, 'MIDDLE_NAME')}")
    else:
        conditions.append("is_given_part = 0")
    if by_initial:
        conditions.append("initial = :initial")
        ranks.append(str(_rank(GIVEN_POINTS[Kind.INITIAL], "GIVEN_INITIAL")))
    if surname.startswith("swapped"):
        ranks.append(str(_rank(NAMES_SWAPPED, "NAMES_SWAPPED")))
    conditions += _exclusions(search)
    if search.birth_date:
        cases = _birth_cases(search.birth_date, by_names=given is not None)
        if by_day:
            cases = cases[:1]
        if search.birth_date.day and not search.birth_date.near_start and not by_day:
            conditions.append("birth_date IN (:born, :part_0, :part_1)")  # an index serves it
        else:
            conditions.append(f"({' OR '.join(condition for condition, _, _ in cases)})")
        if search.birth_date.day:
            conditions.append("(s.needs_day = 0 OR birth_date = :born)")
        whens = " ".join(f"WHEN {sql} THEN {_rank(points, reason)}" for sql, points, reason in cases)
        ranks.append(f"CASE {whens} ELSE 0 END")
    return (
        f"SELECT person, CASE WHEN {IS_OWN_RECORD} THEN {OWN_RANK} ELSE {' + '.join(ranks)} END AS rank"
        f" FROM {' CROSS JOIN '.join((*tables, 'name_key'))} WHERE {' AND '.join(conditions)}"
    )


def _rank(points: int, reason: str) -> int:
    """The rank that a reason adds."""
    return points * RANK_UNIT + REASON_BIT[reason]


def _exclusions(search: NameSearch) -> list[str]:
    conditions = []
    if search.sex in {"F", "M"}:
        conditions.append("sex IN (:sex, 'U')")
    if search.race in OTHER_RACE:
        conditions.append("race <> :other_race")
    return conditions


def _birth_cases(birth_date: BirthDate, *, by_names: bool) -> list[tuple[str, int, str]]:
    """(condition, points, reason) of birth dates; the first that holds counts. A slip counts if both names agree."""
    if birth_date.is_age:
        return [("birth_date BETWEEN :born_from AND :born_to", AGE, "AGE")]
    if birth_date.day:
        cases = [("birth_date = :born", BIRTH_DATE, "BIRTH_DATE")]
        cases.append(("birth_date IN (:part_0, :part_1)", BIRTH_DATE_PART, "BIRTH_DATE_PART"))
    else:
        cases = [("birth_date BETWEEN :born_from AND :born_to", BIRTH_DATE_PART, "BIRTH_DATE_PART")]
    if birth_date.near_start:
        near = "birth_date BETWEEN :near_from AND :near_to"
        cases.append((near, BIRTH_DATE_WITHIN_A_YEAR, "BIRTH_DATE_WITHIN_A_YEAR"))
        if birth_date.day and by_names:
            cases.append((IS_DATE_SLIP, BIRTH_DATE_SLIP, "BIRTH_DATE_SLIP"))
    return cases


def _parameters(search: NameSearch) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "sex": search.sex,
        "other_race": OTHER_RACE.get(search.race or ""),
        "size": search.page.first + 1,
    }
    if search.initial:
        parameters["initial"] = search.initial
    if search.birth_date:
        parameters |= search.birth_date.parameters()
    if search.page.after:
        parameters["after_score"], parameters["after_person"] = search.page.after
    return parameters


def _hit(_search: NameSearch, row: list[Any]) -> Hit:
    _, _, _, score, reasons, person, *_ = row
    return {
        "node": row[6 - META_COLUMN_COUNT :],
        "score": score,
        "why": reasons_of(reasons),
        "position": (score, person),
    }


by_name = search_fetch("persons.by_name", SOURCE, statement, _hit, PERSON, prepare=candidates)
