"""Searching by name, against the rules written again in plain Python over every name in the file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jellyfish
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resolvers.name_search import REASONS, NameSearch, by_name, statement
from resolvers.names import normalized, phonetic_code
from resolvers.paging import Cursors, Page
from resolvers.persons import PERSON
from tests.resolvers.conftest import MakeGrant
from tests.resolvers.seen import seen

CURSORS = Cursors(bytes(32))
COLUMNS = ("given", "id", "surname")


class File:
    """A source file asked without threads, so that hypothesis can ask it often."""

    name, answered_at = "persons", None

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path)

    async def fetch(self, asked: Any) -> list[Any]:
        ((answer,),) = self.connection.execute(asked.text, asked.parameters)
        return orjson.loads(answer)

    async def close(self) -> None:
        self.connection.close()

    def rows(self, sql: str, *values: Any) -> list[Any]:
        return self.connection.execute(sql, values).fetchall()


def number(edge: Any) -> Any:
    return edge["node"][PERSON.layout["id"]]


@pytest.fixture(scope="session")
def people(seeded: Path) -> Iterator[File]:
    file = File(seeded / "persons.db")
    yield file
    file.connection.close()


@pytest.fixture(scope="session")
def find(people: File, grant: MakeGrant) -> Any:
    """One page: (hits, total, more?, flags). `after` is a position."""

    def find(asked: dict[str, Any], first: int = 100, after: Any = None, **scope: Any) -> Any:
        search = NameSearch(**asked, page=Page(first, after, b"", CURSORS))
        granted = grant(**scope)
        batch = asyncio.run(by_name.ask(people, granted, [search], seen(COLUMNS)))
        page = batch.found.get(search) or by_name.absent()
        assert [f"persons/{number(edge)}" for edge in page["edges"]] == batch.records
        return page["edges"], page["total"], page["has_next_page"], batch.flags

    return find


@pytest.fixture(scope="session")
def walk(find: Any) -> Any:
    """Every page one after the other: all hits, and each page's total."""

    def walk(asked: dict[str, Any], first: int, **scope: Any) -> Any:
        edges: list[Any] = []
        totals, more, after = set(), True, None
        while more:
            page, total, more, _ = find(asked, first, after, **scope)
            assert len(page) == first if more else len(page) <= first
            edges += page
            totals.add(total)
            after = page[-1]["position"] if page else None
        return edges, totals

    return walk


def asked(surname: str, given: str | None = None, born: date | None = None, **more: Any) -> dict[str, Any]:
    return {"surname": surname, "given": given, "birth_date": born, "expand": False, "sex": None, "race": None, **more}


def a_year(born: date, years: int) -> str:
    year = min(max(born.year + years, 1), 9999)
    last = 28 if (born.month, born.day) == (2, 29) and (year % 4 or (year % 100 == 0 and year % 400)) else born.day
    return f"{year:04}-{born.month:02}-{last:02}"


def of_surname(name: str, asked_: str) -> list[tuple[str, int]] | None:
    if name == asked_:
        return [("SURNAME_LETTERS", 40)]
    return [("SURNAME_SOUND", 25)] if jellyfish.nysiis(name) == jellyfish.nysiis(asked_) else None


def of_given(name: str, asked_: str, *, is_initial: bool, is_same_day: bool) -> list[tuple[str, int]] | None:
    if not asked_:
        return []
    if name == asked_:
        return [("GIVEN_LETTERS", 30)]
    if jellyfish.nysiis(name) == jellyfish.nysiis(asked_):
        return [("GIVEN_SOUND", 20)]
    if not is_initial and not is_same_day:
        return None
    if name[0] == asked_[0]:
        return [("GIVEN_INITIAL", 10)]
    return [] if is_same_day else None


def of_birth_date(born: str, asked_: date | None, *, expand: bool) -> list[tuple[str, int]] | None:
    if asked_ is None:
        return []
    if born == asked_.isoformat():
        return [("BIRTH_DATE", 30)]
    is_near = expand and a_year(asked_, -1) <= born <= a_year(asked_, 1)
    return [("BIRTH_DATE_WITHIN_A_YEAR", 15)] if is_near else None


def is_left_out(search: dict[str, Any], sex: str, race: str) -> bool:
    is_other_sex = search["sex"] in {"F", "M"} and sex not in {search["sex"], "U"}
    return is_other_sex or (search["race"], race) in {("B", "W"), ("W", "B")}


def agreement(key: Any, search: dict[str, Any], *, swapped: bool) -> tuple[int, list[str]] | None:
    """Points and reasons for one name in the file; None if it is no match."""
    is_alias, name, first, born, sex, race = key
    asked_ = [normalized(search["surname"]), normalized(search["given"] or "")]
    is_initial = len(asked_[1]) == 1
    surname, given = reversed(asked_) if swapped else asked_
    is_same_day = search["birth_date"] is not None and born == search["birth_date"].isoformat() and not swapped
    parts = (
        of_surname(name, surname),
        of_given(first, given, is_initial=is_initial, is_same_day=is_same_day),
        of_birth_date(born, search["birth_date"], expand=search["expand"]),
        [("ALIAS", -5)] if is_alias else [],
        [("NAMES_SWAPPED", -5)] if swapped else [],
    )
    if is_left_out(search, sex, race) or None in parts:
        return None
    agreed = [each for part in parts for each in part or ()]
    return sum(points for _, points in agreed), [reason for reason, _ in agreed]


def expected(people: File, search: dict[str, Any], hidden: str = "0") -> dict[str, tuple[int, list[list[str]]]]:
    """Best score of each person who matches, best first, and what may be said of why."""
    found: dict[str, tuple[int, list[list[str]]]] = {}
    for number, *key in people.rows(
        "SELECT person.id, is_alias, name_key.surname, name_key.given, name_key.birth_date, name_key.sex, name_key.race"
        f" FROM name_key JOIN person ON person.rowid = name_key.person WHERE NOT ({hidden})"
    ):
        for swapped in (False, True) if search["given"] else (False,):
            agreed = agreement(key, search, swapped=swapped)
            if agreed is None:
                continue
            score, why = agreed
            best, ways = found.get(number, (0, []))
            if score > best:
                found[number] = (score, [why])
            elif score == best:
                ways.append(why)
    return dict(sorted(found.items(), key=lambda item: (-item[1][0], item[0])))


@pytest.fixture(scope="session")
def names(people: File) -> list[Any]:
    return people.rows("SELECT surname, given, birth_date, sex, race FROM name_key")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_search_finds_and_ranks_what_the_rules_say(people: File, names: Any, walk: Any, data: Any) -> None:
    surname, given_, born, sex, race = data.draw(st.sampled_from(names))
    text = st.sampled_from(["", "S", "Z", "'", "-x", "é"])
    surname = data.draw(st.sampled_from([surname, surname.title(), surname[:-1] or surname, given_])) + data.draw(text)
    given_ = data.draw(st.sampled_from([None, given_, given_.lower(), given_[0], surname, "Zoë"]))
    day = date.fromisoformat(born) + timedelta(days=data.draw(st.sampled_from([0, 0, 1, -200, 366])))
    search = asked(
        surname,
        given_,
        data.draw(st.sampled_from([None, day])),
        expand=data.draw(st.booleans()),
        sex=data.draw(st.sampled_from([None, sex, "F", "M", "U"])),
        race=data.draw(st.sampled_from([None, race, "B", "W", "A", "U"])),
    )

    edges, totals = walk(search, data.draw(st.sampled_from([1, 2, 3, 7, 100])), is_stepped_up=True)

    right = expected(people, search)
    assert [(number(edge), edge["score"]) for edge in edges] == [(who, best) for who, (best, _) in right.items()]
    assert totals == {len(right)}
    for edge in edges:
        assert edge["why"] in right[number(edge)][1]


@pytest.mark.parametrize("first", [1, 2, 10, 100])
def test_pages_together_are_the_one_big_set_without_repeats_or_gaps(people: File, walk: Any, first: int) -> None:
    ((surname, count),) = people.rows("SELECT surname, count(*) FROM person GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1")
    edges, totals = walk(asked(surname), first)
    numbers = [number(edge) for edge in edges]

    assert len(numbers) == len(set(numbers)) >= count > 10
    assert totals == {len(numbers)}
    assert numbers == [number(edge) for edge in walk(asked(surname), 37)[0]]


def test_the_page_after_the_last_hit_is_empty_and_still_counts_all(people: File, find: Any) -> None:
    ((surname,),) = people.rows("SELECT surname FROM person ORDER BY 1 LIMIT 1")
    edges, total, _, _ = find(asked(surname))

    assert find(asked(surname), 5, edges[-1]["position"])[:3] == ([], total, False)


def test_a_birth_date_outweighs_a_given_name_but_not_two_names_in_the_wrong_places(people: File, find: Any) -> None:
    ((surname, given_, born),) = people.rows(
        "SELECT surname, given, birth_date FROM name_key WHERE surname_sound <> given_sound LIMIT 1"
    )
    day = date.fromisoformat(born)

    assert find(asked(surname, "Xyzzyquux", day))[1] == 1
    assert find(asked(given_, surname, day))[0][0]["why"][-1] == "NAMES_SWAPPED"
    assert find(asked(given_, "Xyzzyquux", day))[1] == 0


def test_nobody_is_no_answer_at_all(find: Any) -> None:
    assert find(asked("Xyzzyquux")) == ([], 0, False, set())


@pytest.mark.parametrize(
    ("scope", "hidden"),
    [
        ("user", "person.subject_user IS '{}'"),
        ("surname", "person.subject_surname = '{}'"),
        ("ori", "person.subject_ori IS '{}'"),
    ],
)
@pytest.mark.parametrize("is_stepped_up", [False, True])
def test_who_is_out_of_sight_is_in_neither_hits_nor_totals(
    people: File, walk: Any, scope: str, hidden: str, is_stepped_up: bool
) -> None:
    # Somebody with an alias, so that the alias must not give them away.
    ((surname, own_surname, user, ori),) = people.rows(
        "SELECT surname, subject_surname, coalesce(subject_user, 'u-1'), coalesce(subject_ori, 'CA0000000') FROM person"
        f" WHERE {'1' if scope == 'surname' else f'subject_{scope} IS NOT NULL'} ORDER BY surname LIMIT 1"
    )
    value = {"user": user, "surname": own_surname, "ori": ori}[scope]
    edges, totals = walk(asked(surname), 3, is_stepped_up=is_stepped_up, **{scope: value})
    unseen = hidden.format(value) if scope == "user" or not is_stepped_up else "0"
    right = expected(people, asked(surname), unseen)

    assert [number(edge) for edge in edges] == list(right)
    assert totals == {len(right)}
    assert len(right) < len(expected(people, asked(surname))) or (scope != "user" and is_stepped_up)


def test_the_caller_s_own_record_among_what_matches_is_flagged(people: File, find: Any) -> None:
    ((surname, user),) = people.rows("SELECT surname, subject_user FROM person WHERE subject_user IS NOT NULL LIMIT 1")

    assert find(asked(surname), user=user)[3] == {"OWN_RECORD"}
    assert find(asked(surname))[3] == set()
    assert find(asked("Xyzzyquux"), user=user)[3] == set()


@pytest.mark.parametrize("born", [date(1, 1, 1), date(9999, 12, 31), date(2000, 2, 29)])
def test_every_birth_date_can_be_expanded(find: Any, born: date) -> None:
    assert find(asked("Xyzzyquux", born=born, expand=True))[0] == []


def test_a_score_of_one_hundred_is_all_of_it() -> None:
    best = {}
    for name, points, _ in REASONS:
        group = name.split("_")[0]
        best[group] = max(best.get(group, 0), points)

    assert sum(points for points in best.values() if points > 0) == 100


@pytest.mark.parametrize(
    "search",
    [
        asked("Garcia"),
        asked("Garcia", "Maria"),
        asked("Garcia", "M"),
        asked("Garcia", born=date(1980, 5, 5)),
        asked("Garcia", "Maria", date(1980, 5, 5), expand=True, sex="F", race="W"),
    ],
    ids=str,
)
def test_a_search_runs_on_the_covering_index_and_reads_no_table_whole(
    people: File, grant: MakeGrant, search: Any
) -> None:
    page = Page(20, (70, 3), b"", CURSORS)
    made = statement(NameSearch(**search, page=page), seen(["id"]), grant())
    plan = [row[3] for row in people.connection.execute(f"EXPLAIN QUERY PLAN {made.text}", made.parameters)]

    ways = [step for step in plan if "name_key" in step]
    assert len(ways) == (2 if search["given"] else 1)
    by = "surname_sound=? AND birth_date>? AND birth_date<?" if search["birth_date"] else "surname_sound=?"
    if not search["given"]:  # a common surname is many rows, and they come grouped by person
        assert "USE TEMP B-TREE FOR GROUP BY" not in plan
    assert set(ways) == {f"SEARCH name_key USING COVERING INDEX by_sound ({by})"}
    assert [step for step in plan if "person" in step.split()] == [
        "SEARCH person USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN"
    ]


def test_what_is_compared_is_what_the_seed_wrote(people: File) -> None:
    for surname, surname_sound, given_, given_sound in people.rows(
        "SELECT surname, surname_sound, given, given_sound FROM name_key"
    ):
        assert (normalized(surname), phonetic_code(surname)) == (surname, surname_sound)
        assert (normalized(given_), phonetic_code(given_)) == (given_, given_sound)
