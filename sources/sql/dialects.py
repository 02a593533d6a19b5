"""SQL dialects: how expressions of SQLAlchemy Core are rendered for each kind of database.

Only its expressions and its compiler are used: no engine, no connection and no session.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGCompiler_asyncpg, PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteDialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.selectable import Join


class _InlineConstants(SQLCompiler):
    """Constants are part of the text, so that a partial index or one of an expression fits; parameters are named."""

    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **options: Any) -> Any:
        if bindparam.required:
            return super().visit_bindparam(bindparam, *args, **options)  # type: ignore[no-untyped-call]
        return self.render_literal_bindparam(bindparam, **options)  # type: ignore[no-untyped-call]


class _SqliteCompiler(_InlineConstants, SQLiteCompiler):
    def visit_join(self, join: Join, *args: Any, **options: Any) -> Any:
        """SQLite never reorders a cross join: the keys come first, and a small table is not scanned instead."""
        if join.isouter:
            return super().visit_join(join, *args, **options)  # type: ignore[no-untyped-call]
        assert join.onclause is not None
        sides = (self.process(each, **{**options, "asfrom": True}) for each in (join.left, join.right))
        options.pop("asfrom", None)
        return f"{' CROSS JOIN '.join(sides)} ON {self.process(join.onclause, **options)}"

    def get_from_hint_text(self, table: object, text: str | None) -> str | None:
        """A hint is the index that gives the rows in their order."""
        return text


class _PostgresCompiler(_InlineConstants, PGCompiler_asyncpg):
    pass


class SqliteDialect(SQLiteDialect):
    """SQLite, with named parameters. `is_lenient`: values that JSON cannot hold become text."""

    statement_compiler = _SqliteCompiler
    supports_statement_cache = True

    def __init__(self, *, is_lenient: bool = False) -> None:
        super().__init__(paramstyle="named")
        self.is_lenient = is_lenient

    def numbered(self, text: str) -> tuple[str, tuple[str, ...]]:
        """A compiled text as it is sent, and no numbered parameters."""
        return text, ()


class PostgresDialect(PGDialect_asyncpg):
    """PostgreSQL, with parameters by number as asyncpg takes them."""

    statement_compiler = _PostgresCompiler
    supports_statement_cache = True

    def __init__(self) -> None:
        super().__init__(paramstyle="pyformat")  # type: ignore[no-untyped-call]

    def numbered(self, text: str) -> tuple[str, tuple[str, ...]]:
        """A compiled text as it is sent, and the names of its parameters in order of their numbers."""
        numbers = _Numbers()
        return text % numbers, tuple(numbers)


class _Numbers(dict[str, str]):
    """The number of each name, in order of its first use."""

    def __missing__(self, name: str) -> str:
        self[name] = f"${len(self) + 1}"
        return self[name]


SQLITE, SQLITE_LENIENT = SqliteDialect(), SqliteDialect(is_lenient=True)
POSTGRES = PostgresDialect()
Dialect = SqliteDialect | PostgresDialect
