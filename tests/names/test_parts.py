"""Parts of a name: particles, halves, suffixes, and a whole name on one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from names.parts import canonical, parse_given, parse_surname, split_line


@pytest.mark.parametrize(
    ("name", "whole", "parts", "suffix"),
    [
        ("de la Cruz", "DELACRUZ", ["CRUZ"], ""),
        ("Garcia-Marquez", "GARCIAMARQUEZ", ["GARCIA", "MARQUEZ"], ""),
        ("García y López", "GARCIAYLOPEZ", ["GARCIA", "LOPEZ", "YLOPEZ"], ""),
        ("O'Brien", "OBRIEN", [], ""),
        ("O Brien", "OBRIEN", [], ""),
        ("St. John", "STJOHN", [], ""),
        ("Greenhalgh Jr.", "GREENHALGH", [], "JR"),
        ("Al-Masri", "ALMASRI", ["MASRI"], ""),
        ("van der Berg III", "VANDERBERG", ["BERG"], "III"),
        ("Jr", "JR", [], ""),
        ("La", "LA", [], ""),
    ],
)
def test_a_surname_has_its_parts(name: str, whole: str, parts: list[str], suffix: str) -> None:
    parsed = parse_surname(name)

    assert (parsed.whole[0], [part[0] for part in parsed.parts], parsed.suffix) == (whole, parts, suffix)


def test_given_names_are_compared_together_and_each() -> None:
    parsed = parse_given("José Luis Jr")

    assert (parsed.whole, parsed.parts, parsed.suffix) == (("JOSELUIS",), (("JOSE",), ("LUIS",)), "JR")
    assert parse_given("J.").is_initial
    assert not parse_given("Jo").is_initial


@pytest.mark.parametrize("name", ["J", "J.", "J. P.", "JP", "AJ", "T.J.", "J R R", "x1", "P0000001"])
def test_single_letters_and_two_without_a_syllable_are_initials(name: str) -> None:
    assert parse_given(name).is_initials


@pytest.mark.parametrize("name", ["Jo", "Al", "Ty", "John P", "J. Robert", "Wm", "", "5"])
def test_other_given_names_are_no_initials(name: str) -> None:
    assert not parse_given(name).is_initials


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("Whitfield-Moore", {"MOOREWHITFIELD"}),
        ("Ortega y Vega", {"YVEGAORTEGA", "ORTEGAVEGA"}),
        ("van der Berg", set()),
        ("Mtz", {"MARTINEZ"}),
        ("Sta. Maria", {"SANTAMARIA", "MARIASTA"}),
        ("Ma", set()),
    ],
)
def test_a_surname_has_other_wordings(name: str, others: set[str]) -> None:
    assert set(parse_surname(name).others) == others


def test_given_names_have_other_wordings() -> None:
    assert set(parse_given("Ma. del Carmen").others) == {"MARIADELCARMEN", "MACARMEN", "MARIACARMEN"}
    assert set(parse_given("William").others) == {"WM", "WILLM"}
    assert parse_given("Ma").others == ()


@pytest.mark.parametrize(
    ("line", "surname", "given_names"),
    [
        ("Castellanaro, Michael", "Castellanaro", " Michael"),
        ("Castellanaro", "Castellanaro", ""),
        ("Greenhalgh, Jr.", "Greenhalgh, Jr.", ""),
        (", Michael", " Michael", ""),
        ("Castellanaro,", "Castellanaro,", ""),
    ],
)
def test_a_comma_separates_the_given_names(line: str, surname: str, given_names: str) -> None:
    assert split_line(line) == (surname, given_names)


def test_prefixes_have_one_form() -> None:
    assert canonical("MACDONALD") == canonical("MCDONALD") == "MCDONALD"
    assert canonical("SAINTJOHN") == canonical("STJOHN") == "STJOHN"
    assert canonical("MACIAS") == "MACIAS"
    assert canonical("STEWART") == "STEWART"


@given(st.text(max_size=100))
def test_any_text_has_parts_that_are_letters(text: str) -> None:
    for parsed in (parse_surname(text), parse_given(text)):
        for spelling in (*parsed.whole, *(spelling for part in parsed.parts for spelling in part)):
            assert spelling.isalpha()
            assert spelling.isascii()
