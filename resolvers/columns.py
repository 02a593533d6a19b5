"""Columns of record tables: the declarations from which statements and DDL are made, for every dialect."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, MetaData, Table, Text

# Texts compare by their bytes in every dialect: an index serves the beginning of a plate, and the order is the same.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


DEMONSTRATION = "is_demonstration"
"""The column that is 1 in the rows of demonstration people. Any other row is live, and is not read for training."""


def record_table(
    name: str, metadata: MetaData, *columns: Any, has_demonstrations: bool = True, **options: Any
) -> Table:
    """A table of a source, whose values have the types of their columns. `has_demonstrations`: it has DEMONSTRATION."""
    demonstration = optional_flags(DEMONSTRATION) if has_demonstrations else ()
    return Table(name, metadata, *columns, *demonstration, sqlite_strict=True, **options)


def text(names: str) -> list[Column[Any]]:
    """Columns of text without nulls; names are separated by spaces."""
    return [Column(name, TEXT, nullable=False) for name in names.split()]


def optional_text(names: str) -> list[Column[Any]]:
    """Columns of text that may be null: not known, or not applicable."""
    return [Column(name, TEXT) for name in names.split()]


def integers(names: str) -> list[Column[Any]]:
    """Columns of whole numbers without nulls."""
    return [Column(name, Integer, nullable=False) for name in names.split()]


def optional_integers(names: str) -> list[Column[Any]]:
    return [Column(name, Integer) for name in names.split()]


def flags(names: str) -> list[Column[Any]]:
    """Columns that are 0 or 1."""
    return [Column(name, Integer, CheckConstraint(f"{name} IN (0, 1)"), nullable=False) for name in names.split()]


def optional_flags(names: str) -> list[Column[Any]]:
    """Columns that are 0, 1, or null if it is not known."""
    return [Column(name, Integer, CheckConstraint(f"{name} IN (0, 1)")) for name in names.split()]


def number(name: str) -> Column[Any]:
    """The primary key, a text."""
    return Column(name, TEXT, primary_key=True)


def row_number(name: str) -> Column[Any]:
    """The primary key, a whole number that no field shows."""
    return Column(name, Integer, primary_key=True, autoincrement=False)


def reference(name: str, to: str, type_: Any = TEXT) -> Column[Any]:
    """A column that refers to another one, "person.id"."""
    return Column(name, type_, ForeignKey(to), nullable=False)


def address() -> list[Column[Any]]:
    """A residence, and whether it is confidential: VC 1808.4."""
    return [*optional_text("street city state postal_code"), *flags("is_confidential")]


def subject() -> list[Column[Any]]:
    """Whom a record is about: `resolvers.subject_columns`."""
    return [*text("subject_surname"), *optional_text("subject_user subject_ori")]
