"""Planted rows: what one source holds about the planted person, so that each of its guarded fields has a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

SUBJECT_COLUMNS = {"subject_surname": "VANTERPOOL", "subject_user": None, "subject_ori": None}
"""She is the subject of a row."""

Row = tuple[str, dict[str, Any]]
"""A table, and the columns of a row that is added to it."""


class Changed(NamedTuple):
    """New values of the rows of a demonstration world that meet a condition."""

    table: str
    condition: str
    columns: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Planted:
    """One source's part. A module here has the name of the source, and one of these as PLANTED.

    values:      of each leaf field for a caller with full access, by coordinate: a second opinion, by hand.
    member_paths: the root, with its arguments, that leads to a value of each member of a union, by the member's name.
    entry_paths: arguments that lead to her or her records, for each of the source's roots; the first ones to her alone.
    """

    changed: Sequence[Changed]
    added: Sequence[Row]
    values: Mapping[str, Any]
    entry_paths: Mapping[str, Sequence[str]]
    member_paths: Mapping[str, str] = field(default_factory=dict)
