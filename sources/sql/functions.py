"""Functions that the dialects write in different ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Boolean, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def write_as(element: type[FunctionElement[Any]], **templates: str) -> None:
    """Write a function by a template for each dialect: `sqlite` and `postgresql`.

    {0} and {1} are its arguments, and {all} is all of them with commas.
    """
    for dialect, template in templates.items():
        compiles(element, dialect)(_writer(template))


def _writer(template: str) -> Callable[..., str]:
    def write(element: FunctionElement[Any], compiler: Any, **options: Any) -> str:
        arguments = [compiler.process(each, **options) for each in element.clauses]
        return template.format(*arguments, all=", ".join(arguments))

    return write


class Ending(FunctionElement[str]):
    """The last characters of a text: of (text, number of them)."""

    type = Text()
    inherit_cache = True


class WithoutIndex(FunctionElement[Any]):
    """A column as it is, by which SQLite chooses no index: another one has the order of the rows."""

    inherit_cache = True


class RowCondition(FunctionElement[bool]):
    """A condition on rows that are found by a key: of (condition, key).

    For a condition that names a table alone, SQLite 3.40 makes a Bloom filter of the keys of a table with few rows. For
    an index of an expression this filter is wrong: no row is found. So the condition names the key too, which is never
    null.
    """

    type = Boolean()
    inherit_cache = True


write_as(RowCondition, sqlite="CASE WHEN {0} THEN {1} IS NOT NULL END", postgresql="({0})")
write_as(Ending, sqlite="substr({0}, -{1})", postgresql="right({all})")
write_as(WithoutIndex, sqlite="+{0}", postgresql="{0}")
