"""The list of abbreviations of names."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from rapidfuzz.distance import DamerauLevenshtein

from names.abbreviations import Field, other_wordings

DATA = tomllib.loads(files("names").joinpath("data/abbreviations.toml").read_text("utf-8"))
LISTED = [(field, name, form) for field in DATA for name, forms in DATA[field].items() for form in forms.split()]


def test_no_abbreviation_is_listed_that_is_one_slip_of_a_key() -> None:
    assert [form for _, name, form in LISTED if DamerauLevenshtein.distance(form, name) < 2] == []


def test_each_abbreviation_is_of_one_name() -> None:
    listed = [(field, form) for field, _, form in LISTED]

    assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("words", "field", "wordings"),
    [
        (["HDEZ", "RUIZ"], "surnames", [["HERNANDEZ", "RUIZ"]]),
        (["MA", "TERESA"], "given", [["MARIA", "TERESA"]]),
        (["MARIA", "FCO"], "given", [["MARIA", "FRANCISCO"], ["MA", "FCO"]]),
        (["MA"], "given", []),
        (["MA"], "surnames", []),
    ],
)
def test_words_are_put_in_full_and_abbreviated(words: list[str], field: Field, wordings: list[list[str]]) -> None:
    assert list(other_wordings(words, field)) == wordings
