"""Random challenges: a drawn lookup needs a fuller reason, and a repeated request draws the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.config.secret_file import CHALLENGE_KEY
from api.operation.challenges import HOUR_S, Challenges
from engine.declarations import Lookup
from resolvers import persons, vehicles
from tests.attacks.responses import errors, normalized_body
from tests.harness import TRAFFIC_STOP, World, running_app

KEY = bytes(range(32))
SHORT, FULL = "Lee 4417", "Lee 4417, plate seen at 5th and Main"
DOCUMENT = """query($id: ID!, $attention: String, $case: String)
  @inquiry(purpose: C, reason: INVESTIGATION, caseNumber: $case, attention: $attention) {
  person(id: $id) { name { full } ssn } inquiries(by: {}) { total }
}"""
NAME = {"name": {"full": "Victor Ames Thornquist"}, "ssn": "999-11-7001"}


def person(number: int) -> Lookup:
    return persons.by_id.of(f"P{number:07}")


def drawn(challenges: Challenges, user: str = "u-1", among: int = 10_000) -> list[int]:
    return [number for number in range(among) if challenges.is_drawn(user, [person(number)])]


def test_about_one_lookup_in_ten_is_drawn() -> None:
    challenges = Challenges(10, KEY)

    assert 900 < len(drawn(challenges)) < 1_100
    assert challenges.is_drawn("u-1", map(person, range(200)))
    assert drawn(Challenges(1, KEY), among=100) == list(range(100))
    assert drawn(Challenges(0, KEY), among=100) == []


def test_a_lookup_stays_drawn_until_the_hour_ends() -> None:
    now = 1_800_000_000 - 1_800_000_000 % HOUR_S
    first, again, next_hour = (
        drawn(Challenges(10, KEY, clock=lambda at=now + later: float(at))) for later in (0, HOUR_S - 1, HOUR_S)
    )

    assert first == again
    assert 50 < len(set(first) & set(next_hour)) < 150


def test_users_servers_and_fetches_are_drawn_independently() -> None:
    challenges = Challenges(10, KEY, clock=lambda: 0.0)
    one = set(drawn(challenges))
    others = [
        set(drawn(challenges, "u-2")),
        set(drawn(Challenges(10, bytes(32), clock=lambda: 0.0))),
        {number for number in range(10_000) if challenges.is_drawn("u-1", [vehicles.by_vin.of(f"P{number:07}")])},
    ]

    assert all(50 < len(one & other) < 150 for other in others)


def test_another_lookup_beside_it_does_not_lift_a_challenge() -> None:
    challenges = Challenges(10, KEY, clock=lambda: 0.0)
    first = drawn(challenges)[0]

    assert all(challenges.is_drawn("u-1", [person(other), person(first)]) for other in range(1_000))


@pytest.mark.parametrize("attention", [None, "-", SHORT, "1 2 3", "stop stop stop", "… ! ?"])
async def test_a_challenged_operation_reads_nothing_without_a_fuller_reason(data: Path, attention: str | None) -> None:
    async with running_app(data, challenge_one_in=1) as world:
        variables = {"id": "P0000001", "attention": attention}
        response = await world.execute(DOCUMENT, role="investigator", variables=variables)
        absent = await world.execute(DOCUMENT, role="investigator", variables={**variables, "id": "P9999999"})
        entries = world.journal_entries()
        statements = world.statements

    rule = {"name": "challenge", "citation": "local policy"}
    assert response.data == {"person": None, "inquiries": {"total": None}}
    assert [(error["path"], error["extensions"]) for error in errors(response)] == [
        (path, {"code": "STEP_UP_REQUIRED", "recordClass": kind, "rule": rule, "needs": ["ATTENTION"]})
        for path, kind in ((["person"], "IDENTITY"), (["inquiries", "total"], "AUDIT_TRAIL"))
    ]
    assert (normalized_body(response), statements) == (normalized_body(absent), [])
    assert [entry.flags for entry in entries] == [("CHALLENGED", "NO_CASE")] * 4
    assert entries[1].outcome == "DENIED"


async def test_a_challenged_operation_with_a_fuller_reason_is_flagged(data: Path) -> None:
    async with running_app(data, challenge_one_in=1) as world:
        variables = {"id": "P0000001", "attention": FULL, "case": "26-1"}
        response = await world.execute(DOCUMENT, role="investigator", aal=2, variables=variables)
        refused = await world.execute(DOCUMENT, role="investigator", variables={**variables, "attention": SHORT})
        review = await world.execute(
            'query @inquiry(purpose: C, reason: INVESTIGATION, attention: "weekly review of challenges")'
            ' { inquiries(by: {flag: "CHALLENGED", user: "demo-investigator"})'
            " { edges { node { id attention replay { outcome } } } } }",
            role="auditor",
        )

    assert (response.data["person"], response.errors) == (NAME, [])
    assert len((data / "challenge.key").read_bytes()) == 32
    assert [edge["node"] for edge in review.data["inquiries"]["edges"]] == [
        {"id": id_of(each), "attention": attention, "replay": {"outcome": "AGREES"}}
        for each, attention in ((refused, SHORT), (response, FULL))
    ]


def id_of(response: Any) -> str:
    return str(response.body["extensions"]["inquiry"]["id"])


async def test_a_challenge_adds_to_other_needs_and_lifts_no_denial(data: Path) -> None:
    async with running_app(data, challenge_one_in=1) as world:
        document = """query @inquiry(purpose: C, reason: INVESTIGATION) {
          protectiveOrder(number: "H000000002") { number } searchPersons(by: {ssn: "999-11-7001"}) { total }
        }"""
        investigator = await world.execute(document, role="investigator", aal=2)
        admin = await world.execute(document, role="admin", aal=2)
        public = await world.execute("{ me { user } }", role="patrol")

    assert [(each["path"], each["extensions"].get("needs")) for each in errors(investigator)] == [
        (["protectiveOrder"], ["ATTENTION"]),
        (["searchPersons", "total"], ["CASE_NUMBER", "ATTENTION"]),
    ]
    assert set(admin.codes) == {"NEED_TO_KNOW"}
    assert public.errors == []


WORDINGS = (
    'person(id: "%s") { id }',
    'x: person(id: " %s ") { name { full } }',
    'persons(ids: ["P0000001", "%s"]) { id }',
    'persons(ids: ["%s"]) { id } sources { name }',
)


async def test_no_wording_and_no_restart_changes_the_draw(data: Path) -> None:
    """Two servers, one after the other, with one key and a stopped clock."""
    CHALLENGE_KEY.create(data, lambda: KEY)
    challenges = Challenges(10, KEY, clock=lambda: 0.0)
    drawn_numbers = drawn(challenges, "demo-patrol")
    free = next(number for number in range(2, 100) if number not in drawn_numbers)
    assert 1 not in drawn_numbers
    found = []
    for _ in range(2):
        async with running_app(data, challenge_one_in=10) as world:
            configured = world.resources.challenges
            world.reconfigure(challenges=replace(configured, clock=lambda: 0.0))
            for number in (drawn_numbers[0], free):
                documents = [wording % f"P{number:07}" for wording in WORDINGS]
                responses = [await world.execute(f"query {TRAFFIC_STOP} {{ {document} }}") for document in documents]
                found.append([[place["code"] for place in response.withheld] for response in responses])

    assert found == [[["STEP_UP_REQUIRED"]] * len(WORDINGS), [[]] * len(WORDINGS)] * 2


async def test_by_default_nothing_is_challenged(world: World) -> None:
    variables = {"id": "P0000001", "attention": None, "case": "26-1"}

    assert (await world.execute(DOCUMENT, role="investigator", aal=2, variables=variables)).data["person"] == NAME
    assert [entry.flags for entry in world.journal_entries()] == [(), ()]
    assert not (world.folder / "challenge.key").exists()
