"""Agreement of names that share a key, and disagreement of others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from names.agreement import Agreement, Kind, compare_given, compare_surnames
from names.keys import keys_for_given, keys_for_surname, keys_of
from names.parts import parse_given, parse_surname


def surnames(asked: str, stored: str) -> Agreement | None:
    """The agreement of two surnames, if they share a key."""
    one, other = parse_surname(asked), parse_surname(stored)
    return compare_surnames(one, other) if keys_for_surname(one) & keys_of(other) else None


def given_names(asked: str, stored: str) -> Agreement | None:
    one, other = parse_given(asked), parse_given(stored)
    return compare_given(one, other) if keys_for_given(one) & keys_of(other) else None


SURNAMES = [
    ("Mueller", "Müller", Kind.FORM),
    ("Muller", "Müller", Kind.LETTERS),
    ("Łukasik", "Lukasik", Kind.LETTERS),
    ("OBRIEN", "O'Brien", Kind.LETTERS),
    ("Delacruz", "de la Cruz", Kind.LETTERS),
    ("MacDonald", "McDonald", Kind.FORM),
    ("Saint John", "St. John", Kind.FORM),
    ("Al-Sayed", "El-Sayed", Kind.FORM),
    ("Smyth", "Smith", Kind.SOUND),
    ("Maier", "Meyer", Kind.SOUND),
    ("Kristofferson", "Christopherson", Kind.SOUND),
    ("Gadhafi", "Qaddafi", Kind.SOUND),
    ("Gracia", "Garcia", Kind.SOUND),
    ("Tsai", "Cai", Kind.ROMANIZATION),
    ("Hsu", "Xu", Kind.SOUND),
    ("Rhee", "Lee", Kind.ROMANIZATION),
    ("Featheringtin", "Featherington", Kind.SOUND),
    ("Thornquidt", "Thornquist", Kind.SLIP),
    ("Velasquez", "Vasquez", Kind.SLIP),
    ("Moore-Whitfield", "Whitfield Moore", Kind.FORM),
    ("Hdez", "Hernández", Kind.FORM),
    ("Mtz Ruiz", "Martínez Ruiz", Kind.FORM),
    ("Sta. Maria", "Santa María", Kind.FORM),
    ("Harutyunyan", "Arutyunian", Kind.SLIP),
    ("Hovsepyan", "Ovsepian", Kind.SLIP),
    ("Xasan", "Hassan", Kind.ROMANIZATION),
    ("Thibodeaux", "Tibodo", Kind.ROMANIZATION),
    ("Archambault", "Archambo", Kind.ROMANIZATION),
]


@pytest.mark.parametrize(("asked", "stored", "kind"), SURNAMES)
def test_surnames_agree_both_ways(asked: str, stored: str, kind: Kind) -> None:
    for agreed in (surnames(asked, stored), surnames(stored, asked)):
        assert agreed is not None
        assert (agreed.kind, agreed.is_part) == (kind, False)


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("Smith", "Schultz"),
        ("Moore", "Meyer"),
        ("Lee", "Lek"),
        ("Garcia", "Lopez"),
        ("Ng", "Li"),
        ("Arias", "Harris"),
        ("Andersson", "Henderson"),
        ("Xu", "Hu"),
        ("Diaz", "Mtz"),
        ("Garcia Ruiz", "Ruiz Lopez"),
    ],
)
def test_other_surnames_do_not_agree(asked: str, stored: str) -> None:
    assert surnames(asked, stored) is None


@pytest.mark.parametrize(
    ("asked", "stored", "kind"),
    [
        ("Maryann", "Mary Ann", Kind.LETTERS),
        ("Bill", "William", Kind.SHORT_FORM),
        ("Lupe", "Guadalupe", Kind.SHORT_FORM),
        ("Chuy", "Jesús", Kind.SHORT_FORM),
        ("Bob", "Robbie", Kind.SHORT_FORM),
        ("Sasha", "Aleksandr", Kind.SHORT_FORM),
        ("Dmitry", "Dmitri", Kind.SOUND),
        ("John", "J", Kind.INITIAL),
        ("Hsiao-ming", "Xiaoming", Kind.SOUND),
        ("Micheal", "Michael", Kind.SHORT_FORM),
        ("Dima", "Dmitri", Kind.SHORT_FORM),
        ("Dmitri", "Dima", Kind.SHORT_FORM),
        ("Ma. del Carmen", "María del Carmen", Kind.FORM),
        ("María del Carmen", "Ma. Carmen", Kind.FORM),
        ("Wm", "William", Kind.FORM),
        ("John Paul", "JP", Kind.INITIAL),
        ("J. P.", "JP", Kind.LETTERS),
    ],
)
def test_given_names_agree(asked: str, stored: str, kind: Kind) -> None:
    agreed = given_names(asked, stored)

    assert agreed is not None
    assert agreed.kind is kind


def test_a_short_form_of_the_same_name_is_less_close() -> None:
    direct, sibling = given_names("Bill", "William"), given_names("Liz", "Betty")

    assert direct is not None
    assert sibling is not None
    assert direct.closeness > sibling.closeness


def test_one_of_several_asked_names_is_a_part() -> None:
    assert surnames("Garcia Marquez", "Garcia") == Agreement(Kind.LETTERS, 100, is_part=True)
    assert given_names("Victor Ames", "Victor") == Agreement(Kind.LETTERS, 100, is_part=True)


def test_similar_names_agree_only_when_compared_loosely() -> None:
    asked, stored = parse_surname("Garsiyo"), parse_surname("Gartner")

    assert compare_surnames(asked, stored) is None
    agreed = compare_surnames(asked, stored, loosely=True)
    assert agreed is None or agreed.kind is Kind.SIMILAR


LETTERS = st.text("ABCDEFGHIJKLMNOPRSTUVWYZ", min_size=5, max_size=12)


@given(LETTERS, st.integers(0, 11), st.sampled_from("EKS"))
def test_a_name_with_one_slip_shares_a_key(name: str, at: int, letter: str) -> None:
    at %= len(name)
    slips = [name[:at] + name[at + 1 :], name[:at] + letter + name[at:], name[:at] + letter + name[at + 1 :]]
    if at + 1 < len(name):
        slips.append(name[:at] + name[at + 1] + name[at] + name[at + 2 :])

    for slip in slips:
        assert surnames(slip, name) is not None


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    surnames(one, other)
    given_names(one, other)
    assert all(len(key) < 200 for key in keys_of(parse_surname(one)))
