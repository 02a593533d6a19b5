"""No operation leaves state for another. Attacks 22 to 25."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

import engine.plan_builder
from audit.entry import Kind
from sources.errors import SourceUnavailable
from tests.attacks.responses import (
    CASE_NUMBER_AND_AAL2,
    denial,
    errors,
    last_release,
    names_in_statements,
    sources_queried,
)
from tests.harness import INVESTIGATION, Response, World

DOCUMENT = f"""query {INVESTIGATION} {{
  person(id: "P0000001") {{ id ssn criminalHistory {{ cycles {{ charges {{ code }} }} }} }}
}}"""
CHARGES = "person.criminalHistory.cycles.@.charges"
RESPONSES: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "patrol": ("***-**-7001", []),
    "investigator": (None, [denial("person.ssn", "SSN", *CASE_NUMBER_AND_AAL2)]),
    "records": ("999-11-7001", []),
}


async def post(world: World, role: str, document: str = DOCUMENT) -> Response:
    headers = {"Authorization": f"Bearer {world.token(role)}"}
    response: httpx.Response = await world.client.post("/graphql", json={"query": document}, headers=headers)
    return Response(response)


@pytest.mark.attack(22)
async def test_concurrent_callers_each_get_their_own_response(world: World) -> None:
    """A barrier holds every caller in the first read until all have arrived, three times."""
    roles = ["patrol", "investigator", "records", "outsider"] * 3
    readers = [role for role in roles if role != "outsider"]
    together = asyncio.Barrier(len(readers))

    async def meet(statement: Any) -> None:
        await together.wait()

    world.sources["persons"].during = meet
    # As many connections as readers; otherwise some readers would wait for a connection and not for the barrier.
    responses = await asyncio.gather(*(post(world, role) for role in roles))

    for role, response in zip(roles, responses, strict=True):
        if role == "outsider":
            assert response.data == {"person": None}
            continue
        ssn, refused = RESPONSES[role]
        assert response.data["person"]["id"] == "P0000001"
        assert response.data["person"]["ssn"] == ssn
        assert [each for each in errors(response) if each["path"] == ["person", "ssn"]] == refused
    # No batch was used for another caller.
    assert [name for name, _ in world.log].count("persons") == len(readers)
    released = [entry for entry in world.journal_entries() if entry.kind is Kind.RELEASE]
    assert sorted(entry.role or "" for entry in released) == sorted(roles)
    assert {(entry.role, "Person.ssn" in entry.released, "Person.ssn" in entry.masked) for entry in released} == {
        ("patrol", False, True),
        ("investigator", False, False),
        ("records", True, False),
        ("outsider", False, False),
    }
    assert len({entry.id for entry in released}) == len(roles)


@pytest.mark.attack(23)
async def test_one_caller_with_two_purposes_gets_two_verdicts(world: World) -> None:
    document = DOCUMENT.replace("purpose: C", "purpose: %s")
    for purpose, is_allowed in [("C", True), ("J", True), ("D", False), ("C", True), ("H", False), ("A", True)]:
        response = await world.execute(document % purpose, role="records")

        assert (response.data["person"] is not None) is is_allowed, purpose
        assert (sources_queried(world) != set()) is is_allowed
        assert last_release(world).purpose == purpose


@pytest.mark.attack(23)
async def test_a_purpose_in_a_variable_is_decided_for_each_request(world: World) -> None:
    """One document and one plan; the purpose is a variable."""
    document = (
        "query($purpose: PurposeCode!, $case: String)"
        " @inquiry(purpose: $purpose, reason: INVESTIGATION, caseNumber: $case)"
        ' { person(id: "P0000001") { ssn } }'
    )
    refused = await world.execute(document, role="investigator", aal=2, variables={"purpose": "D", "case": "1"})
    granted = await world.execute(document, role="investigator", aal=2, variables={"purpose": "C", "case": "1"})
    stepped_down = await world.execute(document, role="investigator", aal=2, variables={"purpose": "C"})

    assert errors(refused) == [denial("person", "IDENTITY", rule=("purpose-not-open", "local policy"))]
    assert granted.data == {"person": {"ssn": "999-11-7001"}}
    assert errors(stepped_down) == [denial("person.ssn", "SSN", "CASE_NUMBER")]


@pytest.mark.attack(24)
async def test_a_cached_plan_carries_no_rights_of_its_first_caller(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = []
    collect = engine.plan_builder.collect_fields
    monkeypatch.setattr(
        engine.plan_builder, "collect_fields", lambda *given, **named: planned.append(1) or collect(*given, **named)
    )
    for role in ["records", "investigator", "patrol", "investigator", "records"]:
        response = await world.execute(DOCUMENT, role=role)
        ssn, refused = RESPONSES[role]

        assert response.data["person"]["ssn"] == ssn
        assert [each for each in errors(response) if each["path"] == ["person", "ssn"]] == refused
        assert ("ssn" in names_in_statements(world)) is (role != "investigator")
    assert planned == [1], "the plan was not cached, so this test shows nothing"


@pytest.mark.attack(24)
async def test_a_document_denied_to_one_caller_is_run_for_another(world: World) -> None:
    outsider = await world.execute(DOCUMENT, role="outsider")
    records = await world.execute(DOCUMENT, role="records")

    assert outsider.data == {"person": None}
    assert records.data["person"]["ssn"] == "999-11-7001"


@pytest.mark.attack(25)
async def test_a_denied_neighbour_cancels_no_batch(world: World) -> None:
    document = f"""query {INVESTIGATION} {{
      persons(ids: ["P0000001", "P0000009"]) {{ ssn warrants {{ number }} vehicles {{ plate }} }}
      protectiveOrder(number: "H000000002") {{ prohibitionBasis protectedParties {{ phone }} conditions }}
      searchPersons(by: {{ssn: "999-11-7001"}}) {{ total }}
    }}"""
    response = await world.execute(document, role="investigator")

    assert response.data == {
        "persons": [
            {"ssn": None, "warrants": [{"number": "W000000001"}], "vehicles": [{"plate": "1N00001"}]},
            {"ssn": None, "warrants": [{"number": "W000000009"}], "vehicles": [{"plate": "1NTK009"}]},
        ],
        "protectiveOrder": {
            "prohibitionBasis": None,
            "protectedParties": None,
            "conditions": ["NO_ASSAULT_THREAT_OR_STALKING", "STAY_AWAY", "NO_COMMUNICATION", "NO_FIREARM"],
        },
        "searchPersons": {"total": None},
    }
    assert response.codes_by_path.keys() == {
        "persons.0.ssn",
        "persons.1.ssn",
        "protectiveOrder.prohibitionBasis",
        "protectiveOrder.protectedParties",
        "searchPersons.total",
    }
    assert sorted(world.batches) == [("persons", 2), ("protective_orders", 1), ("vehicles", 2), ("warrants", 2)]


@pytest.mark.attack(25)
async def test_a_failing_source_cancels_no_batch_of_others(world: World) -> None:
    """The other sources are still reading when it fails: a barrier releases them only then."""
    failed = asyncio.Event()

    async def fail(statement: Any) -> None:
        failed.set()
        raise SourceUnavailable("warrants", "DOWN")

    async def wait(statement: Any) -> None:
        await failed.wait()

    world.sources["warrants"].during = fail
    world.sources["vehicles"].during = wait
    document = (
        f'query {INVESTIGATION} {{ person(id: "P0000001") {{ id warrants {{ number }} vehicles {{ plate }} ssn }} }}'
    )
    response = await world.execute(document, role="investigator")

    assert response.data == {
        "person": {"id": "P0000001", "warrants": None, "vehicles": [{"plate": "1N00001"}], "ssn": None}
    }
    assert response.codes_by_path == {"person.warrants": "SOURCE_UNAVAILABLE", "person.ssn": "STEP_UP_REQUIRED"}
    assert response.sources["warrants"] == "DOWN"
    assert last_release(world).outcome == "PARTIAL"
