"""Functions that the dialects write in different ways."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class Ending(FunctionElement[str]):
    """The last characters of a text: of (text, number of them)."""

    type = Text()
    inherit_cache = True


class WithoutIndex(FunctionElement[Any]):
    """A column as it is, by which SQLite chooses no index: another one has the order of the rows."""

    inherit_cache = True


@compiles(Ending, "sqlite")
def _sqlite_ending(element: Ending, compiler: Any, **options: Any) -> str:
    text, length = (compiler.process(each, **options) for each in element.clauses)
    return f"substr({text}, -{length})"


@compiles(Ending, "postgresql")
def _postgres_ending(element: Ending, compiler: Any, **options: Any) -> str:
    return f"right({compiler.process(element.clauses, **options)})"


@compiles(WithoutIndex, "sqlite")
def _sqlite_without_index(element: WithoutIndex, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


@compiles(WithoutIndex, "postgresql")
def _postgres_without_index(element: WithoutIndex, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))
