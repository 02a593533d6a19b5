"""Concrete types of objects of abstract types."""

from __future__ import annotations

from engine.value_types import ValueTypes


def test_no_other_object_is_taken_for_one_that_has_left_the_response() -> None:
    """Python would give its identity to the next object."""
    types = ValueTypes()
    types.add({"name": "a"}, "Book")

    assert {types.of({"name": "a"}) for _ in range(100)} == {None}


def test_an_object_has_the_type_that_was_recorded_for_it() -> None:
    types, book, same = ValueTypes(), {"name": "a"}, {"name": "a"}
    types.add(book, "Book")

    assert (types.of(book), types.of(same)) == ("Book", None)
