"""A table of things in a PostgreSQL database, and requests for them."""

from __future__ import annotations

from typing import Any

import asyncpg
from sqlalchemy import MetaData, Select, Text, func, literal, select

from resolvers.columns import number, record_table, text
from sources.request import Request
from sources.sql.json import ROW, JsonRow, ShownCells
from sources.sql.query import Frame, SelectQuery

METADATA = MetaData()
THING = record_table("thing", METADATA, number("name"), *text("value"), has_demonstrations=False)
VALUE, NOTHING = THING.c.value, literal(None, Text)


class AllThings(Frame):
    """All things."""

    def select(self) -> Select[Any]:
        return select(JsonRow(THING.c.name, ShownCells()).label(ROW)).order_by(THING.c.name)


class SlowThings(Frame):
    """A statement that takes an hour."""

    def select(self) -> Select[Any]:
        return select(JsonRow(func.pg_sleep(3_600), ShownCells()).label(ROW))


class Value:
    def cells(self) -> tuple[Any, ...]:
        return (VALUE,)


class Nothing:
    def cells(self) -> tuple[Any, ...]:
        return (NOTHING,)


THINGS = Request(SelectQuery(AllThings(), Value()), {})
SLOW = Request(SelectQuery(SlowThings(), Nothing()), {})


async def create_things(url: str) -> None:
    """One thing, whose value is "first"."""
    connection = await asyncpg.connect(url)
    await connection.execute("DROP TABLE IF EXISTS thing")
    await connection.execute("CREATE TABLE thing (name TEXT PRIMARY KEY, value TEXT)")
    await connection.execute("INSERT INTO thing VALUES ('one', 'first')")
    await connection.close()
