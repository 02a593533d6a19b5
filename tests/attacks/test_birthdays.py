"""Juvenile arrests: the days around the 18th birthday. Part of attack 14."""

from __future__ import annotations

import pytest

from seed.criminal_history import demo_arrest
from seed.demo import PEOPLE
from tests.attacks.data_files import change
from tests.harness import World

MERRIWETHER = next(each.person for each in PEOPLE if each.person["id"] == "P0000005")
DOCUMENT = """query @inquiry(purpose: C, reason: INVESTIGATION) {
  criminalHistory(ciiNumber: "A00000005") { cycles { arrestedOn } } }"""


@pytest.mark.attack(14)
@pytest.mark.parametrize(
    ("born", "days"),
    [
        ("2006-05-20", ["2024-05-18", "2024-05-19", "2024-05-20", "2024-05-21"]),
        ("2004-02-29", ["2022-02-27", "2022-02-28", "2022-03-01", "2022-03-02"]),
        ("2006-03-01", ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02"]),
        ("2005-01-01", ["2022-12-30", "2022-12-31", "2023-01-01", "2023-01-02"]),
    ],
)
async def test_an_arrest_is_hidden_until_the_day_before_the_18th_birthday(
    world: World, born: str, days: list[str]
) -> None:
    """Role `records` sees all other arrests; a court sees all."""
    who = {**MERRIWETHER, "birth_date": born}
    change(
        world.folder, "criminal_history", "DELETE FROM charge WHERE cycle = 5001", "DELETE FROM cycle WHERE id = 5001"
    )
    for sequence, day in enumerate(days, start=1):
        ((_, cycle),) = demo_arrest(who, sequence, {"arrested_on": day})
        names, values = ", ".join(cycle), ", ".join(f":{name}" for name in cycle)
        change(world.folder, "criminal_history", f"INSERT INTO cycle ({names}) VALUES ({values})", **cycle)
    shown = {
        role: (await world.execute(DOCUMENT, role=role)).data["criminalHistory"]["cycles"]
        for role in ("records", "court")
    }

    assert [cycle["arrestedOn"] for cycle in shown["records"]] == days[:1:-1]
    assert [cycle["arrestedOn"] for cycle in shown["court"]] == days[::-1]
