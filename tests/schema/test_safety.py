"""The sources that a banner names, against those that its fields are read from."""

from __future__ import annotations

from engine.declarations import Edge
from schema.build import guarded_schema
from schema.safety import SOURCES


def test_a_banner_names_the_source_that_a_field_is_read_from() -> None:
    fetched, columns = {}, set()
    for kind, sources in SOURCES.items():
        for name, source in sources.items():
            declaration = guarded_schema().fields[kind.__name__, name].declaration
            if isinstance(declaration, Edge):
                fetched[name] = {fetch.source for fetch in declaration.fetches} == {source}
            else:
                columns.add((kind.__name__, name, source))

    assert fetched == {
        "warrants": True,
        "protectiveOrders": True,
        "supervisedReleases": True,
        "missingReports": True,
        "armedAndProhibited": True,
        "reports": True,
        "violentPerson": True,
    }
    assert columns == {
        ("Person", "cautions", "persons"),
        ("Vehicle", "vin", "vehicles"),
    }
