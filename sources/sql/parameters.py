"""Parameters of statements, by name: their values are in the request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Text, bindparam, or_


def text_parameter(name: str) -> BindParameter[Any]:
    """A text, or the text of a JSON array."""
    return bindparam(name, type_=Text)


def number_parameter(name: str) -> BindParameter[Any]:
    """A whole number, or a boolean as 0 or 1."""
    return bindparam(name, type_=Integer)


def if_given(parameter: BindParameter[Any], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition that holds always if its parameter is null: with it or without it, the statement is the same."""
    return or_(parameter.is_(None), condition)
