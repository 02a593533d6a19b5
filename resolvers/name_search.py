"""Searching people by name as NCIC does: by letters and by sound, with aliases, and with the two names swapped.

A hit is scored by what agreed, in points out of 100, and says what that was. Who is out of the caller's sight is in
neither the hits nor their number. Everything runs on one covering index of names by sound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from policy.grants import Grant

from .fetch import Batch, Fetch
from .hits import hits, none
from .names import letters, sound
from .paging import Page
from .persons import PERSON, SOURCE
from .source import Source, Statement
from .table import Columns, parameters

# What may agree: (name, points, SQL over a row `k` of name_key, where {s} is the name asked for as a surname and {g} the
# one asked for as a given name). The first of a group that holds counts.
Agreement = tuple[str, int, str]
SURNAME: tuple[Agreement, ...] = (("SURNAME_LETTERS", 40, "k.surname = :{s}_letters"), ("SURNAME_SOUND", 25, "1"))
GIVEN: tuple[Agreement, ...] = (
    ("GIVEN_LETTERS", 30, "k.given = :{g}_letters"),
    ("GIVEN_SOUND", 20, "k.given_sound = :{g}_sound"),
    ("GIVEN_INITIAL", 10, "substr(k.given, 1, 1) = substr(:{g}_letters, 1, 1)"),
)
BIRTH_DATE: tuple[Agreement, ...] = (
    ("BIRTH_DATE", 30, "k.birth_date = :birth_date"),
    ("BIRTH_DATE_WITHIN_A_YEAR", 15, "k.birth_date BETWEEN :born_from AND :born_to"),
)
ALIAS_POINTS = -5
SWAPPED_POINTS = -5
REASONS = (*SURNAME, *GIVEN, *BIRTH_DATE, ("ALIAS", ALIAS_POINTS, ""), ("NAMES_SWAPPED", SWAPPED_POINTS, ""))
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


async def _ask(source: Source, grant: Grant, keys: Sequence[NameSearch], columns: Columns) -> Batch:
    batch = Batch(found={})
    found: dict[NameSearch, Any] = {}
    for search in keys:
        rows = await source.fetch(statement(search, columns, grant))
        found[search] = _page(search, rows, columns, batch)
    batch.found = found
    return batch


by_name = Fetch("persons.by_name", SOURCE, _ask, none)


def statement(search: NameSearch, columns: Columns, grant: Grant) -> Statement:
    """The hits of one page and one more, best first: total, score, reasons, rowid, id, columns in order of name."""
    shape = tuple((name, columns[name].is_masked) for name in sorted(columns))
    shown = "".join(f", {sql}" for sql in PERSON.expressions(shape))
    after = "WHERE (score, -person) < (:after_score, -:after_person)" if search.page.after else ""
    arms = [_arm(search, swapped=False)]
    if search.given:
        arms.append(_arm(search, swapped=True))
    text = f"""
    WITH
      unseen(person) AS MATERIALIZED (
        SELECT rowid FROM person WHERE subject_user = :user
        UNION SELECT rowid FROM person WHERE subject_ori = :ori AND NOT :is_stepped_up),
      hit AS MATERIALIZED (
        SELECT person, max(score) AS score, reasons FROM ({" UNION ALL ".join(arms)})
        GROUP BY person),
      page AS MATERIALIZED (
        SELECT person, score, reasons FROM hit {after} ORDER BY score DESC, person LIMIT :size)
    SELECT (SELECT count(*) FROM hit), page.score, page.reasons, page.person, person.id{shown}
    FROM page JOIN person ON person.rowid = page.person
    ORDER BY page.score DESC, page.person"""
    return Statement(text, parameters(grant.scope) | _parameters(search))


def _arm(search: NameSearch, *, swapped: bool) -> str:
    """One way through the index: the surname as asked, or the given name where a surname should be."""
    conditions = ["k.surname_sound = :{s}_sound"]
    agreed = [SURNAME]
    if search.birth_date:
        conditions.append("k.birth_date BETWEEN :born_from AND :born_to")
        agreed.append(BIRTH_DATE)
    if search.given:
        agreed.append(GIVEN)
        fits = [sql for _, _, sql in (GIVEN if len(search.given) == 1 else GIVEN[:2])]
        if search.birth_date and not swapped:
            # The whole birth date outweighs a given name that differs: people go by middle names and nicknames.
            fits.append("k.birth_date = :birth_date")
        conditions.append(f"({' OR '.join(fits)})")
    if search.sex:
        conditions.append("k.sex IN (:sex, 'U')")
    if search.race in {"B", "W"}:
        conditions.append("k.race <> :other_race")
    points = [_first(group, lambda agreement: agreement[1]) for group in agreed]
    reasons = [_first(group, lambda agreement: BIT[agreement[0]]) for group in agreed]
    points.append(f"k.is_alias * {ALIAS_POINTS}")
    reasons.append(f"k.is_alias * {BIT['ALIAS']}")
    if swapped:
        points.append(str(SWAPPED_POINTS))
        reasons.append(str(BIT["NAMES_SWAPPED"]))
    arm = (
        f"SELECT k.person, {' + '.join(points)} AS score, {' | '.join(reasons)} AS reasons"
        f" FROM name_key AS k INDEXED BY by_sound WHERE {' AND '.join(conditions)}"
        " AND (:is_stepped_up OR k.subject_surname <> :surname) AND k.person NOT IN (SELECT person FROM unseen)"
    )
    return arm.format(s="given", g="surname") if swapped else arm.format(s="surname", g="given")


def _first(group: Sequence[Agreement], value: Callable[[Agreement], int]) -> str:
    return "CASE " + " ".join(f"WHEN {agreement[2]} THEN {value(agreement)}" for agreement in group) + " ELSE 0 END"


def _parameters(search: NameSearch) -> dict[str, Any]:
    given: dict[str, Any] = {
        "surname_letters": letters(search.surname),
        "surname_sound": sound(search.surname),
        "given_letters": letters(search.given or ""),
        "given_sound": sound(search.given or ""),
        "sex": search.sex,
        "other_race": {"B": "W", "W": "B"}.get(search.race or ""),
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
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)


def _page(search: NameSearch, rows: Sequence[tuple[Any, ...]], columns: Columns, batch: Batch) -> dict[str, Any]:
    names = sorted(columns)
    edges = [
        {
            "node": dict(zip(names, values, strict=True)),
            "score": score,
            "why": [reason[0] for reason in REASONS if reasons & BIT[reason[0]]],
            "position": (score, rowid),
        }
        for _, score, reasons, rowid, _, *values in rows
    ]
    # The row beyond the page was read to know that it is there; it is not released.
    batch.records += [f"persons/{row[4]}" for row in rows[: search.page.first]]
    return hits(edges, total=rows[0][0] if rows else 0, page=search.page)
