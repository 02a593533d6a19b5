"""Arrests that are visible only because of their supervision. Part of attacks 12 and 14.

Supervision is visible to every caller who may see the person, and belongs to an arrest that may be hidden.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.attacks.data_files import change
from tests.harness import World

STEPPED_UP = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'
ARREST = "arrestedOn agencyOri bookingNumber status custody { status facilityOri receivedOn } charges { code }"
DOCUMENT = f'query %s {{ criminalHistory(ciiNumber: "A00000006") {{ cycles {{ {ARREST} supervision {{ kind }} }} }} }}'
NOTHING: dict[str, Any] = {
    "arrestedOn": None,
    "agencyOri": None,
    "bookingNumber": None,
    "status": None,
    "custody": None,
    "charges": [],
}


# Both have access to convictions, but not, or not without a step-up, to arrests without one.
@pytest.mark.attack(14)
@pytest.mark.parametrize(("role", "aal"), [("jail", 1), ("dispatcher", 2)])
async def test_an_arrest_visible_for_supervision_shows_nothing_else(world: World, role: str, aal: int) -> None:
    under_terms = "UPDATE cycle SET supervision_kind = 'FORMAL_PROBATION' WHERE cii_number = 'A00000006'"
    change(world.folder, "criminal_history", under_terms)
    response = await world.execute(DOCUMENT % STEPPED_UP, role=role, aal=aal)

    assert response.data == {"criminalHistory": {"cycles": [{**NOTHING, "supervision": {"kind": "FORMAL_PROBATION"}}]}}
    assert "2024-03-17" not in response.text


@pytest.mark.attack(14)
@pytest.mark.parametrize(("role", "aal"), [("jail", 1), ("dispatcher", 2)])
async def test_without_supervision_the_same_arrest_is_absent(world: World, role: str, aal: int) -> None:
    response = await world.execute(DOCUMENT % STEPPED_UP, role=role, aal=aal)

    assert response.data == {"criminalHistory": None}


@pytest.mark.attack(14)
async def test_supervision_of_a_sealed_arrest_is_sealed_with_it(world: World) -> None:
    under_terms = (
        "UPDATE cycle SET supervision_kind = 'FORMAL_PROBATION' WHERE cii_number IN ('A00000015', 'A00000005')"
    )
    change(world.folder, "criminal_history", under_terms)
    for cii in ("A00000015", "A00000005"):
        response = await world.execute((DOCUMENT % STEPPED_UP).replace("A00000006", cii), role="jail")

        assert response.data == {"criminalHistory": None}
