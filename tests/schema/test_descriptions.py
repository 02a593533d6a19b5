"""Every part of the schema has a description, so that client developers need no other page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from graphql import GraphQLEnumType, Visitor, parse, visit
from graphql.language import ast

from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from resolvers.codes import history, order, person, vehicle, warrant
from schema.build import guarded_schema, sdl

SCHEMA = guarded_schema().graphql


DEFINITIONS = {
    node_class
    for node_class in vars(ast).values()
    if isinstance(node_class, type) and issubclass(node_class, ast.Node) and "description" in node_class.keys
}


def undescribed() -> Iterator[str]:
    """Each definition in the printed schema that has no description; a part of another stands after it."""

    class Definitions(Visitor):
        path: ClassVar[list[str]] = []

        def enter(self, node: ast.Node, *_: Any) -> None:
            if type(node) in DEFINITIONS:
                self.path.append(node.name.value)  # type: ignore[attr-defined]
                if not node.description:  # type: ignore[attr-defined]
                    found.append(".".join(self.path))

        def leave(self, node: ast.Node, *_: Any) -> None:
            if type(node) in DEFINITIONS:
                self.path.pop()

    found: list[str] = []
    visit(parse(sdl()), Definitions())
    return iter(found)


def test_everything_has_a_description() -> None:
    """Types, fields, arguments, input fields, values, unions, interfaces, scalars, and directives with theirs."""
    names = {each.__name__ for each in DEFINITIONS}

    assert list(undescribed()) == []
    assert names >= {f"{each}DefinitionNode" for each in ("Field", "InputValue", "EnumValue", "Directive", "UnionType")}
    assert {"@oneOf", "@needToKnow", "@semanticNonNull"} <= set(re.findall(r"^directive (@\w+)", sdl(), re.MULTILINE))


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
