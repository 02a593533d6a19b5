"""Search by name, compared with its rules in plain Python over every name in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jellyfish
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resolvers.errors import RelatedSubject
from resolvers.name_search import CRITERIA, NameSearch, by_name, statement
from resolvers.names import normalized, phonetic_code
from resolvers.paging import Page
from resolvers.persons import PERSON
from tests.resolvers.columns import granted
from tests.resolvers.conftest import MakeGrant
from tests.resolvers.searching import CURSORS, FoundPage, InlineSource, all_pages, find_page, query_plan

Find = Callable[..., FoundPage]


def number(edge: dict[str, Any]) -> Any:
    """The id of a hit; None if its record is withheld."""
    return None if isinstance(edge["node"], RelatedSubject) else edge["node"][PERSON.layout["id"]]


@pytest.fixture(scope="session")
def people(seeded: Path) -> Iterator[InlineSource]:
    source = InlineSource(seeded / "persons.db")
    yield source
    source.connection.close()


@pytest.fixture(scope="session")
def find(people: InlineSource, grant: MakeGrant) -> Find:
    """Read one page. `after` is a position."""

    def find(terms: dict[str, Any], first: int = 100, after: Any = None, **scope: Any) -> FoundPage:
        search = NameSearch(**terms, page=Page(first, after, b"", CURSORS))
        page = find_page(people, by_name, search, grant(**scope), "given", "id", "surname")
        assert [f"persons/{number(edge)}" for edge in page.edges if number(edge)] == page.records
        assert len(page.edges) == first if page.has_next else len(page.edges) <= first
        return page

    return find


@pytest.fixture(scope="session")
def find_all(find: Find) -> Any:
    """Read all pages: the hits, and the totals that they state."""

    def find_all(terms: dict[str, Any], first: int, **scope: Any) -> Any:
        pages = list(all_pages(lambda after: find(terms, first, after, **scope)))
        return [edge for page in pages for edge in page.edges], {page.total for page in pages}

    return find_all


def terms(surname: str, given: str | None = None, born: date | None = None, **more: Any) -> dict[str, Any]:
    return {"surname": surname, "given": given, "birth_date": born, "expand": False, "sex": None, "race": None, **more}


def years_from(born: date, years: int) -> str:
    year = min(max(born.year + years, 1), 9999)
    last = 28 if (born.month, born.day) == (2, 29) and (year % 4 or (year % 100 == 0 and year % 400)) else born.day
    return f"{year:04}-{born.month:02}-{last:02}"


def surname_reasons(name: str, wanted: str) -> list[tuple[str, int]] | None:
    if name == wanted:
        return [("SURNAME_LETTERS", 40)]
    return [("SURNAME_SOUND", 25)] if jellyfish.nysiis(name) == jellyfish.nysiis(wanted) else None


def given_reasons(name: str, wanted: str, *, is_initial: bool, is_same_day: bool) -> list[tuple[str, int]] | None:
    if not wanted:
        return []
    if name == wanted:
        return [("GIVEN_LETTERS", 30)]
    if jellyfish.nysiis(name) == jellyfish.nysiis(wanted):
        return [("GIVEN_SOUND", 20)]
    if not is_initial and not is_same_day:
        return None
    if name[0] == wanted[0]:
        return [("GIVEN_INITIAL", 10)]
    return [] if is_same_day else None


def birth_date_reasons(born: str, wanted: date | None, *, expand: bool) -> list[tuple[str, int]] | None:
    if wanted is None:
        return []
    if born == wanted.isoformat():
        return [("BIRTH_DATE", 30)]
    is_near = expand and years_from(wanted, -1) <= born <= years_from(wanted, 1)
    return [("BIRTH_DATE_WITHIN_A_YEAR", 15)] if is_near else None


def is_excluded(search: dict[str, Any], sex: str, race: str) -> bool:
    is_other_sex = search["sex"] in {"F", "M"} and sex not in {search["sex"], "U"}
    return is_other_sex or (search["race"], race) in {("B", "W"), ("W", "B")}


def match(key: Any, search: dict[str, Any], *, swapped: bool) -> tuple[int, list[str]] | None:
    """Score and reasons of one name in the file; None if it does not match."""
    is_alias, name, first, born, sex, race = key
    wanted = [normalized(search["surname"]), normalized(search["given"] or "")]
    is_initial = len(wanted[1]) == 1
    surname, given = reversed(wanted) if swapped else wanted
    is_same_day = search["birth_date"] is not None and born == search["birth_date"].isoformat() and not swapped
    parts = (
        surname_reasons(name, surname),
        given_reasons(first, given, is_initial=is_initial, is_same_day=is_same_day),
        birth_date_reasons(born, search["birth_date"], expand=search["expand"]),
        [("ALIAS", -5)] if is_alias else [],
        [("NAMES_SWAPPED", -5)] if swapped else [],
    )
    if is_excluded(search, sex, race) or None in parts:
        return None
    agreed = [each for part in parts for each in part or ()]
    return sum(points for _, points in agreed), [reason for reason, _ in agreed]


def expected(people: InlineSource, search: dict[str, Any], hidden: str = "0") -> dict[str, tuple[int, list[list[str]]]]:
    """Best score of each person who matches, best first and then as entered, and all sets of reasons that give it."""
    found: dict[str, tuple[int, list[list[str]]]] = {}
    entered: dict[str, int] = {}
    for rowid, number, *key in people.rows(
        "SELECT person.rowid, person.id, is_alias, name_key.surname, name_key.given, name_key.birth_date,"
        " name_key.sex, name_key.race"
        f" FROM name_key JOIN person ON person.rowid = name_key.person WHERE NOT ({hidden})"
    ):
        entered[number] = rowid
        for swapped in (False, True) if search["given"] else (False,):
            agreed = match(key, search, swapped=swapped)
            if agreed is None:
                continue
            score, why = agreed
            best, reasons = found.get(number, (0, []))
            if score > best:
                found[number] = (score, [why])
            elif score == best:
                reasons.append(why)
    return dict(sorted(found.items(), key=lambda item: (-item[1][0], entered[item[0]])))


@pytest.fixture(scope="session")
def names(people: InlineSource) -> list[Any]:
    return people.rows("SELECT surname, given, birth_date, sex, race FROM name_key")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_search_finds_and_ranks_what_the_rules_say(
    people: InlineSource, names: Any, find_all: Any, data: Any
) -> None:
    surname, given_name, born, sex, race = data.draw(st.sampled_from(names))
    text = st.sampled_from(["", "S", "Z", "'", "-x", "é"])
    surname = data.draw(st.sampled_from([surname, surname.title(), surname[:-1] or surname, given_name])) + data.draw(
        text
    )
    given_name = data.draw(st.sampled_from([None, given_name, given_name.lower(), given_name[0], surname, "Zoë"]))
    day = date.fromisoformat(born) + timedelta(days=data.draw(st.sampled_from([0, 0, 1, -200, 366])))
    search = terms(
        surname,
        given_name,
        data.draw(st.sampled_from([None, day])),
        expand=data.draw(st.booleans()),
        sex=data.draw(st.sampled_from([None, sex, "F", "M", "U"])),
        race=data.draw(st.sampled_from([None, race, "B", "W", "A", "U"])),
    )

    edges, totals = find_all(search, data.draw(st.sampled_from([1, 2, 3, 7, 100])))

    right = expected(people, search)
    assert [(number(edge), edge["score"]) for edge in edges] == [(who, best) for who, (best, _) in right.items()]
    assert totals == {len(right)}
    for edge in edges:
        assert edge["why"] in right[number(edge)][1]


@pytest.mark.parametrize("first", [1, 2, 10, 100])
def test_pages_together_are_the_one_big_set_without_repeats_or_gaps(
    people: InlineSource, find_all: Any, first: int
) -> None:
    ((surname, count),) = people.rows("SELECT surname, count(*) FROM person GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1")
    edges, totals = find_all(terms(surname), first)
    numbers = [number(edge) for edge in edges]

    assert len(numbers) == len(set(numbers)) >= count > 10
    assert totals == {len(numbers)}
    assert numbers == [number(edge) for edge in find_all(terms(surname), 37)[0]]


def test_the_page_after_the_last_hit_is_empty_and_still_counts_all(people: InlineSource, find: Find) -> None:
    ((surname,),) = people.rows("SELECT surname FROM person ORDER BY 1 LIMIT 1")
    whole = find(terms(surname))
    beyond = find(terms(surname), 5, whole.edges[-1]["position"])

    assert (beyond.edges, beyond.total, beyond.has_next) == ([], whole.total, False)


def test_a_birth_date_outweighs_a_given_name_unless_names_are_swapped(people: InlineSource, find: Find) -> None:
    ((surname, given_name, born),) = people.rows(
        "SELECT surname, given, birth_date FROM name_key WHERE surname_sound <> given_sound LIMIT 1"
    )
    day = date.fromisoformat(born)

    assert find(terms(surname, "Xyzzyquux", day)).total == 1
    assert find(terms(given_name, surname, day)).edges[0]["why"][-1] == "NAMES_SWAPPED"
    assert find(terms(given_name, "Xyzzyquux", day)).total == 0


def test_a_search_without_a_match_is_an_empty_page(find: Find) -> None:
    assert find(terms("Xyzzyquux")) == FoundPage([], 0, False, set(), [])


@pytest.mark.parametrize(
    ("scope", "hidden"),
    [
        ("user", "person.subject_user IS '{}'"),
        ("surname", "person.subject_surname = '{}'"),
        ("ori", "person.subject_ori IS '{}'"),
    ],
)
@pytest.mark.parametrize("sees_related", [False, True])
def test_only_the_own_record_is_in_neither_hits_nor_totals(
    people: InlineSource, find_all: Any, scope: str, hidden: str, sees_related: bool
) -> None:
    # A person with an alias, so that the alias must not give them away.
    ((surname, own_surname, user, ori),) = people.rows(
        "SELECT surname, subject_surname, coalesce(subject_user, 'u-1'), coalesce(subject_ori, 'CA0000000') FROM person"
        f" WHERE {'1' if scope == 'surname' else f'subject_{scope} IS NOT NULL'} ORDER BY surname LIMIT 1"
    )
    value = {"user": user, "surname": own_surname, "ori": ori}[scope]
    edges, totals = find_all(terms(surname), 3, sees_related=sees_related, **{scope: value})
    unseen = hidden.format(value) if scope == "user" else "0"
    related = {id for (id,) in people.rows(f"SELECT id FROM person WHERE {hidden.format(value)}")}
    right = expected(people, terms(surname), unseen)

    withheld = set() if sees_related else related & set(right)

    assert [number(edge) for edge in edges] == [None if each in withheld else each for each in right]
    assert totals == {len(right)}
    assert related & set(expected(people, terms(surname)))


def test_the_callers_own_record_among_the_matches_is_flagged(people: InlineSource, find: Find) -> None:
    ((surname, user),) = people.rows("SELECT surname, subject_user FROM person WHERE subject_user IS NOT NULL LIMIT 1")

    assert find(terms(surname), user=user).flags == {"OWN_RECORD"}
    assert find(terms(surname)).flags == set()
    assert find(terms("Xyzzyquux"), user=user).flags == set()


@pytest.mark.parametrize("born", [date(1, 1, 1), date(9999, 12, 31), date(2000, 2, 29)])
def test_every_birth_date_can_be_expanded(find: Find, born: date) -> None:
    assert find(terms("Xyzzyquux", born=born, expand=True)).edges == []


def test_a_score_of_one_hundred_is_all_of_it() -> None:
    best = {}
    for name, points, _ in CRITERIA:
        group = name.split("_")[0]
        best[group] = max(best.get(group, 0), points)

    assert sum(points for points in best.values() if points > 0) == 100


@pytest.mark.parametrize(
    "search",
    [
        terms("Garcia"),
        terms("Garcia", "Maria"),
        terms("Garcia", "M"),
        terms("Garcia", born=date(1980, 5, 5)),
        terms("Garcia", "Maria", date(1980, 5, 5), expand=True, sex="F", race="W"),
    ],
    ids=str,
)
def test_a_search_runs_on_the_covering_index_and_reads_no_table_whole(
    people: InlineSource, grant: MakeGrant, search: Any
) -> None:
    page = Page(20, (70, 3), b"", CURSORS)
    plan = query_plan(people.connection, statement(NameSearch(**search, page=page), granted(["id"]), grant()))

    steps = [step for step in plan if "name_key" in step]
    assert len(steps) == (2 if search["given"] else 1)
    by = "surname_sound=? AND birth_date>? AND birth_date<?" if search["birth_date"] else "surname_sound=?"
    if not search["given"]:  # a common surname is many rows, and they come grouped by person
        assert "USE TEMP B-TREE FOR GROUP BY" not in plan
    assert set(steps) == {f"SEARCH name_key USING COVERING INDEX by_sound ({by})"}
    assert [step for step in plan if "person" in step.split()] == [
        "SEARCH person USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN"
    ]


def test_the_seed_wrote_the_forms_that_a_search_compares(people: InlineSource) -> None:
    for surname, surname_sound, given_name, given_sound in people.rows(
        "SELECT surname, surname_sound, given, given_sound FROM name_key"
    ):
        assert (normalized(surname), phonetic_code(surname)) == (surname, surname_sound)
        assert (normalized(given_name), phonetic_code(given_name)) == (given_name, given_sound)
