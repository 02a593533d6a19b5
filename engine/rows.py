"""Rows as mappings, whether their source gives mappings or lists."""

from __future__ import annotations

from typing import Any

from engine.declarations import Declaration, Edge, Embedded, Layout, Read


def as_mapping(row: Any, layout: Layout | None) -> Any:
    """A row as a mapping. A value that is no list is returned unchanged."""
    if layout is None or row.__class__ is not list:
        return row
    return {name: row[index] for name, index in layout.items()}


def value_layout(declaration: Declaration | None, row_layout: Layout | None) -> Layout | None:
    """The layout of the rows that a field gives, if its parent's row has this one."""
    if isinstance(declaration, Edge):
        return declaration.fetches[0].layout
    if isinstance(declaration, Read):
        return row_layout if isinstance(declaration.read, Embedded) else declaration.layout
    return None
