"""Supervised release over HTTP: what an officer reads of it, and what nobody may know to be there."""

from __future__ import annotations

from typing import Any

import pytest

from policy.roles import Role
from tests.attacks.data_files import change
from tests.attacks.responses import last_release
from tests.harness import TRAFFIC_STOP, WITH_CASE, World

ENTRY = """number state version agencyOri kind status cdcNumber agentName agentPhone searchTerms terms
    contacts { at agencyOri narrative } subject { id }"""
BY_PERSON = f'person(id: "P0000013") {{ supervisedReleases {{ {ENTRY} }} }}'
BY_NUMBER = f'supervisedRelease(number: "c-000 000 013") {{ {ENTRY} }}'
READERS = ["patrol", "dispatcher", "investigator", "records", "supervision", "prosecutor", "court", "jail"]


async def ask(world: World, selection: str, role: str = "patrol", *, inquiry: str = WITH_CASE, aal: int = 2) -> Any:
    response = await world.execute(f"query {inquiry} {{ {selection} }}", role=role, aal=aal)
    assert response.errors == []
    return response.data


@pytest.mark.parametrize("role", READERS)
async def test_an_entry_says_whether_a_search_is_permitted_and_whom_to_call(world: World, role: str) -> None:
    by_person = await ask(world, BY_PERSON, role, inquiry=TRAFFIC_STOP, aal=1)
    (entry,) = by_person["person"]["supervisedReleases"]

    assert entry == {
        "number": "C000000013",
        "state": "ACTIVE",
        "version": 1,
        "agencyOri": "CA9190000",
        "kind": "PAROLE",
        "status": "ACTIVE",
        "cdcNumber": "ZZ0013",
        "agentName": "Ruth Okonedo-Price",
        "agentPhone": "(661) 555-0113",
        "searchTerms": ["Search and seizure at any time, with or without a warrant"],
        "terms": ["No weapons or ammunition"],
        "contacts": [
            {"at": "2025-10-02T17:30:00+00:00", "agencyOri": "CA9190000", "narrative": "Home visit; in compliance"},
            {"at": "2025-04-11T16:05:00+00:00", "agencyOri": "CA9190000", "narrative": "Reported to the office"},
        ],
        "subject": {"id": "P0000013"},
    }
    assert await ask(world, BY_NUMBER, role) == {"supervisedRelease": entry}
    assert "supervised_releases/C000000013" in last_release(world).record_ids


def test_every_role_that_may_see_people_reads_it() -> None:
    assert {*READERS} == {role.value for role in Role} - {"auditor", "admin", "outsider"}


HIDDEN = "UPDATE supervised_release SET is_sealed = :is_sealed, is_juvenile = :is_juvenile WHERE number = 'C000000013'"
GONE = [
    "DELETE FROM supervision_contact WHERE number = 'C000000013'",
    "DELETE FROM supervised_release WHERE number = 'C000000013'",
]
PATHS = f"{BY_PERSON} {BY_NUMBER}"


@pytest.mark.parametrize("hidden", [(1, 0), (0, 1)], ids=["sealed", "juvenile"])
@pytest.mark.parametrize("role", ["patrol", "investigator", "records", "court"])
async def test_an_entry_of_a_sealed_or_juvenile_arrest_is_absent_for_all(
    world: World, role: str, hidden: tuple[int, int]
) -> None:
    """For those who may see the arrest in a criminal history, too."""
    change(world.folder, "supervision", HIDDEN, is_sealed=hidden[0], is_juvenile=hidden[1])
    found = await ask(world, PATHS, role)
    change(world.folder, "supervision", *GONE)

    assert found == {"person": {"supervisedReleases": []}, "supervisedRelease": None}
    assert found == await ask(world, PATHS, role)


@pytest.mark.parametrize("typed", ["C00000001", "W000000001", "", "C0000000134"])
async def test_what_is_no_number_of_an_entry_is_refused_in_one_line(world: World, typed: str) -> None:
    response = await world.execute(f'query {WITH_CASE} {{ supervisedRelease(number: "{typed}") {{ number }} }}')

    assert response.codes == ["BAD_INPUT"]
    assert "number must be C and nine digits" in response.text


async def test_supervision_is_one_line_of_a_banner_with_its_number(world: World) -> None:
    """Criminal history has the same parole, and is not read for a banner."""
    safety = "safety { complete lines { words number source since agencyOri } }"
    data = await ask(world, f'person(id: "P0000013") {{ {safety} supervision {{ kind }} }}')
    lines = [line for line in data["person"]["safety"]["lines"] if "PAROLE" in line["words"]]

    assert data["person"]["supervision"] == [{"kind": "PAROLE"}]
    assert data["person"]["safety"]["complete"]
    assert lines == [
        {
            "words": "STATE PAROLE, SEARCH TERM",
            "number": "C000000013",
            "source": "supervision",
            "since": "2025-02-28",
            "agencyOri": "CA9190000",
        }
    ]


async def test_a_banner_does_not_depend_on_criminal_history(world: World) -> None:
    (world.folder / "criminal_history.db").unlink()
    data = await ask(world, 'person(id: "P0000013") { safety { complete unanswered } }')

    assert data == {"person": {"safety": {"complete": True, "unanswered": []}}}
