"""Any text, bytes or number in any cell of a record: its other fields, the other record and the source are answered."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.declarations import Derived, Embedded, Read
from schema.build import guarded_schema
from tests.harness import INVESTIGATION, World, running_app
from tests.operation_generator import selection

SCHEMA = guarded_schema()
ODD = ("", "null", "[", '["00", 1, null, {}]', "[[]]", r'["\ud800"]', "[NaN]", "0", "2026-02-30", b"\xed\xa0\x80")
VALUES = st.one_of(
    st.binary(max_size=12),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),  # SQLite stores null for it
    st.sampled_from(ODD),
)


class Kind(NamedTuple):
    """A kind of record: where its rows are, and the root field that finds one by its key."""

    source: str
    table: str
    key: str
    type_name: str
    root: str


KINDS = (
    Kind("persons", "person", "id", "Person", 'person(id: "{}")'),
    Kind("vehicles", "vehicle", "vin", "Vehicle", 'vehicle(by: {{vin: "{}"}})'),
    Kind("warrants", "warrant", "number", "Warrant", 'warrant(number: "{}")'),
    Kind("protective_orders", "protective_order", "number", "ProtectiveOrder", 'protectiveOrder(number: "{}")'),
)


class Change(NamedTuple):
    """A value for one cell, as text or as bytes in a text."""

    column: int
    value: Any
    is_text: bool


def fields_of(type_name: str, column: str) -> Iterator[str]:
    """The fields of a type that are made from a column. A derived field may be made from any."""
    for (parent, name), spec in SCHEMA.fields.items():
        if parent != type_name or spec.declaration is None:
            continue
        if isinstance(spec.declaration, Derived):
            yield name
            continue
        is_embedded = isinstance(spec.declaration, Read) and isinstance(spec.declaration.read, Embedded)
        inner = SCHEMA.possible_types(SCHEMA.graphql.type_map[parent].fields[name].type) if is_embedded else ()
        if column in spec.declaration.columns or any(next(fields_of(each.name, column), None) for each in inner):
            yield name


def without_constraints(file: Path) -> None:
    """Let a source hold what other systems do: values of any type, and flags that are neither 0 nor 1."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute(
            "UPDATE sqlite_schema SET sql = replace(replace(sql, ',\n STRICT', ''), 'STRICT', '') WHERE type = 'table'"
        )


def changed(file: Path, kind: Kind, number: str, change: Change) -> str | None:
    """Change one cell of a file. Returns its column; None if the value may not stand there."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({kind.table})") if name != kind.key]
        column = columns[change.column % len(columns)]
        value = "CAST(? AS TEXT)" if change.is_text else "?"
        with suppress(sqlite3.IntegrityError):
            connection.execute(
                f"UPDATE {kind.table} SET {column} = {value} WHERE {kind.key} = ?", (change.value, number)
            )
            return column
    return None


def changes(number: int) -> list[Change]:
    drawn: list[Change] = []

    @settings(max_examples=number, database=None, deadline=None, derandomize=True, phases=[Phase.generate])
    @given(st.builds(Change, st.integers(0, 10_000), VALUES, st.booleans()))
    def draw(change: Change) -> None:
        drawn.append(change)

    draw()
    return drawn


async def check(world: World, kind: Kind, number: int) -> None:
    file = world.folder / f"{kind.source}.db"
    without_constraints(file.rename(file.with_suffix(".whole")))
    whole, draft = file.with_suffix(".whole"), file.with_suffix(".draft")
    with closing(sqlite3.connect(whole)) as connection:
        query = f"SELECT {kind.key} FROM {kind.table} WHERE subject_user IS NULL ORDER BY {kind.key} LIMIT 2"
        numbers = [each for (each,) in connection.execute(query)]
    selected = selection(SCHEMA.graphql.type_map[kind.type_name], 2)
    roots = " ".join(f"{name}: {kind.root.format(each)} {selected}" for name, each in zip("ab", numbers, strict=True))
    operation = f"query {INVESTIGATION} {{ {roots} }}"
    shutil.copy(whole, file)
    expected = await world.execute(operation, role="records")
    assert all(expected.data.values())

    for change in changes(number):
        shutil.copy(whole, draft)
        column = changed(draft, kind, numbers[0], change)
        draft.rename(file)
        response = await world.execute(operation, role="records")

        assert response.status == 200, change
        assert set(response.codes) <= {"RECORD_FAULT", *expected.codes}, (column, change)
        assert response.sources[kind.source] == "OK", (column, change)
        assert response.data["b"] == expected.data["b"], (column, change)
        assert response.data["a"], (column, change)
        may_differ = {*fields_of(kind.type_name, column or ""), *(["residence"] if column == "is_confidential" else [])}
        differ = {name for name, value in expected.data["a"].items() if response.data["a"][name] != value}
        assert differ <= may_differ, (column, change)
    assert not world.pipeline.resilient_sources[kind.source].breaker.openings


@pytest.mark.parametrize("number", [25, pytest.param(400, marks=pytest.mark.system)])
@pytest.mark.parametrize("kind", KINDS, ids=[kind.table for kind in KINDS])
async def test_any_value_in_any_cell_harms_no_other_row(data: Path, kind: Kind, number: int) -> None:
    async with running_app(data) as world:
        await check(world, kind, number)
