"""Catalogue of sources: which entry points it takes, and the sentence for each that it refuses."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from resolvers.catalogue import BUILT_IN, GROUP, catalogue, record_id
from resolvers.errors import InvalidSource

GUNS = """
from sqlalchemy import MetaData

from resolvers.columns import number, record_table, subject, text
from resolvers.fetch import by_key
from resolvers.source_spec import SourceSpec
from resolvers.table import Table, plain

COLUMNS = number("serial"), *text("make"), *subject()
STORED = record_table({table!r}, MetaData(), *COLUMNS, has_demonstrations={has_demonstrations})
GUN = Table(STORED, plain(STORED, "serial make"))
SPEC = SourceSpec({name!r}, "GUNS", (GUN,), (by_key({source!r}, GUN, "serial", ("serial",)),), "schema.guns")
"""


def entry_point(value: str) -> EntryPoint:
    return EntryPoint("guns", value, GROUP)


@pytest.fixture
def guns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> EntryPoint:
    """The entry point of a source whose parts have these names."""
    module = f"guns_{abs(hash(request.node.name))}"
    names = {
        "name": "guns",
        "source": "guns",
        "table": "gun",
        "has_demonstrations": True,
        **getattr(request, "param", {}),
    }
    (tmp_path / f"{module}.py").write_text(GUNS.format(**names), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return entry_point(f"{module}:SPEC")


def test_a_source_of_an_entry_point_follows_the_built_in_ones(guns: EntryPoint) -> None:
    *first, last = catalogue([guns])

    assert tuple(first) == BUILT_IN
    assert (last.name, last.record_kinds, last.empty_scope, last.seed) == ("guns", (), ("sees_live",), None)


@pytest.mark.parametrize(
    ("guns", "sentence"),
    [
        ({"name": "warrants", "source": "warrants"}, "Two sources have the source name warrants."),
        ({"name": "journal", "source": "journal"}, "Two sources have the source name journal."),
        ({"table": "warrant"}, "Two sources have the table name warrant."),
        ({"source": "persons"}, "The source guns has a fetch of another source."),
        ({"name": "GUNS/1"}, "The source 'GUNS/1' must have a name of small letters, digits and _."),
    ],
    indirect=["guns"],
    ids=["name", "journal", "table", "fetch", "letters"],
)
def test_a_source_with_a_name_of_another_is_refused(guns: EntryPoint, sentence: str) -> None:
    with pytest.raises(InvalidSource) as refused:
        catalogue([guns])

    assert str(refused.value) == sentence


@pytest.mark.parametrize("guns", [{"has_demonstrations": False}], indirect=True, ids=["without"])
def test_a_table_that_cannot_mark_demonstration_rows_is_refused(guns: EntryPoint) -> None:
    with pytest.raises(InvalidSource, match=r"^The table gun needs the column is_demonstration: make it with record_"):
        catalogue([guns])


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("absent_guns:SPEC", "cannot be loaded: ModuleNotFoundError: No module named 'absent_guns'"),
        ("json:SPEC", "cannot be loaded: AttributeError: module 'json' has no attribute 'SPEC'"),
        ("json:dumps", "is no SourceSpec."),
    ],
    ids=["module", "attribute", "type"],
)
def test_an_entry_point_that_is_no_source_is_refused(value: str, sentence: str) -> None:
    with pytest.raises(InvalidSource) as refused:
        catalogue([entry_point(value)])

    assert str(refused.value) == f"The source guns, {value}, {sentence}"


@pytest.mark.parametrize("spec", BUILT_IN, ids=lambda spec: spec.name)
def test_the_files_of_a_built_in_kind_have_its_name(spec: object) -> None:
    assert [spec.schema, spec.seed] == [f"schema.{spec.name}", f"seed.{spec.name}"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" p0000001 ", "persons/P0000001"),
        ("w-000000001", "warrants/W000000001"),
        ("H000000002", "protective_orders/H000000002"),
        ("A00000001", "criminal_history/A00000001"),
        ("1HGCR2F88KZ000002", "vehicles/1HGCR2F88KZ000002"),
        ("0123456789ABCDEF0123456789ABCDEF", "journal/0123456789abcdef0123456789abcdef"),
        ("warrants/W000000001", "warrants/W000000001"),
        ("persons/W000000001", None),
        ("guns/W000000001", None),
        ("P1", None),
        ("", None),
    ],
)
def test_a_number_alone_is_of_the_kind_that_has_its_form(text: str, found: str | None) -> None:
    assert record_id(text) == found
