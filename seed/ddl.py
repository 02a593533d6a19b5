"""DDL of a source, from the declarations of its tables: first the tables, and after the rows the indexes."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.schema import CreateIndex, CreateTable

from sources.sql.dialects import Dialect


def create_tables(metadata: MetaData, dialect: Dialect) -> list[str]:
    """A statement for each table, those that others refer to first."""
    return [str(CreateTable(each).compile(dialect=dialect)) for each in metadata.sorted_tables]


def create_indexes(metadata: MetaData, dialect: Dialect) -> list[str]:
    """A statement for each index, in a lasting order."""
    indexes = (each for table in metadata.sorted_tables for each in table.indexes)
    return sorted(str(CreateIndex(each).compile(dialect=dialect)) for each in indexes)
