"""Rows: a record as a mapping, however its source gave it."""

from __future__ import annotations

from typing import Any

from engine.declarations import Declared, Edge, Embedded, Layout, Read


def as_mapping(row: Any, layout: Layout | None) -> Any:
    """A row as a mapping. What is no list is left as it is."""
    if layout is None or row.__class__ is not list:
        return row
    return {name: row[place] for name, place in layout.items()}


def child_layout(declared: Declared | None, layout: Layout | None) -> Layout | None:
    """The layout of the rows that a field gives, if its parent's row has this one."""
    if isinstance(declared, Edge):
        return declared.fetches[0].layout
    if isinstance(declared, Read):
        return layout if isinstance(declared.read, Embedded) else declared.layout
    return None
