"""JSON that a database makes and reads: a statement returns one cell, and takes lists as parameters.

The cell is all its rows as a list of lists. SQLite releases and takes the interpreter lock for every row of a result:
docs/decisions/0008.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, TableValuedAlias, Text, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from sources.sql.dialects import Dialect, SqliteDialect
from sources.sql.functions import write_as

ROW = "cells"
"""Name of the one column of a select that `one_cell` takes."""
SHOWN = "{shown}"
"""Stands in the text of a frame for the cells of `ShownCells`."""


class JsonArray(FunctionElement[Any]):
    """A JSON array of cells, as a part of another one."""

    inherit_cache = True


class JsonRow(FunctionElement[str]):
    """A row: the text of a JSON array of its cells."""

    type = Text()
    inherit_cache = True


class ShownCells(FunctionElement[Any]):
    """The last cell of a `JsonRow`: all columns that a query shows, which are rendered apart."""

    inherit_cache = True


class JsonObjects(FunctionElement[str]):
    """Aggregate: the text of a JSON array of objects, whose names and cells are given in turn."""

    type = Text()
    inherit_cache = True


class _JoinedRows(FunctionElement[str]):
    """Aggregate: texts joined by commas; empty if there are none."""

    type = Text()
    inherit_cache = True


class _Items(FunctionElement[Any]):
    """The items of a parameter that is the text of a JSON array, as a table with the column `value`."""

    name = "items"
    inherit_cache = True


class Item(FunctionElement[Any]):
    """An item of `items`, or with an index a cell of it, if the items are arrays. It has the type that is given."""

    inherit_cache = True

    def __init__(self, items: TableValuedAlias, index: int | None = None, type_: Any = Text) -> None:
        super().__init__(items.c.value, *(() if index is None else (literal_column(str(index), Integer),)))
        self.type = type_()


def items(parameter: BindParameter[Any], name: str) -> TableValuedAlias:
    """A table of the items of a JSON array, which is the text of a parameter."""
    return _Items(parameter).table_valued("value", name=name)


def one_cell(rows: Select[Any]) -> Select[Any]:
    """The statement of one cell for a select whose one column, ROW, is a `JsonRow`."""
    found = rows.subquery("found")
    opening, closing = literal_column("'['", Text), literal_column("']'", Text)
    return select(opening + _JoinedRows(found.c[ROW]) + closing)


@lru_cache(maxsize=4096)
def cell_sql(cell: ColumnElement[Any], dialect: Dialect) -> str:
    """The SQL of one cell of a `JsonRow`, compiled by itself and once."""
    sql = str(cell.compile(dialect=dialect))
    return lenient_cell(sql) if isinstance(dialect, SqliteDialect) and dialect.is_lenient else sql


def lenient_cell(sql: str) -> str:
    """SQLite's SQL of a value that JSON can hold: a BLOB and an infinite number become text."""
    return f"CASE WHEN typeof({sql}) = 'blob' OR {sql} IN (9e999, -9e999) THEN CAST({sql} AS TEXT) ELSE {sql} END"


@compiles(ShownCells)
def _shown(_element: ShownCells, _compiler: Any, **_options: Any) -> str:
    return SHOWN


def _arguments(element: FunctionElement[Any], compiler: Any, options: Any) -> Iterator[str]:
    return (compiler.process(each, **options) for each in element.clauses)


def _cells(element: FunctionElement[Any], compiler: Any, options: Any) -> str:
    cells = _arguments(element, compiler, options)
    dialect: SqliteDialect = compiler.dialect
    return ", ".join(lenient_cell(each) if dialect.is_lenient and each != SHOWN else each for each in cells)


@compiles(JsonArray, "sqlite")
@compiles(JsonRow, "sqlite")
def _sqlite_row(element: FunctionElement[Any], compiler: Any, **options: Any) -> str:
    return f"json_array({_cells(element, compiler, options)})"


write_as(JsonArray, postgresql="json_build_array({all})")
write_as(JsonRow, postgresql="CAST(json_build_array({all}) AS TEXT)")


@compiles(JsonObjects, "sqlite")
def _sqlite_objects(element: JsonObjects, compiler: Any, **options: Any) -> str:
    parts = [*_arguments(element, compiler, options)]
    parts[1::2] = map(lenient_cell, parts[1::2])
    # As text: whether JSON from a subquery is still JSON depends on the version of SQLite.
    return f"json_group_array(json_object({', '.join(parts)})) || ''"


write_as(JsonObjects, postgresql="CAST(coalesce(json_agg(json_build_object({all})), '[]') AS TEXT)")
# SQLite limits the length of group_concat while it grows, and that of json_group_array only at its end. Both keep the
# order of the subquery, as `test_lists_are_in_the_order_of_their_table` holds.
write_as(_JoinedRows, sqlite="ifnull(group_concat({0}), '')", postgresql="coalesce(string_agg({0}, ','), '')")
write_as(_Items, sqlite="json_each({0})", postgresql="json_array_elements(CAST({0} AS JSON))")


@compiles(Item, "sqlite")
def _sqlite_item(element: Item, compiler: Any, **options: Any) -> str:
    return " ->> ".join(_arguments(element, compiler, options))


@compiles(Item, "postgresql")
def _postgres_item(element: Item, compiler: Any, **options: Any) -> str:
    value, *index = _arguments(element, compiler, options)
    text = f"{value} ->> {index[0]}" if index else f"{value} #>> '{{}}'"
    return f"CAST({text} AS BIGINT)" if isinstance(element.type, Integer) else f"({text})"
