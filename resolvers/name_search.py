"""Search of people by name, as NCIC does it: by letters and by sound, with aliases, and with the two names swapped.

Each hit has a score out of 100 and the reasons for it. People whom the caller may not know of are neither among the
hits nor counted. The search reads one covering index of names by sound: docs/search.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import Any, NamedTuple

from policy.grants import Grant
from resolvers.hits import Hit, Search, search_fetch
from resolvers.names import normalized, phonetic_code
from resolvers.persons import PERSON, SOURCE
from resolvers.table import (
    IS_OWN_RECORD,
    META_COLUMN_COUNT,
    GrantedColumns,
    relation_bits,
    scope_parameters,
)
from sources.source import Statement


class Criterion(NamedTuple):
    """A reason for a match, its points, and its SQL condition on a row of name_key.

    {s} stands for the surname of the search, {g} for its given name; they are exchanged to search for swapped names.
    """

    reason: str
    points: int
    sql: str = ""


# In each group, the first criterion that holds counts.
SURNAME = (Criterion("SURNAME_LETTERS", 40, "surname = :{s}_letters"), Criterion("SURNAME_SOUND", 25, "1"))
GIVEN = (
    Criterion("GIVEN_LETTERS", 30, "given = :{g}_letters"),
    Criterion("GIVEN_SOUND", 20, "given_sound = :{g}_sound"),
    Criterion("GIVEN_INITIAL", 10, "substr(given, 1, 1) = substr(:{g}_letters, 1, 1)"),
)
BIRTH_DATE = (
    Criterion("BIRTH_DATE", 30, "birth_date = :birth_date"),
    Criterion("BIRTH_DATE_WITHIN_A_YEAR", 15, "birth_date BETWEEN :born_from AND :born_to"),
)
ALIAS, NAMES_SWAPPED = Criterion("ALIAS", -5), Criterion("NAMES_SWAPPED", -5)

CRITERIA = (*SURNAME, *GIVEN, *BIRTH_DATE, ALIAS, NAMES_SWAPPED)
REASON_BIT = {criterion.reason: 1 << index for index, criterion in enumerate(CRITERIA)}

OWN_SCORE = 0
"""Score of the caller's own record, which is flagged and is no hit; every hit has more."""

OTHER_RACE = {"B": "W", "W": "B"}


@dataclass(frozen=True, slots=True)
class NameSearch(Search):
    """Search terms: a surname, and optionally more.

    `expand` includes birth dates within one year. `race` follows NCIC: B excludes W, W excludes B, others exclude none.
    """

    surname: str
    given: str | None
    birth_date: date | None
    expand: bool
    sex: str | None
    race: str | None

    @property
    def index_keys(self) -> tuple[str, ...]:
        """The sound of the surname, and that of the given name, which is searched for as a surname too."""
        return tuple(phonetic_code(name) for name in (self.surname, self.given) if name)


def statement(search: NameSearch, columns: GrantedColumns, grant: Grant) -> Statement:
    """The hits of one page and one more, best first.

    Shape: rows of `search_fetch`, then score, reason bits, rowid and columns.
    """
    shown = "".join(f", {sql}" for sql in PERSON.expressions(columns, grant.scope))
    after = "AND (score, -person) < (:after_score, -:after_person)" if search.page.after else ""
    matches = [_matches(search, swapped=False)]
    if search.given:
        matches.append(_matches(search, swapped=True))
    text = f"""
    WITH
      hit AS MATERIALIZED (
        SELECT person, max(score) AS score, reasons FROM ({" UNION ALL ".join(matches)})
        GROUP BY birth_date, person),
      counted AS (
        SELECT count(*) FILTER (WHERE score > {OWN_SCORE}) AS total, min(score) IS {OWN_SCORE} AS has_own FROM hit),
      page AS MATERIALIZED (
        SELECT person, score, reasons FROM hit WHERE score > {OWN_SCORE} {after}
        ORDER BY score DESC, person LIMIT :size)
    SELECT total, has_own + ifnull({relation_bits(grant.scope)}, 0), id, score, reasons, page.person{shown}
    FROM counted LEFT JOIN page LEFT JOIN person ON person.rowid = page.person
    ORDER BY score DESC, page.person"""
    return Statement.of_rows(text, scope_parameters(grant.scope) | _parameters(search), 6 + len(PERSON.columns))


def _matches(search: NameSearch, *, swapped: bool) -> str:
    """SELECT of one pass over the index: by the surname, or, if swapped, by the given name in its place."""
    conditions = ["surname_sound = :{s}_sound"]
    groups: list[Sequence[Criterion]] = [SURNAME]
    if search.birth_date:
        conditions.append("birth_date BETWEEN :born_from AND :born_to")
        groups.append(BIRTH_DATE)
    if search.given:
        groups.append(GIVEN)
        alternatives = [each.sql for each in (GIVEN if len(normalized(search.given)) == 1 else GIVEN[:2])]
        if search.birth_date and not swapped:
            # An equal birth date outweighs a different given name: people go by middle names and nicknames.
            alternatives.append("birth_date = :birth_date")
        conditions.append(f"({' OR '.join(alternatives)})")
    if search.sex in {"F", "M"}:
        conditions.append("sex IN (:sex, 'U')")
    if search.race in OTHER_RACE:
        conditions.append("race <> :other_race")
    points = [_first(group, lambda criterion: criterion.points) for group in groups]
    reasons = [_first(group, lambda criterion: REASON_BIT[criterion.reason]) for group in groups]
    points.append(f"is_alias * {ALIAS.points}")
    reasons.append(f"is_alias * {REASON_BIT[ALIAS.reason]}")
    if swapped:
        points.append(str(NAMES_SWAPPED.points))
        reasons.append(str(REASON_BIT[NAMES_SWAPPED.reason]))
    sql = (
        f"SELECT birth_date, person, CASE WHEN {IS_OWN_RECORD} THEN {OWN_SCORE} ELSE {' + '.join(points)} END AS score,"
        f" {' | '.join(reasons)} AS reasons"
        f" FROM name_key INDEXED BY by_sound WHERE {' AND '.join(conditions)}"
    )
    return sql.format(s="given", g="surname") if swapped else sql.format(s="surname", g="given")


def _first(group: Sequence[Criterion], value: Callable[[Criterion], int]) -> str:
    return "CASE " + " ".join(f"WHEN {criterion.sql} THEN {value(criterion)}" for criterion in group) + " ELSE 0 END"


def _parameters(search: NameSearch) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "surname_letters": normalized(search.surname),
        "surname_sound": phonetic_code(search.surname),
        "given_letters": normalized(search.given or ""),
        "given_sound": phonetic_code(search.given or ""),
        "sex": search.sex,
        "other_race": OTHER_RACE.get(search.race or ""),
        "size": search.page.first + 1,
    }
    if search.birth_date:
        born = search.birth_date
        parameters["birth_date"] = born.isoformat()
        parameters["born_from"] = _years(born, -1).isoformat() if search.expand else born.isoformat()
        parameters["born_to"] = _years(born, 1).isoformat() if search.expand else born.isoformat()
    if search.page.after:
        parameters["after_score"], parameters["after_person"] = search.page.after
    return parameters


def _years(day: date, years: int) -> date:
    year = min(max(day.year + years, MINYEAR), MAXYEAR)
    try:
        return day.replace(year=year)
    except ValueError:  # the 29th of February
        return day.replace(year=year, day=28)


def _hit(_search: NameSearch, row: list[Any]) -> Hit:
    _, _, _, score, reasons, person, *_ = row
    return {
        "node": row[6 - META_COLUMN_COUNT :],
        "score": score,
        "why": [reason for reason, bit in REASON_BIT.items() if reasons & bit],
        "position": (score, person),
    }


by_name = search_fetch("persons.by_name", SOURCE, statement, _hit, PERSON)
