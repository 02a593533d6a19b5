"""The sources that a banner names, against those that its fields are read from."""

from __future__ import annotations

from engine.declarations import Edge
from schema.build import guarded_schema
from schema.safety import SOURCES


def test_a_banner_names_the_source_that_a_field_is_fetched_from() -> None:
    fetched = {
        name: {fetch.source for fetch in spec.declaration.fetches}
        for (kind, name), spec in guarded_schema().fields.items()
        if kind in {"Person", "Vehicle"} and name in SOURCES and isinstance(spec.declaration, Edge)
    }

    assert fetched == {name: {SOURCES[name]} for name in fetched}
    assert set(SOURCES) - set(fetched) == {"cautions", "stolen", "vin"}, "columns of the person and of the vehicle"
