"""Hidden records look exactly like absent ones. Attack 14.

Two responses are compared byte for byte, after inquiry id, trace ids and milliseconds are replaced by constants.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policy.related_subjects import RelatedSubjects
from tests.attacks.data_files import change, set_subject
from tests.attacks.responses import normalized_body
from tests.harness import World

ONE_FACTOR = "@inquiry(purpose: C, reason: INVESTIGATION)"
STEPPED_UP = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'

HISTORY = """query($cii: ID!) %s { criminalHistory(ciiNumber: $cii) {
  __typename ciiNumber fbiNumber subject { id name { full } }
  cycles { __typename arrestedOn agencyOri bookingNumber status
    charges { code offense severity standing disposition { kind decidedOn court { ori name } } sentence { kind days } }
    custody { status facilityOri receivedOn releasedOn } supervision { kind status startsOn endsOn terms }
    pretrial { release nextAppearanceOn } diversion { kind status } }
  relief { kind grantedOn court { name } } programs { kind name }
} }"""

SEALED, JUVENILE, ARRESTED, NONE, UNKNOWN = "A00000015", "A00000005", "A00000006", "A00000003", "A99999999"
DIVERTED = "A00000022"  # with success, so it is sealed without an order of a court

# (role, assurance level, history): callers without access to a history. Each is the only history of its subject.
WITHOUT_ACCESS = [
    ("patrol", 1, SEALED),
    ("patrol", 1, JUVENILE),
    ("patrol", 2, JUVENILE),
    ("patrol", 1, ARRESTED),
    ("dispatcher", 1, SEALED),
    ("dispatcher", 2, SEALED),
    ("dispatcher", 2, JUVENILE),
    ("dispatcher", 2, ARRESTED),
    ("investigator", 1, SEALED),
    ("investigator", 1, JUVENILE),
    ("records", 1, JUVENILE),
    ("records", 2, JUVENILE),
    ("supervision", 1, SEALED),
    ("supervision", 1, JUVENILE),
    ("jail", 1, SEALED),
    ("jail", 2, SEALED),
    ("jail", 2, JUVENILE),
    ("jail", 1, ARRESTED),
    *[("patrol", 1, DIVERTED), ("dispatcher", 2, DIVERTED), ("investigator", 1, DIVERTED), ("jail", 2, DIVERTED)],
    ("supervision", 1, DIVERTED),
]


async def execute(world: World, document: str, role: str, aal: int, **variables: Any) -> tuple[bytes, Any]:
    """The normalized body, and the batches of the operation."""
    inquiry = STEPPED_UP if aal == 2 else ONE_FACTOR
    response = await world.execute(document % inquiry, role=role, aal=aal, variables=variables)
    assert set(response.codes) <= {"NEED_TO_KNOW", "STEP_UP_REQUIRED"}, response.text
    return normalized_body(response), world.batches


@pytest.mark.attack(14)
@pytest.mark.parametrize(("role", "aal", "cii"), WITHOUT_ACCESS)
async def test_a_hidden_history_looks_absent(world: World, role: str, aal: int, cii: str) -> None:
    hidden = await execute(world, HISTORY, role, aal, cii=cii)
    none = await execute(world, HISTORY, role, aal, cii=NONE)
    unknown = await execute(world, HISTORY, role, aal, cii=UNKNOWN)

    assert hidden == none == unknown
    assert {*hidden[1]} == {("criminal_history", 1)}


@pytest.mark.attack(14)
@pytest.mark.parametrize(
    ("role", "aal", "cii"),
    [
        *[("investigator", 2, SEALED), ("investigator", 2, JUVENILE), ("court", 1, SEALED), ("court", 1, JUVENILE)],
        *[("investigator", 2, DIVERTED), ("records", 1, DIVERTED), ("court", 1, DIVERTED)],
    ],
)
async def test_a_permitted_caller_sees_the_history(world: World, role: str, aal: int, cii: str) -> None:
    """Otherwise the test above could pass because nothing is ever found."""
    assert await execute(world, HISTORY, role, aal, cii=cii) != await execute(world, HISTORY, role, aal, cii=UNKNOWN)


@pytest.mark.attack(14)
async def test_a_person_with_a_hidden_history_looks_as_without_one(world: World) -> None:
    """By way of the person. The numbers of the two people differ, so only the history is compared."""
    document = "query($id: ID!) %s { person(id: $id) { criminalHistory { __typename cycles { __typename } } } }"
    responses = [
        await execute(world, document, "patrol", 1, id=id) for id in ("P0000015", "P0000005", "P0000006", "P0000003")
    ]

    assert responses[1:] == responses[:-1]
    assert responses[0][1] == [("persons", 1), ("criminal_history", 1), ("criminal_history", 1)]


@pytest.mark.attack(14)
@pytest.mark.parametrize(("role", "aal"), [("jail", 1), ("patrol", 1), ("records", 1), ("dispatcher", 2)])
async def test_a_hidden_arrest_beside_a_visible_one_leaves_no_trace(world: World, role: str, aal: int) -> None:
    cii = "A00000004"
    if role == "records":  # it may know of the seal
        change(world.folder, "criminal_history", "UPDATE cycle SET is_juvenile = 1, is_sealed = 0 WHERE id = 4001")
    with_it = await execute(world, HISTORY, role, aal, cii=cii)
    change(
        world.folder,
        "criminal_history",
        "DELETE FROM charge WHERE cycle = 4001",
        "DELETE FROM cycle WHERE id = 4001",
    )
    without_it = await execute(world, HISTORY, role, aal, cii=cii)

    assert with_it == without_it


EVERYTHING = """
  person(id: "P0000001") { ...AllOf }
  persons(ids: ["P0000001"]) { ...AllOf }
  byName: searchPersons(by: {name: {surname: "Thornquist"}}) { ...Hits }
  byAlias: searchPersons(by: {name: {surname: "Stonewell"}}) { ...Hits }
  bySwappedNames: searchPersons(by: {name: {surname: "Victor", given: "Thornquist"}}) { ...Hits }
  byLicense: searchPersons(by: {driverLicense: {number: "Z0000001"}}) { ...Hits }
  byCii: searchPersons(by: {ciiNumber: "A00000001"}) { ...Hits }
  byFbi: searchPersons(by: {fbiNumber: "000001DM0"}) { ...Hits }
  byPlate: vehicle(by: {plate: {number: "1N00001"}}) { ...Car }
  byLooks: searchVehicles(by: {plateStart: "1N00001"}) { total edges { node { ...Car } } pageInfo { ...End } }
  warrant(number: "W000000001") { number subject { ...AllOf } }
  criminalHistory(ciiNumber: "A00000001") { ciiNumber cycles { supervision { kind } } subject { ...AllOf } }
"""
DOCUMENT = (
    "query %s {"
    + EVERYTHING
    + """}
fragment AllOf on Person { id name { full } cautions residence { street } vehicles { plate } warrants { number } }
fragment Hits on PersonConnection { total edges { score why node { ...AllOf } } pageInfo { ...End } }
fragment End on PageInfo { hasNextPage endCursor }
fragment Car on Vehicle { vin plate residence { street } owner { ...AllOf } }
"""
)
NUMBERS = {
    "P0000001": "P9999999",
    "Thornquist": "Zyxwvutsrq",
    "Stonewell": "Qrstuvwxyz",
    "Victor": "Zzyzx",
    "Z0000001": "Z9999999",
    "A00000001": "A99999999",
    "000001DM0": "999999DM9",
    "1N00001": "9Z99999",
    "W000000001": "W999999999",
}
TIES = {"same surname": {"surname": "ASHGROVE"}, "colleague": {"ori": "CA9194200"}}


def about_absent(document: str) -> str:
    for there, not_there in NUMBERS.items():
        document = document.replace(there, not_there)
    return document


@pytest.mark.attack(14)
@pytest.mark.parametrize("aal", [1, 2])
async def test_the_callers_own_record_is_absent_on_every_path(world: World, aal: int) -> None:
    found, _ = await execute(world, DOCUMENT, "patrol", aal)
    # With a conviction and supervision his record would be visible, so there is something to hide.
    set_subject(world.folder, "THORNQUIST", user="demo-patrol")
    hidden = await execute(world, DOCUMENT, "patrol", aal)
    absent = await execute(world, about_absent(DOCUMENT), "patrol", aal)

    assert hidden == absent
    assert found != hidden[0]
    assert b"THORNQUIST" not in hidden[0].upper()


@pytest.mark.attack(14)
@pytest.mark.parametrize("tie", TIES.values(), ids=TIES)
@pytest.mark.parametrize("aal", [1, 2])
async def test_a_namesake_and_a_colleague_are_released_as_anybody(world: World, tie: dict[str, str], aal: int) -> None:
    """Only the journal differs: no byte of the response, no statement."""
    anybody = await execute(world, DOCUMENT, "patrol", aal)
    set_subject(world.folder, "THORNQUIST", **tie)

    assert await execute(world, DOCUMENT, "patrol", aal) == anybody
    assert anybody[0].count(b"Victor Ames Thornquist") > 10


@pytest.mark.attack(14)
@pytest.mark.parametrize("tie", TIES.values(), ids=TIES)
async def test_no_value_of_a_withheld_subject_is_in_the_response(world: World, tie: dict[str, str]) -> None:
    """On every path, if the policy demands a step-up."""
    policy = replace(world.resources.policy(), related_subjects=RelatedSubjects.STEP_UP)
    world.reconfigure(policy=lambda: policy)
    set_subject(world.folder, "THORNQUIST", **tie)
    withheld, _ = await execute(world, DOCUMENT, "patrol", 1)
    shown, _ = await execute(world, DOCUMENT, "patrol", 2)

    assert b"THORNQUIST" not in withheld.upper()
    assert b"1N00001" not in withheld
    assert withheld.count(b"STEP_UP_REQUIRED") >= 10
    assert shown.count(b"Victor Ames Thornquist") > 10


@pytest.mark.attack(14)
async def test_withheld_places_do_not_depend_on_the_data(world: World) -> None:
    document = "query($id: ID!) @inquiry(purpose: C, reason: INVESTIGATION) {\n person(id: $id) {\n  x: ssn ssn } }"
    for id in ("P0000001", "P0000008", "P9999999"):
        response = await world.execute(document, role="investigator", variables={"id": id})

        assert [place["path"] for place in response.withheld] == [["person", "x"], ["person", "ssn"]]
        assert {place["code"] for place in response.withheld} == {"STEP_UP_REQUIRED"}
        # An error stands for a null, so there is none in a person who is not there.
        assert [error["locations"] for error in response.errors] == (
            [[{"line": 3, "column": 3}], [{"line": 3, "column": 10}]] if response.data["person"] else []
        )


@pytest.mark.attack(14)
async def test_the_order_of_cycles_is_that_of_the_visible_ones(world: World) -> None:
    """A hidden cycle in between does not change the order."""
    order = 'query %s { criminalHistory(ciiNumber: "A00000016") { cycles { arrestedOn } } }'
    before = await world.execute(order % ONE_FACTOR, role="jail")
    hide = "UPDATE cycle SET is_juvenile = 1 WHERE cii_number = 'A00000016' AND sequence IN (1, 7, 22)"
    change(world.folder, "criminal_history", hide)
    after = await world.execute(order % ONE_FACTOR, role="jail")

    def days(response: Any) -> list[str]:
        return [cycle["arrestedOn"] for cycle in response.data["criminalHistory"]["cycles"]]

    assert days(before) == [f"{year}-09-14" for year in range(2022, 2000, -1)]
    assert days(after) == [day for day in days(before) if day[:4] not in {"2001", "2007", "2022"}]
