"""Inquiries about a namesake or a colleague: released and flagged, or withheld until step-up if the policy says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policy.related_subjects import RelatedSubjects
from tests.attacks.data_files import set_subject
from tests.attacks.responses import last_release
from tests.harness import TRAFFIC_STOP, World

STEPPED_UP = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'
# P0000014 has the demonstration investigator's surname, and P0000012 works for the patrol officer's agency.
LOOKUPS = [
    ("investigator", 'person(id: "P0000014") { id }', "SAME_SURNAME"),
    ("investigator", 'vehicle(by: {plate: {number: "1NTK014"}}) { make }', "SAME_SURNAME"),
    ("investigator", 'searchPersons(by: {name: {surname: "Reyes", given: "Marisol"}}) { total }', "SAME_SURNAME"),
    ("investigator", 'searchVehicles(by: {plateStart: "1NTK014"}) { total }', "SAME_SURNAME"),
    ("patrol", 'person(id: "P0000012") { id }', "COLLEAGUE"),
    ("patrol", 'vehicle(by: {plate: {number: "10N0012"}}) { owner { id } }', "COLLEAGUE"),
    ("patrol", 'searchPersons(by: {name: {surname: "Achterberger"}}) { total }', "COLLEAGUE"),
]


def demand_step_up(world: World) -> None:
    policy = replace(world.resources.policy(), related_subjects=RelatedSubjects.STEP_UP)
    world.reconfigure(policy=lambda: policy)


@pytest.mark.parametrize("inquiry", [TRAFFIC_STOP, STEPPED_UP], ids=["roadside", "stepped up"])
@pytest.mark.parametrize(("role", "query", "flag"), LOOKUPS)
async def test_an_inquiry_about_a_namesake_or_colleague_is_flagged(
    world: World, role: str, query: str, flag: str, inquiry: str
) -> None:
    await world.execute(f"query {inquiry} {{ {query} }}", role=role, aal=2)

    assert last_release(world).flags == (flag,)
    assert last_release(world).record_ids != ()

    await world.execute(f"query {inquiry} {{ {query} }}", role="court", aal=2)

    assert last_release(world).flags == ()


async def test_an_officer_sees_the_felony_warrant_of_a_namesake(world: World) -> None:
    """At the roadside, without a case. "None" would be believed."""
    set_subject(world.folder, "THORNQUIST", surname="ASHGROVE")
    document = 'vehicle(by: {plate: {number: "1N00001"}}) { owner { cautions warrants { number } } }'
    response = await world.execute(f"query {TRAFFIC_STOP} {{ {document} }}")

    assert response.errors == []
    assert response.data["vehicle"]["owner"]["warrants"] == [{"number": "W000000001"}]
    assert "ARMED_AND_DANGEROUS" in response.data["vehicle"]["owner"]["cautions"]
    assert last_release(world).flags == ("SAME_SURNAME",)


NEEDS = ["CASE_NUMBER", "AAL2"]
WITHHELD: dict[str, tuple[str, str, dict[str, Any], list[Any]]] = {
    "a person": ("patrol", 'person(id: "P0000012") { id }', {"person": None}, ["person"]),
    "a person among others": (
        "patrol",
        'persons(ids: ["P0000001", "P0000012"]) { id }',
        {"persons": [{"id": "P0000001"}, None]},
        ["persons", 1],
    ),
    "a vehicle": (
        "investigator",
        'vehicle(by: {plate: {number: "1NTK014"}}) { make }',
        {"vehicle": None},
        ["vehicle"],
    ),
    "a hit of a name": (
        "patrol",
        'searchPersons(by: {name: {surname: "Achterberger"}}) { total edges { node { id } } }',
        {"searchPersons": {"total": 1, "edges": [{"node": None}]}},
        ["searchPersons", "edges", 0, "node"],
    ),
    "a hit of a plate": (
        "investigator",
        'searchVehicles(by: {plateStart: "1NTK014"}) { total edges { node { vin } } }',
        {"searchVehicles": {"total": 1, "edges": [{"node": None}]}},
        ["searchVehicles", "edges", 0, "node"],
    ),
}


@pytest.mark.parametrize(("role", "query", "shown", "path"), WITHHELD.values(), ids=WITHHELD)
async def test_a_policy_may_demand_a_step_up_and_the_place_says_so(
    world: World, role: str, query: str, shown: dict[str, Any], path: list[Any]
) -> None:
    demand_step_up(world)
    rule = {"patrol": "colleague", "investigator": "same-surname"}[role]
    response = await world.execute(f"query {TRAFFIC_STOP} {{ {query} }}", role=role)
    (error,) = response.errors

    assert response.data == shown
    assert (error["path"], error["extensions"]["code"]) == (path, "STEP_UP_REQUIRED")
    assert (error["extensions"]["rule"]["name"], error["extensions"]["needs"]) == (rule, NEEDS)
    release = last_release(world)
    assert release.flags == ()
    assert [(each.field, each.record_class, each.rule, list(each.needs)) for each in release.denied] == [
        (None, "IDENTITY", rule, NEEDS)
    ]
    assert not {"persons/P0000012", "vehicles/1NTK014"} & set(release.record_ids)

    stepped_up = await world.execute(f"query {STEPPED_UP} {{ {query} }}", role=role, aal=2)

    assert stepped_up.errors == []
    assert last_release(world).flags == ({"patrol": "COLLEAGUE", "investigator": "SAME_SURNAME"}[role],)


async def test_a_record_withheld_in_one_source_is_not_an_empty_list(world: World) -> None:
    demand_step_up(world)
    set_subject(world.folder, "THORNQUIST", surname="ASHGROVE", sources=["warrants"])
    response = await world.execute(
        f'query {TRAFFIC_STOP} {{ person(id: "P0000001") {{ id warrants {{ number }} vehicles {{ plate }} }} }}'
    )

    assert response.data == {"person": {"id": "P0000001", "warrants": None, "vehicles": [{"plate": "1N00001"}]}}
    assert [(each["path"], each["extensions"]["code"]) for each in response.errors] == [
        (["person", "warrants"], "STEP_UP_REQUIRED")
    ]
    assert response.sources["warrants"] == "OK"


async def test_the_own_record_stays_absent_if_related_subjects_are_withheld(world: World) -> None:
    demand_step_up(world)
    response = await world.execute(f'query {TRAFFIC_STOP} {{ person(id: "P0000008") {{ id }} }}', role="investigator")

    assert (response.data, response.errors) == ({"person": None}, [])
    assert last_release(world).flags == ("OWN_RECORD",)
