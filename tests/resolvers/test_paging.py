"""Cursors reveal nothing, cannot be altered, and are valid only for their own search and caller."""

from __future__ import annotations

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import InvalidSearch
from resolvers.paging import LARGEST_PAGE, Cursors, Page

CURSORS = Cursors(bytes(32))
ABOUT = ("name", "demo-patrol", "GARCIA")
POSITION = (70, 123456)
CURSOR = Page.of(20, None, CURSORS, *ABOUT).cursor(POSITION)
ALPHABET = string.ascii_letters + string.digits + "-_"


@given(st.lists(st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])), max_size=3))
def test_a_page_starts_after_the_position_of_its_cursor(position: list[int | str]) -> None:
    cursor = Page.of(20, None, CURSORS, *ABOUT).cursor(position)

    assert Page.of(5, cursor, CURSORS, *ABOUT).after == tuple(position)


def test_a_cursor_is_encrypted_once_for_all_its_aliases(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed: list[object] = []
    seal = Cursors.seal

    def count(cursors: Cursors, position: tuple[int, ...], about: bytes) -> str:
        sealed.append(position)
        return seal(cursors, position, about)

    monkeypatch.setattr(Cursors, "seal", count)
    page = Page.of(20, None, CURSORS, *ABOUT)

    assert [page.cursor(POSITION), page.cursor(POSITION)] == [CURSOR, CURSOR]
    assert page.cursor((71, 123456)) != CURSOR
    assert sealed == [POSITION, (71, 123456)]


@pytest.mark.parametrize(
    "about", [("name", "demo-patrol", "SMITH"), ("name", "demo-jail", "GARCIA"), ("vehicles", "demo-patrol", "GARCIA")]
)
def test_a_cursor_of_another_search_or_caller_is_refused(about: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSearch):
        Page.of(20, CURSOR, CURSORS, *about)


def test_a_cursor_of_another_server_is_refused() -> None:
    with pytest.raises(InvalidSearch):
        Page.of(20, CURSOR, Cursors(b"\1" * 32), *ABOUT)


@pytest.mark.parametrize("place", range(len(CURSOR)))
def test_a_cursor_with_one_character_changed_is_refused(place: int) -> None:
    for letter in ALPHABET.replace(CURSOR[place], ""):
        with pytest.raises(InvalidSearch):
            Page.of(20, CURSOR[:place] + letter + CURSOR[place + 1 :], CURSORS, *ABOUT)


@pytest.mark.parametrize(
    "cursor",
    ["", "=", "A", "é", "\0", "null", CURSOR + "=", CURSOR + "\n", f" {CURSOR}", CURSOR[:-1], CURSOR * 2, "A" * 999],
)
def test_text_that_is_no_cursor_is_refused_and_not_repeated(cursor: str) -> None:
    with pytest.raises(InvalidSearch) as caught:
        Page.of(20, cursor, CURSORS, *ABOUT)

    assert str(caught.value) == "This cursor is not from this search: start again without it."


def test_a_cursor_hides_its_position_and_is_the_same_each_time() -> None:
    sealed = base64.urlsafe_b64decode(CURSOR + "=" * (-len(CURSOR) % 4))

    assert b"123456" not in sealed
    assert Page.of(20, None, CURSORS, *ABOUT).cursor(POSITION) == CURSOR


@pytest.mark.parametrize("first", [-1, 0, LARGEST_PAGE + 1, 10**9])
def test_a_page_has_from_one_to_a_hundred_hits(first: int) -> None:
    with pytest.raises(InvalidSearch, match="first must be from 1 to 100"):
        Page.of(first, None, CURSORS, *ABOUT)
