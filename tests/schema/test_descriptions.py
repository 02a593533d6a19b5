"""Every part of the schema has a description, so that client developers need no other page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLEnumType, is_introspection_type

from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from resolvers.codes import history, order, person, vehicle, warrant
from schema.build import guarded_schema

SCHEMA = guarded_schema().graphql


def described() -> Iterator[tuple[str, str | None]]:
    """Each part that can have a description, with its own."""
    for kind in SCHEMA.type_map.values():
        if is_introspection_type(kind):
            continue
        yield kind.name, kind.description
        for name, field in getattr(kind, "fields", {}).items():
            yield f"{kind.name}.{name}", field.description
            for argument, given in getattr(field, "args", {}).items():
                yield f"{kind.name}.{name}({argument}:)", given.description
        for name, value in getattr(kind, "values", {}).items():
            yield f"{kind.name}.{name}", value.description
    inquiry = SCHEMA.get_directive("inquiry")
    assert inquiry is not None
    for directive in SCHEMA.directives:
        yield f"@{directive.name}", directive.description
    for argument, given in inquiry.args.items():
        yield f"@inquiry({argument}:)", given.description


# In the GraphQL specification, and without a description in the library.
STANDARD = {"@oneOf"}


def test_everything_has_a_description() -> None:
    found = dict(described())

    assert {name for name, description in found.items() if not description} <= STANDARD
    assert len(found) > 500


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        *(
            ("Sex", person.Sex),
            ("Caution", person.Caution),
            ("EyeColor", person.EyeColor),
            ("HairColor", person.HairColor),
        ),
        *(("LicenseStatus", person.LicenseStatus), ("VehicleStyle", vehicle.VehicleStyle)),
        *(("VehicleMake", vehicle.VehicleMake), ("VehicleColor", vehicle.VehicleColor)),
        *(("WarrantCategory", warrant.WarrantCategory), ("Extradition", warrant.Extradition)),
        *(("OrderCondition", order.OrderCondition), ("ProhibitionBasis", order.ProhibitionBasis)),
        *(("DispositionKind", history.DispositionKind), ("SupervisionKind", history.SupervisionKind)),
        *(("RecordClass", RecordClass), ("PurposeCode", Purpose), ("ReasonCode", Reason)),
    ],
)
def test_a_code_has_its_meaning_and_its_stored_form(name: str, codes: Any) -> None:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLEnumType)
    descriptions = {value: given.description or "" for value, given in kind.values.items()}

    for code in codes:
        description = descriptions.pop(code.name)
        assert description.startswith(code.meaning.removesuffix("."))
        assert code.value == code.name or f"(code {code.value})" in description
    assert descriptions == {}


def test_relief_is_described_as_no_erasure() -> None:
    kinds = SCHEMA.type_map["ReliefKind"]
    assert isinstance(kinds, GraphQLEnumType)

    assert len(kinds.values) == 4
    assert all("The conviction stays on record" in (each.description or "") for each in kinds.values.values())
