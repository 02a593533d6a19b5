"""Search by name, compared with its rules in plain Python over every name in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resolvers import name_candidates
from resolvers.birth_dates import BirthDate
from resolvers.errors import RelatedSubject
from resolvers.name_candidates import Candidates, Match
from resolvers.name_search import NameSearch, by_name, request
from resolvers.paging import Page
from resolvers.persons import PERSON
from tests.resolvers.columns import granted
from tests.resolvers.conftest import MakeGrant
from tests.resolvers.name_rules import expected
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


def terms(
    surname: str, given: str | None = None, born: str | date | None = None, *, expand: bool = False, **more: Any
) -> dict[str, Any]:
    birth_date = BirthDate.parse(str(born), expand=expand) if born else None
    return {"surname": surname, "given": given, "birth_date": birth_date, "sex": None, "race": None, **more}


@pytest.fixture(scope="session")
def names(people: InlineSource) -> list[Any]:
    return people.rows("SELECT surname, given, birth_date, sex, race FROM name_key WHERE initial <> ''")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_search_finds_and_ranks_what_the_rules_say(
    people: InlineSource, names: Any, find_all: Any, data: Any
) -> None:
    surname, given_name, born, sex, race = data.draw(st.sampled_from(names))
    text = st.sampled_from(["", "S", "Z", "'", "-x", "é", " Garcia", " Jr"])
    surname = data.draw(st.sampled_from([surname, surname.title(), surname[:-1] or surname, surname[::-1], given_name]))
    surname += data.draw(text)
    given_name = data.draw(
        st.sampled_from(
            [None, given_name, given_name.lower(), given_name[0], surname, "Zoë", f"{given_name} Ann", "Bill", "J. P."]
        )
    )
    day = date.fromisoformat(born) + timedelta(days=data.draw(st.sampled_from([0, 0, 1, -200, 366, 3653])))
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
    assert [(number(edge), (edge["score"], edge["why"])) for edge in edges] == list(right.items())
    assert totals == {len(right)}


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
        "SELECT surname, given, birth_date FROM person WHERE surname = 'Castellanaro' LIMIT 1"
    )

    assert find(terms(surname, "Xyzzyquux", born)).total == 2
    assert find(terms(given_name, surname, born)).edges[0]["why"][-1] == "NAMES_SWAPPED"
    assert find(terms(given_name, "Xyzzyquux", born)).total == 0


def test_initials_find_given_names_by_their_first_letter(people: InlineSource, find: Find) -> None:
    ((surname, given_name),) = people.rows("SELECT surname, given FROM person WHERE length(given) > 5 LIMIT 1")
    initials = f"{given_name[0]}. X."

    by_initials, by_letter = find(terms(surname, initials)), find(terms(surname, given_name[0]))
    assert (by_initials.edges, by_initials.total) == (by_letter.edges, by_letter.total)
    assert given_name in {edge["node"][PERSON.layout["given"]] for edge in by_initials.edges}


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


@pytest.mark.parametrize("born", ["0001-01-01", "9999-12-31", "2000-02-29", "9999", "0001-01"])
def test_every_birth_date_can_be_expanded(find: Find, born: str) -> None:
    assert find(terms("Xyzzyquux", born=born, expand=True)).edges == []


SEARCHES = [
    terms("Garcia"),
    terms("Garcia", "Maria"),
    terms("Garcia", "M"),
    terms("Garcia", "M. J."),
    terms("Garcia", born="1980-05-05"),
    terms("Garcia", born="1980-05"),
    terms("Garcia", "Maria", "1980-05-05", expand=True, sex="F", race="W"),
]


@pytest.mark.parametrize("search", SEARCHES, ids=str)
def test_a_search_reads_no_table_whole(people: InlineSource, grant: MakeGrant, search: Any) -> None:
    match = Match("GARCIA", 40, 1, is_part=False)
    found = Candidates((match,), (match,), (match,), (match,), 1)
    page = Page(20, (70, 3), b"", CURSORS)
    day = search["birth_date"] and search["birth_date"].day
    names = name_candidates.request(search["surname"], search["given"], day)
    hits = request(NameSearch(**search, page=page), granted(["id"]), grant(), found)
    steps = [step for each in (names, hits) for step in query_plan(people.connection, each)]

    tables = [
        step
        for step in steps
        if step.split()[1:2] and step.split()[1] in {"name_key", "person", "surname_key", "given_key"}
    ]
    assert [step for step in tables if not step.startswith("SEARCH ")] == []
    assert {step for step in tables if step.startswith("SEARCH name_key")} <= {
        "SEARCH name_key USING PRIMARY KEY (surname=?)",
        "SEARCH name_key USING PRIMARY KEY (surname=? AND is_given_part=?)",
        "SEARCH name_key USING PRIMARY KEY (surname=? AND is_given_part=? AND given=?)",
        "SEARCH name_key USING PRIMARY KEY (surname=? AND is_given_part=? AND given=? AND birth_date=?)",
        "SEARCH name_key USING COVERING INDEX name_key_birth_date (birth_date=?)",
        "SEARCH name_key USING INDEX name_key_birth_date (birth_date=? AND surname=?)",
        "SEARCH name_key USING INDEX name_key_birth_date (birth_date=? AND surname=? AND is_given_part=?)",
    }
