"""Biometric sets: the fingerprint class, and nothing that could lead to an image."""

from __future__ import annotations

import pytest
from graphql import GraphQLObjectType

from resolvers.numbers.fingerprint_class import fingerprint_class
from schema.build import guarded_schema
from tests.attacks.data_files import change
from tests.harness import World

SETS = """{ person(id: "P0000001") { biometrics { kind fingerprintClass } } }"""
DOCUMENT = f"query @inquiry(purpose: C, reason: BOOKING) {SETS}"


@pytest.mark.parametrize(
    "stored",
    ["AATT0149519987PIPMPO", "CICMCODIDMDOXIXMXOXX", "SR" * 10, "12PI0909CI14AA111359", None],
)
def test_a_fingerprint_class_is_ten_patterns(stored: str | None) -> None:
    assert fingerprint_class(stored) == stored


@pytest.mark.parametrize(
    "stored",
    ["", "AA" * 9, "AA" * 11, "00" * 10, "50" * 10, "aa" * 10, "PA" * 10, "AA" * 9 + "A", "AA" * 9 + "A\n", "1 " * 10],
)
def test_any_other_text_is_no_fingerprint_class(stored: str) -> None:
    with pytest.raises(ValueError, match="The value is no fingerprint class"):
        fingerprint_class(stored)


async def test_a_wrong_fingerprint_class_is_an_error_at_its_field(world: World) -> None:
    change(
        world.folder,
        "biometrics",
        "UPDATE biometric_set SET fingerprint_class = 'AA00' WHERE cii_number = 'A00000001' AND kind = 'TEN_PRINT'",
    )
    response = await world.execute(DOCUMENT, role="jail")
    kinds = {each["kind"]: each["fingerprintClass"] for each in response.data["person"]["biometrics"]}

    assert kinds == dict.fromkeys(("TEN_PRINT", "MUGSHOT", "MARK_PHOTO", "DNA"))
    assert list(response.codes_by_path.values()) == ["RECORD_FAULT"]
    assert "AA00" not in response.text


def test_a_set_has_neither_an_image_nor_a_link() -> None:
    fields = guarded_schema().graphql.type_map["BiometricSet"]
    assert isinstance(fields, GraphQLObjectType)

    assert set(fields.fields) == {"id", "kind", "takenOn", "agencyOri", "fingerprintClass", "cycle"}
