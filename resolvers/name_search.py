"""Searching people by name as NCIC does: by letters and by sound, with aliases, and with the two names swapped.

A hit is scored by what agreed, in points out of 100, and says what that was. Who is out of the caller's sight is in
neither the hits nor their number. Everything runs on one covering index of names by sound: docs/search.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from policy.grants import Grant
from resolvers.fetch import BatchResult, Fetch, flags_of
from resolvers.hits import none, page_of_hits
from resolvers.names import normalized, phonetic_code
from resolvers.paging import Page
from resolvers.persons import PERSON, SOURCE
from resolvers.table import CLOSE, MARKS, OWN, STRANGERS, Columns, parameters
from sources.source import Rows, Source, Statement

# What may agree: (name, points, SQL over a row of name_key, where {s} is the name asked for as a surname and {g} the
# one asked for as a given name). The first of a group that holds counts.
Agreement = tuple[str, int, str]
SURNAME: tuple[Agreement, ...] = (("SURNAME_LETTERS", 40, "surname = :{s}_letters"), ("SURNAME_SOUND", 25, "1"))
GIVEN: tuple[Agreement, ...] = (
    ("GIVEN_LETTERS", 30, "given = :{g}_letters"),
    ("GIVEN_SOUND", 20, "given_sound = :{g}_sound"),
    ("GIVEN_INITIAL", 10, "substr(given, 1, 1) = substr(:{g}_letters, 1, 1)"),
)
BIRTH_DATE: tuple[Agreement, ...] = (
    ("BIRTH_DATE", 30, "birth_date = :birth_date"),
    ("BIRTH_DATE_WITHIN_A_YEAR", 15, "birth_date BETWEEN :born_from AND :born_to"),
)
ALIAS_POINTS = -5
SWAPPED_POINTS = -5
OWN_SCORE = 0
"""Stands for the caller's own record, which is no hit and is flagged; every hit has more."""
REASONS = (*SURNAME, *GIVEN, *BIRTH_DATE, ("ALIAS", ALIAS_POINTS, ""), ("NAMES_SWAPPED", SWAPPED_POINTS, ""))
OTHER_RACE = {"B": "W", "W": "B"}
BIT = {reason[0]: 1 << place for place, reason in enumerate(REASONS)}


@dataclass(frozen=True, slots=True)
class NameSearch:
    """What was asked: a surname, and perhaps more.

    `expand` takes birth dates within one year. `race` follows NCIC: B leaves out W, W leaves out B, others search all.
    """

    surname: str
    given: str | None
    birth_date: date | None
    expand: bool
    sex: str | None
    race: str | None
    page: Page


async def _ask(source: Source, grant: Grant, keys: Sequence[NameSearch], columns: Columns) -> BatchResult:
    batch = BatchResult()
    found: dict[NameSearch, Any] = {}
    for search in keys:
        rows = await source.fetch(statement(search, columns, grant))
        if page := _page(search, rows, batch):
            found[search] = page
    batch.found = found
    return batch


by_name = Fetch("persons.by_name", SOURCE, _ask, none)


def statement(search: NameSearch, columns: Columns, grant: Grant) -> Statement:
    """The hits of one page and one more, best first.

    Shape: hits in all; 1 if the caller's own record is among what matched, and what the hit is to the caller; then
           score, reasons, rowid, id and columns, all of them null in the one row of a page without hits.
    """
    shown = "".join(f", {sql}" for sql in PERSON.expressions(columns))
    after = "AND (score, -person) < (:after_score, -:after_person)" if search.page.after else ""
    arms = [_arm(search, swapped=False)]
    if search.given:
        arms.append(_arm(search, swapped=True))
    text = f"""
    WITH
      hit AS MATERIALIZED (
        SELECT person, max(score) AS score, reasons FROM ({" UNION ALL ".join(arms)})
        GROUP BY birth_date, person),
      counted AS (
        SELECT count(*) FILTER (WHERE score > {OWN_SCORE}) AS total, min(score) IS {OWN_SCORE} AS has_own FROM hit),
      page AS MATERIALIZED (
        SELECT person, score, reasons FROM hit WHERE score > {OWN_SCORE} {after}
        ORDER BY score DESC, person LIMIT :size)
    SELECT total, has_own + ifnull({CLOSE}, 0), score, reasons, page.person, id{shown}
    FROM counted LEFT JOIN page LEFT JOIN person ON person.rowid = page.person
    ORDER BY score DESC, page.person"""
    return Statement.of_rows(text, parameters(grant.scope) | _parameters(search), 6 + len(PERSON.columns))


def _arm(search: NameSearch, *, swapped: bool) -> str:
    """One way through the index: the surname as asked, or the given name where a surname should be."""
    conditions = ["surname_sound = :{s}_sound"]
    agreed = [SURNAME]
    if search.birth_date:
        conditions.append("birth_date BETWEEN :born_from AND :born_to")
        agreed.append(BIRTH_DATE)
    if search.given:
        agreed.append(GIVEN)
        fits = [sql for _, _, sql in (GIVEN if len(normalized(search.given)) == 1 else GIVEN[:2])]
        if search.birth_date and not swapped:
            # The whole birth date outweighs a given name that differs: people go by middle names and nicknames.
            fits.append("birth_date = :birth_date")
        conditions.append(f"({' OR '.join(fits)})")
    if search.sex in {"F", "M"}:
        conditions.append("sex IN (:sex, 'U')")
    if search.race in OTHER_RACE:
        conditions.append("race <> :other_race")
    points = [_first(group, lambda agreement: agreement[1]) for group in agreed]
    reasons = [_first(group, lambda agreement: BIT[agreement[0]]) for group in agreed]
    points.append(f"is_alias * {ALIAS_POINTS}")
    reasons.append(f"is_alias * {BIT['ALIAS']}")
    if swapped:
        points.append(str(SWAPPED_POINTS))
        reasons.append(str(BIT["NAMES_SWAPPED"]))
    arm = (
        f"SELECT birth_date, person, CASE WHEN {OWN} THEN {OWN_SCORE} ELSE {' + '.join(points)} END AS score,"
        f" {' | '.join(reasons)} AS reasons"
        f" FROM name_key INDEXED BY by_sound WHERE {' AND '.join(conditions)} AND ({OWN} OR {STRANGERS})"
    )
    return arm.format(s="given", g="surname") if swapped else arm.format(s="surname", g="given")


def _first(group: Sequence[Agreement], value: Callable[[Agreement], int]) -> str:
    return "CASE " + " ".join(f"WHEN {agreement[2]} THEN {value(agreement)}" for agreement in group) + " ELSE 0 END"


def _parameters(search: NameSearch) -> dict[str, Any]:
    given: dict[str, Any] = {
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
        given["birth_date"] = born.isoformat()
        given["born_from"] = _years(born, -1).isoformat() if search.expand else born.isoformat()
        given["born_to"] = _years(born, 1).isoformat() if search.expand else born.isoformat()
    if search.page.after:
        given["after_score"], given["after_person"] = search.page.after
    return given


def _years(day: date, years: int) -> date:
    year = min(max(day.year + years, MINYEAR), MAXYEAR)
    try:
        return day.replace(year=year)
    except ValueError:  # the 29th of February
        return day.replace(year=year, day=28)


def _page(search: NameSearch, rows: Rows, batch: BatchResult) -> dict[str, Any] | None:
    """One page of hits; None where there are none at all."""
    total, *_ = rows[0]
    batch.flags |= flags_of(row[1] for row in rows[: search.page.first])
    if not total:
        return None
    edges = [
        {
            "node": row[6 - MARKS :],
            "score": row[2],
            "why": [reason[0] for reason in REASONS if row[3] & BIT[reason[0]]],
            "position": (row[2], row[4]),
        }
        for row in rows
        if row[2] is not None
    ]
    # The row beyond the page was read to know that it is there; it is not released.
    batch.records += [f"persons/{row[5]}" for row in rows[: search.page.first] if row[5] is not None]
    return page_of_hits(edges, total=total, page=search.page)
