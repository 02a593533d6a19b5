"""Catalogue of the record systems: the built-in ones, then those of installed distributions, by entry point."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final

from resolvers import (
    accidents,
    alerts,
    biometrics,
    criminal_history,
    firearms,
    journal,
    missing_persons,
    persons,
    property,
    protective_orders,
    subject_columns,
    supervision,
    vehicles,
    warrants,
)
from resolvers.columns import DEMONSTRATION
from resolvers.errors import InvalidSource
from resolvers.numbers.compact_text import compact
from resolvers.source_spec import SourceSpec
from sources.source import Source
from sources.sqlite.pool import WorkerPool
from sources.sqlite.source import SqliteSource

GROUP: Final = "needtoknow.sources"
"""The group of entry points that name a SourceSpec, such as "agency_missing.resolvers:SPEC"."""
BUILT_IN: Final = (
    persons.SPEC,
    vehicles.SPEC,
    warrants.SPEC,
    protective_orders.SPEC,
    criminal_history.SPEC,
    biometrics.SPEC,
    missing_persons.SPEC,
    firearms.SPEC,
    property.SPEC,
    alerts.SPEC,
    accidents.SPEC,
    supervision.SPEC,
)


def catalogue(points: Iterable[EntryPoint]) -> tuple[SourceSpec, ...]:
    """The built-in sources and those of these entry points, in order of name.

    Raises: InvalidSource if one does not load, or has a name that another source has too.
    """
    specs = (*BUILT_IN, *(_loaded(each) for each in sorted(points, key=lambda each: each.name)))
    invalid = next(_faults(specs), None)
    if invalid:
        raise InvalidSource(invalid)
    return specs


def _loaded(point: EntryPoint) -> SourceSpec:
    try:
        spec = point.load()
    except Exception as error:
        raise InvalidSource(f"{_origin(point)} cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(spec, SourceSpec):
        raise InvalidSource(f"{_origin(point)} is no SourceSpec.")
    return spec


def _origin(point: EntryPoint) -> str:
    distribution = f" of {point.dist.name}" if point.dist else ""
    return f"The source {point.name}{distribution}, {point.value},"


def _faults(specs: tuple[SourceSpec, ...]) -> Iterator[str]:
    """Sentences that say what is wrong with names: each is written to the journal, or tells what is meant."""
    for spec in specs:
        if not re.fullmatch("[a-z][a-z0-9_]{0,62}", spec.name):
            yield f"The source {spec.name!r} must have a name of small letters, digits and _."
        if any(fetch.source != spec.name for fetch in spec.fetches):
            yield f"The source {spec.name} has a fetch of another source."
        for table in spec.tables:
            if table.marked is None and DEMONSTRATION not in table.stored.c:
                yield f"The table {table.name} needs the column {DEMONSTRATION}: make it with record_table."
    names: dict[str, Callable[[SourceSpec], Iterable[str]]] = {
        "source": lambda spec: [spec.name],
        "table": lambda spec: {table.name for table in spec.tables},
        "record kind": lambda spec: [kind.name for kind in spec.record_kinds],
        "fetch": lambda spec: [fetch.name for fetch in spec.fetches],
    }
    for noun, names_of in names.items():
        counts = Counter(name for spec in specs for name in names_of(spec))
        counts[journal.SOURCE] += 1
        yield from (f"Two sources have the {noun} name {name}." for name, count in counts.items() if count > 1)


SPECS: Final = catalogue(entry_points(group=GROUP))
_SPEC_BY_NAME: Final = {spec.name: spec for spec in SPECS}
NAMES: Final[tuple[str, ...]] = tuple(_SPEC_BY_NAME)
TABLES: Final = tuple(table for spec in SPECS for table in spec.tables)
FETCHES: Final = tuple(fetch for spec in SPECS for fetch in spec.fetches)
EMPTY_SCOPES: Final = {spec.name: spec.empty_scope for spec in SPECS}
RECORD_KINDS: Final = tuple(kind for spec in SPECS for kind in spec.record_kinds)
FOLDS: Final[dict[str, Any]] = {table.name: subject_columns.FOLDS for table in TABLES if table.has_subject}
"""The folded form of the columns that rules compare with the caller, by table."""


def spec_of(name: str) -> SourceSpec:
    """The specification of a source. Raises: KeyError."""
    return _SPEC_BY_NAME[name]


def record_id(text: str) -> str | None:
    """A record id from a number in any spelling, with or without its kind: "persons/P0000001". None if it is none.

    A number alone is of the first kind that has numbers of its form.
    """
    name, _, number = text.strip().rpartition("/")
    number = compact(number) or ""
    kinds = [kind for kind in (*RECORD_KINDS, journal.INQUIRY) if name in {"", kind.name}]
    return next((found for kind in kinds if (found := kind.id(number) or kind.id(number.lower()))), None)


def open_file(name: str, file: Path, *, connections: int, deadline_s: float, pool: WorkerPool | None = None) -> Source:
    """A source in an SQLite file. It is not opened before its first use."""
    return SqliteSource(
        name, file, connections=connections, deadline_s=deadline_s, pool=pool, functions=subject_columns.SQL_FUNCTIONS
    )


def open_sources(folder: Path, *, connections: int, deadline_s: float) -> dict[str, Source]:
    """Each source over its own file in a data folder, by name."""
    pool = WorkerPool()
    return {
        name: open_file(name, folder / f"{name}.db", connections=connections, deadline_s=deadline_s, pool=pool)
        for name in NAMES
    }
