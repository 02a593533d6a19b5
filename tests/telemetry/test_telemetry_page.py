"""docs/telemetry.md lists exactly what is on the allow-list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from telemetry.allow_list import ATTRIBUTES, ERROR_TYPE, METRICS, SPANS


def test_the_documentation_lists_every_span_and_every_attribute() -> None:
    page = (Path(__file__).parents[2] / "docs" / "telemetry.md").read_text()
    rows = [
        tuple(cell.strip() for cell in line.strip("|\n ").split("|"))
        for line in page.partition("\n## Spans\n")[2].splitlines()
        if line.startswith("| `")
    ]

    spans = [(f"`{name}`".format(source="…"), span.kind.name.lower(), span.description) for name, span in SPANS.items()]
    attributes = [
        (f"`{attribute.key}`", documented(name, attribute.values), attribute.description)
        for name, attribute in ATTRIBUTES.items()
    ]
    failure = (
        f"`{ERROR_TYPE}`",
        "a class's name or a status",
        "What ended the step: an exception, or a status of 500 or more.",
    )
    metrics = [
        (
            f"`{metric.key}`",
            "gauge" if metric.is_gauge else "histogram" if metric.boundaries else "counter",
            f"`{metric.unit}`",
            ", ".join(f"`{ATTRIBUTES[name].key}`" for name in metric.attributes) or "—",
            metric.description,
        )
        for metric in METRICS.values()
    ]
    assert rows == [*spans, *attributes, failure, *metrics]


def documented(name: str, values: Any) -> str:
    from_elsewhere = {
        "role": "the roles",
        "purpose": "the purpose codes",
        "reason": "the reason codes",
        "source": "the sources' names",
        "fetch": "the fetches' names",
        "name": "the names that are set",
        "record_class": "the record classes",
        "code": "the error codes",
    }
    if name in from_elsewhere:
        return from_elsewhere[name]
    if isinstance(values, frozenset):
        return ", ".join(f"`{word}`" for word in sorted(values))
    return {int: "a number", bool: "true or false"}.get(values, "32 hexadecimal digits")
