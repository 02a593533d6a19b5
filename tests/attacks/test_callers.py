"""Callers and inquiries that are denied before any record is read. Attacks 18, 19 and 21."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from audit.entry import Kind
from tests.attacks.callers import token
from tests.attacks.responses import CASE_NUMBER_AND_AAL2, denial, errors, journalled_denial, last_release
from tests.harness import World

PERSON = 'query %s { person(id: "P0000001") { name { full } ssn warrants { number } } }'


@pytest.mark.attack(18)
@pytest.mark.parametrize("aal", [1, 2])
async def test_nothing_is_read_without_an_inquiry(world: World, aal: int) -> None:
    response = await world.execute(PERSON % "", role="records", aal=aal)

    assert response.data is None
    assert response.codes == ["PURPOSE_REQUIRED"]
    assert world.statements == []
    (entry,) = world.journal_entries()
    assert (entry.kind, entry.outcome, entry.user) == (Kind.REFUSAL, "PURPOSE_REQUIRED", "demo-records")


REFUSED = [
    *(("records", purpose, "INVESTIGATION", ("purpose-refused", "local policy")) for purpose in "HISV"),
    ("records", "R", "INVESTIGATION", ("purpose-federal-only", "III purpose code R")),
    ("patrol", "J", "EMPLOYMENT_BACKGROUND", ("purpose-not-open", "local policy")),
    ("investigator", "D", "COURT_PROCEEDING", ("purpose-not-open", "local policy")),
    ("patrol", "F", "FIREARM_RELINQUISHMENT", ("purpose-not-open", "local policy")),
    ("prosecutor", "X", "CHILD_PLACEMENT", ("purpose-not-open", "local policy")),
    ("investigator", "A", "RECORD_MAINTENANCE", ("purpose-not-open", "local policy")),
    ("auditor", "A", "RECORD_MAINTENANCE", ("purpose-not-open", "local policy")),
    ("records", "C", "CCW_PERMIT", ("concealed-carry", "local policy")),
    ("records", "F", "CCW_PERMIT", ("concealed-carry", "local policy")),
    ("records", "C", "IMMIGRATION_ENFORCEMENT", ("immigration", "AB 1747; SB 54")),
]


@pytest.mark.attack(18)
@pytest.mark.parametrize(("role", "purpose", "reason", "rule"), REFUSED)
async def test_a_refused_purpose_or_reason_denies_before_any_read(
    world: World, role: str, purpose: str, reason: str, rule: tuple[str, str]
) -> None:
    """A case number and two factors would not help, and the error does not offer them."""
    inquiry = f'@inquiry(purpose: {purpose}, reason: {reason}, caseNumber: "26-1")'
    response = await world.execute(PERSON % inquiry, role=role, aal=2)

    assert response.data == {"person": None}
    assert errors(response) == [denial("person", "IDENTITY", rule=rule)]
    assert world.statements == []
    entry = last_release(world)
    assert (entry.outcome, entry.released, entry.record_ids) == ("DENIED", (), ())
    assert entry.denied == (journalled_denial("Query.person", "IDENTITY", rule=rule[0]),)


@pytest.mark.attack(18)
async def test_immigration_enforcement_sees_a_history_but_no_identity(world: World) -> None:
    document = """query @inquiry(purpose: C, reason: IMMIGRATION_ENFORCEMENT) {
      criminalHistory(ciiNumber: "A00000016") {
        ciiNumber fbiNumber subject { id } cycles { arrestedOn charges { code standing } }
      }
    }"""
    response = await world.execute(document, role="records")
    history = response.data["criminalHistory"]
    immigration = ("immigration", "AB 1747; SB 54")

    assert errors(response) == [
        denial(f"criminalHistory.{field}", "IDENTITY", rule=immigration)
        for field in ("ciiNumber", "fbiNumber", "subject")
    ]
    assert (history["ciiNumber"], history["fbiNumber"], history["subject"]) == (None, None, None)
    assert len(history["cycles"]) == 22
    assert "A00000016" not in response.text
    assert "000016DM0" not in response.text


@pytest.mark.attack(18)
@pytest.mark.parametrize("role", ["auditor", "admin", "outsider"])
async def test_roles_without_access_read_no_record_for_any_inquiry(world: World, role: str) -> None:
    response = await world.execute(
        PERSON % '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")', role=role, aal=2
    )

    assert response.data == {"person": None}
    assert response.codes == ["NEED_TO_KNOW"]
    assert world.statements == []
    assert last_release(world).outcome == "DENIED"


def today() -> date:
    return datetime.now(UTC).date()


@pytest.mark.attack(19)
async def test_nothing_is_read_after_the_certification_expires(world: World) -> None:
    inquiry = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'
    expired = token(world, "records", certified_until=(today() - timedelta(days=1)).isoformat(), acr="aal2")
    response = await world.execute(PERSON % inquiry, token=expired)

    assert response.data == {"person": None}
    assert errors(response) == [denial("person", "IDENTITY", rule=("certification", "local policy"))]
    assert world.statements == []
    assert last_release(world).denied == (journalled_denial("Query.person", "IDENTITY", rule="certification"),)


@pytest.mark.attack(19)
@pytest.mark.parametrize("role", ["patrol", "records", "court", "auditor"])
async def test_nothing_is_read_without_a_background_check(world: World, role: str) -> None:
    inquiry = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1", attention: "supervisor: Sgt Lee")'
    unchecked = token(world, role, fingerprinted_on=None, acr="aal2")
    response = await world.execute(PERSON % inquiry, token=unchecked)

    assert response.data == {"person": None}
    assert errors(response) == [denial("person", "IDENTITY", rule=("background-check", "11 CCR 703"))]
    assert world.statements == []


@pytest.mark.attack(19)
async def test_a_new_officer_reads_only_under_a_named_supervisor(world: World) -> None:
    hired = (today() - timedelta(days=30)).isoformat()
    new = token(world, "patrol", employed_on=hired, trained_on=None, certified_until=None)
    alone, supervised = [
        await world.execute(PERSON % f'@inquiry(purpose: C, reason: BOOKING, attention: "{attention}")', token=new)
        for attention in ("Fox 31", "Fox 31; supervisor: Sgt Lee")
    ]
    intents = [each for each in world.journal_entries() if each.kind is Kind.INTENT]

    assert alone.data == {"person": None}
    assert errors(alone) == [denial("person", "IDENTITY", "SUPERVISOR", rule=("training", "local policy"))]
    assert supervised.data["person"] is not None
    assert [each.flags for each in intents] == [(), ("SUPERVISED",)]
    assert {(each.employed_on, each.certified_until) for each in intents} == {(hired, None)}


NEEDS = [
    ("@inquiry(purpose: C, reason: INVESTIGATION)", 1, CASE_NUMBER_AND_AAL2),
    ("@inquiry(purpose: C, reason: INVESTIGATION)", 2, ("CASE_NUMBER",)),
    ('@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")', 1, ("AAL2",)),
    ('@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "-")', 2, ("CASE_NUMBER",)),
    ("@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: null)", 2, ("CASE_NUMBER",)),
    ('@inquiry(purpose: C, reason: INVESTIGATION, attention: "26-1")', 2, ("CASE_NUMBER",)),
]


@pytest.mark.attack(19)
@pytest.mark.parametrize(("inquiry", "aal", "needs"), NEEDS)
async def test_a_step_up_error_lists_exactly_what_is_missing(
    world: World, inquiry: str, aal: int, needs: tuple[str, ...]
) -> None:
    response = await world.execute(
        f'query {inquiry} {{ person(id: "P0000001") {{ id ssn }} }}', role="investigator", aal=aal
    )

    assert response.data == {"person": {"id": "P0000001", "ssn": None}}
    assert errors(response) == [denial("person.ssn", "SSN", *needs)]
    assert last_release(world).denied == (journalled_denial("Person.ssn", "SSN", *needs),)


@pytest.mark.attack(19)
async def test_a_case_number_and_two_factors_are_enough(world: World) -> None:
    inquiry = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'
    response = await world.execute(
        f'query {inquiry} {{ person(id: "P0000001") {{ ssn }} }}', role="investigator", aal=2
    )

    assert response.data == {"person": {"ssn": "999-11-7001"}}
    assert response.errors == []


BLANKS = ("\u2800", "\u3164", "\uffa0", "\u034f", "-", "...", "№", "🂠")


@pytest.mark.attack(19)
async def test_a_case_number_without_letter_or_digit_does_not_count(world: World) -> None:
    """Spaces and punctuation: an auditor needs a letter or a digit to find a case."""
    document = (
        "query($case: String) @inquiry(purpose: C, reason: INVESTIGATION, caseNumber: $case)"
        ' { person(id: "P0000001") { ssn } }'
    )
    responses = [
        await world.execute(document, role="investigator", aal=2, variables={"case": blank}) for blank in BLANKS
    ]

    assert [response.codes for response in responses] == [["STEP_UP_REQUIRED"]] * len(BLANKS)
    assert {response.errors[0]["extensions"]["needs"][0] for response in responses} == {"CASE_NUMBER"}


WRONG: list[Any] = [
    *(
        "RECORDS",
        "Records",
        "records ",
        " records",
        "records\n",
        "rec\N{CYRILLIC SMALL LETTER O}rds",
        "records\u200b",
        "re\N{CYRILLIC SMALL LETTER ES}ords",
        "superuser",
        "",
    ),
    *("*", "records,admin", "RECORDS_", None, 3, True, ["records"], ["patrol", "records"], {"role": "records"}, []),
]


@pytest.mark.attack(21)
async def test_a_token_with_an_inexact_role_is_rejected(world: World) -> None:
    document = PERSON % "@inquiry(purpose: C, reason: INVESTIGATION)"
    responses = [await world.execute(document, token=token(world, "records", role=role)) for role in WRONG]

    assert [(response.status, response.codes) for response in responses] == [(401, ["UNAUTHENTICATED"])] * len(WRONG)
    assert world.statements == []
    entries = world.journal_entries()
    assert len(entries) == len(WRONG)
    assert {(entry.kind, entry.outcome, entry.role) for entry in entries} == {(Kind.REFUSAL, "UNAUTHENTICATED", None)}


@pytest.mark.attack(21)
async def test_a_token_with_an_unknown_assurance_level_is_rejected(world: World) -> None:
    wrong: list[Any] = ["AAL2", "aal2 ", "aal3", "", 2, None, True, ["aal2"], {"aal2": True}]
    responses = [await world.execute(PERSON % "", token=token(world, "investigator", acr=acr)) for acr in wrong]

    assert [response.status for response in responses] == [401] * len(wrong)
    assert world.statements == []


@pytest.mark.attack(21)
@pytest.mark.parametrize("also", [{"roles": ["records"]}, {"Role": "records"}, {"groups": ["records"]}])
async def test_other_claims_about_roles_have_no_effect(world: World, also: dict[str, Any]) -> None:
    response = await world.execute(
        PERSON % "@inquiry(purpose: C, reason: INVESTIGATION)", token=token(world, "outsider", **also)
    )

    assert response.data == {"person": None}
    assert response.codes == ["NEED_TO_KNOW"]
    assert world.statements == []
