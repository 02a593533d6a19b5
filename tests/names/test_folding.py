"""Folding to the letters A to Z, and the refusal of other scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from names.folding import NotLatin, require_latin, spellings, upper


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Müller", ("MULLER", "MUELLER")),
        ("Łukasik", ("LUKASIK",)),
        ("Sørensen", ("SORENSEN", "SOERENSEN")),
        ("Åkesson", ("AKESSON", "AAKESSON")),
        ("Đorđević", ("DORDEVIC", "DJORDJEVIC")),
        ("Þórsson", ("THORSSON",)),
        ("Y\u0131ld\u0131z", ("YILDIZ",)),
        ("Œuvrard", ("OEUVRARD",)),
        ("Strauß", ("STRAUSS",)),
        ("Nguyễn", ("NGUYEN",)),
        ("\uff27\uff21\uff32\uff23\uff29\uff21", ("GARCIA",)),
        ("Mu\u0308ller", ("MULLER", "MUELLER")),
        ("...", ()),
    ],
)
def test_a_name_is_spelled_with_plain_letters(name: str, expected: tuple[str, ...]) -> None:
    assert spellings(upper(name)) == expected


@pytest.mark.parametrize("name", ["\u0421\u0430stellanaro", "Κώστας", "محمد", "王", "Иванов", "Gar\u0441ia"])
def test_letters_of_another_script_are_refused(name: str) -> None:
    with pytest.raises(NotLatin):
        require_latin(name)


@pytest.mark.parametrize("name", ["O\u2019Brien", "Ka\u02bbahumanu", "Nguyễn", "Þór", "St. John", "Xu-2", "José"])
def test_latin_letters_marks_and_signs_are_accepted(name: str) -> None:
    require_latin(name)


@given(st.text(max_size=30))
def test_any_text_folds_to_capitals_or_nothing(text: str) -> None:
    for spelling in spellings(upper(text)):
        assert spelling.isascii()
        assert spelling.isupper()
        assert spelling.isalpha()
