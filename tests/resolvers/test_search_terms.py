"""Search terms: which searches an auditor finds by a name or number, and which not."""

from __future__ import annotations

import pytest

from resolvers.errors import InvalidSearch
from resolvers.search_terms import EXPANSIONS, SearchTerm, key_term, name_terms, vehicle_terms

REYES = "Reyes, Marisol"


def finds(kind: str, text: str, terms: object) -> bool:
    """Whether an auditor who asks for this finds a search of these terms."""
    return bool({*EXPANSIONS[kind](text)} & {*terms})  # type: ignore[misc]


@pytest.mark.parametrize(
    ("surname", "given", "asked", "is_found"),
    [
        ("Reyes", "Marisol", REYES, True),
        ("REYES ", "marisol", REYES, True),
        ("Reyes", None, REYES, True),
        ("Reyes", "M", REYES, True),
        ("Reyes", "Marisol Ana", REYES, True),
        ("Reyes", "Marisol", "Reyes, Marisol Ana", True),
        ("Marisol", "Reyes", REYES, True),
        ("Marisol Reyes", None, REYES, True),
        ("Reyes Marisol", None, REYES, True),
        ("Ann", "MacDonald", "MacDonald, Ann", True),
        ("Ann MacDonald", None, "MacDonald, Ann", True),
        ("MacDonald Ann", None, "MacDonald, Ann", True),
        ("Reyes", "Carlos", REYES, False),
        ("Reyes", "Carlos", "Reyes", True),
        ("Reyez", "Marisol", REYES, False),
        ("Müller", "Jürgen", "Mueller, Juergen", True),
        ("Mueller", None, "Müller", True),
        ("Muller", None, "Müller", True),
        ("Muller", None, "Mueller", False),
        ("O'Brien", "Pat", "OBrien, Pat", True),
        ("MacDonald", None, "McDonald, Ann", True),
        ("de la Cruz", "Ana", "Delacruz, Ana", True),
        ("Reyes Jr.", "Marisol", REYES, True),
    ],
)
def test_a_name_finds_the_searches_that_could_mean_the_person(
    surname: str, given: str | None, asked: str, *, is_found: bool
) -> None:
    assert finds("name", asked, name_terms(surname, given)) is is_found


def test_a_usual_name_has_two_terms() -> None:
    assert [*name_terms("Reyes", "Marisol")] == [("surname", "REYES"), ("name", "REYES,MARISOL")]


@pytest.mark.parametrize(
    ("asked", "start", "is_found"),
    [
        ("1-N00 001", "1N", True),
        ("1N00001", "1N00001", True),
        ("1N00001", "1N1", False),
        ("1N00001", "1N000012", False),
    ],
)
def test_a_plate_finds_the_searches_by_its_beginning(asked: str, start: str, *, is_found: bool) -> None:
    assert finds("plate", asked, vehicle_terms(start, None, None)) is is_found


def test_a_vin_finds_the_searches_by_its_parts() -> None:
    vin = "1HGCM82633A004352"

    assert finds("vin", vin, vehicle_terms(None, "1HGCM826", None))
    assert finds("vin", vin, vehicle_terms(None, None, "004352"))
    assert not finds("vin", vin, vehicle_terms(None, "1HGCM827", "004353"))
    assert finds("vin", vin.lower(), [key_term("vin", vin)])


def test_the_state_of_a_number_does_not_matter() -> None:
    assert key_term("license", ("NV", "Z0000001")) == SearchTerm("license", "Z0000001")
    assert finds("license", "z 000 0001", [key_term("license", ("NV", "Z0000001"))])
    assert finds("plate", "1N00001", [key_term("plate", ("OR", "1N00001"))])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("name", ""),
        ("name", " , "),
        ("name", "Рейес"),
        ("ssn", "12"),
        ("cii", "P0000001"),
        ("fbi", "A00000001"),
        ("plate", "!"),
        ("vin", "1HG"),
        ("license", "*"),
    ],
)
def test_text_that_is_no_such_name_or_number_is_refused(kind: str, text: str) -> None:
    with pytest.raises(InvalidSearch):
        list(EXPANSIONS[kind](text))
