"""The standing of a charge: a conviction, none, or neither, by one table."""

from __future__ import annotations

import pytest

from resolvers.codes.history import DispositionKind
from schema.charges import standing
from tests.attacks.data_files import change
from tests.harness import WITH_CASE, World

STANDINGS = {
    "CONVICTED": "CONVICTED",
    "BAIL_FORFEITED": "CONVICTED",
    **dict.fromkeys(("ACQUITTED", "DISMISSED", "NOT_FILED", "DETENTION_ONLY", "SUSTAINED"), "NOT_CONVICTED"),
    "DIVERTED": "DIVERTED",
    "CONDITIONAL_DISCHARGE": "UNKNOWN",
}
CHARGES = """criminalHistory(ciiNumber: "A00000004") { cycles { charges {
    offense standing disposition { kind decidedOn } } } }"""


def test_the_standing_of_a_charge_is_never_guessed() -> None:
    """It is a table by hand: a new disposition needs a line in it."""
    found = {kind.value: standing(kind.value, "2610") for kind in DispositionKind}

    assert {kind: each and each.value for kind, each in found.items()} == STANDINGS


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [(None, "UNDECIDED"), ("convicted", "UNKNOWN"), ("", "UNKNOWN"), ("NOLLE PROSEQUI", "UNKNOWN")],
)
def test_an_unknown_disposition_is_neither_a_conviction_nor_none(disposition: str | None, expected: str) -> None:
    found = standing(disposition, "2610")

    assert found is not None
    assert found.value == expected
    assert standing(disposition, None) is None


@pytest.mark.parametrize(
    ("stored", "standing", "kind"),
    [
        ("BAIL_FORFEITED", "CONVICTED", "BAIL_FORFEITED"),
        ("CONDITIONAL_DISCHARGE", "UNKNOWN", "CONDITIONAL_DISCHARGE"),
        ("NOLLE PROSEQUI", "UNKNOWN", None),
    ],
)
async def test_a_charge_with_another_disposition_is_shown(
    world: World, stored: str, standing: str, kind: str | None
) -> None:
    """A word that is no code is an error at its field, and loses no charge."""
    change(
        world.folder,
        "criminal_history",
        "UPDATE charge SET disposition_kind = :stored WHERE cycle = 4002",
        stored=stored,
    )
    response = await world.execute(f"query {WITH_CASE} {{ {CHARGES} }}", role="court")
    charge = response.data["criminalHistory"]["cycles"][0]["charges"][0]

    assert (charge["standing"], charge["disposition"]["kind"]) == (standing, kind)
    assert charge["disposition"]["decidedOn"] is not None
    assert response.codes == ([] if kind else ["RECORD_FAULT"])


@pytest.mark.parametrize(("stored", "is_shown"), [("BAIL_FORFEITED", True), ("CONDITIONAL_DISCHARGE", False)])
async def test_a_forfeited_bail_is_shown_as_a_conviction_is(world: World, stored: str, is_shown: bool) -> None:
    """A dispatcher who has stepped up may know of convictions, and of no other charge."""
    change(
        world.folder,
        "criminal_history",
        "UPDATE charge SET disposition_kind = :stored WHERE cycle = 4002",
        stored=stored,
    )
    response = await world.execute(f"query {WITH_CASE} {{ {CHARGES} }}", role="dispatcher", aal=2)

    assert len(response.data["criminalHistory"]["cycles"]) == 1
    assert bool(response.data["criminalHistory"]["cycles"][0]["charges"]) == is_shown
