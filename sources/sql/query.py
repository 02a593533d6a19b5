"""Query: the shape of a request, rendered as SQL once for each dialect."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Column, ColumnElement, Select

from sources.sql.dialects import Dialect
from sources.sql.json import SHOWN, cell_sql, one_cell


@dataclass(frozen=True, slots=True)
class Sql:
    """A statement, and the names of its parameters in order of their numbers; empty if they are named in it."""

    text: str
    names: tuple[str, ...] = ()


class Query(ABC):
    """The shape of a request: which tables, columns and conditions, and no value. Equal queries have equal SQL."""

    __slots__ = ()

    @abstractmethod
    def sql(self, dialect: Dialect) -> Sql:
        """A statement of one cell: all its rows as JSON, a list of lists. Use `sql_of`, which renders it once."""


class Frame(ABC):
    """A query without the columns that it shows: there are few frames, and to compile one takes long."""

    __slots__ = ()

    @property
    def key(self) -> Column[Any] | None:
        """The column by whose values it looks up rows; None for a query of another kind."""
        return None

    @abstractmethod
    def select(self) -> Select[Any]:
        """A select of one column, `ROW`: a `JsonRow` whose last cell is `ShownCells`."""


class Shown(Protocol):
    """The columns that a query shows. It is hashable."""

    def cells(self) -> Sequence[ColumnElement[Any]]:
        """Their expressions; the same objects for the same columns."""


@dataclass(frozen=True, slots=True)
class SelectQuery(Query):
    """A query by expressions that every dialect renders."""

    frame: Frame
    shown: Shown

    def sql(self, dialect: Dialect) -> Sql:
        shown = "".join(f", {cell_sql(each, dialect)}" for each in self.shown.cells())
        return Sql(*dialect.numbered(_frame_sql(self.frame, dialect).replace(f", {SHOWN}", shown)))


@lru_cache(maxsize=4096)
def sql_of(query: Query, dialect: Dialect) -> Sql:
    """The SQL of a query in a dialect, rendered once."""
    return query.sql(dialect)


@lru_cache(maxsize=1024)
def _frame_sql(frame: Frame, dialect: Dialect) -> str:
    return str(one_cell(frame.select()).compile(dialect=dialect))
