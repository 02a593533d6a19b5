"""Inference of hidden data from searches, counts, pages, lists and messages. Attacks 13 and 15 to 17."""

from __future__ import annotations

import base64
import logging
from typing import Any

import orjson
import pytest

from tests.attacks.data_files import change, set_subject
from tests.attacks.responses import (
    CASE_NUMBER_AND_AAL2,
    denial,
    errors,
    journal_text,
    last_release,
    normalized_body,
    sources_queried,
    withheld,
)
from tests.harness import INVESTIGATION, World

STEPPED_UP = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'
BY_SSN = (
    f"query($ssn: String!) {INVESTIGATION} {{ searchPersons(by: {{ssn: $ssn}}) {{ total edges {{ node {{ id }} }} }} }}"
)
THERE, NOT_THERE = "999-11-7001", "900-00-0000"


@pytest.mark.attack(13)
@pytest.mark.parametrize(
    ("role", "needs"), [("investigator", CASE_NUMBER_AND_AAL2), ("patrol", ()), ("court", ()), ("jail", ())]
)
async def test_a_caller_who_sees_a_masked_ssn_cannot_search_by_it(
    world: World, role: str, needs: tuple[str, ...]
) -> None:
    """A mask is not enough: a hit would confirm a guess."""
    hit = await world.execute(BY_SSN, role=role, variables={"ssn": THERE})
    queried = sources_queried(world)
    miss = await world.execute(BY_SSN, role=role, variables={"ssn": NOT_THERE})

    assert errors(hit) == [denial(f"searchPersons.{field}", "SSN", *needs) for field in ("total", "edges")]
    assert hit.data == {"searchPersons": {"total": None, "edges": None}}
    assert normalized_body(hit) == normalized_body(miss)
    assert queried == sources_queried(world) == set()
    assert last_release(world).released == ()
    assert [denied.record_class for denied in last_release(world).denied] == ["SSN"]


@pytest.mark.attack(13)
async def test_an_auditor_gets_one_response_for_any_ssn(world: World) -> None:
    hit = await world.execute(BY_SSN, role="auditor", variables={"ssn": THERE})
    miss = await world.execute(BY_SSN, role="auditor", variables={"ssn": NOT_THERE})

    assert set(hit.codes) == {"NEED_TO_KNOW"}
    assert normalized_body(hit) == normalized_body(miss)
    assert world.statements == []


@pytest.mark.attack(13)
async def test_a_caller_who_sees_an_ssn_can_search_by_it(world: World) -> None:
    found = await world.execute(BY_SSN, role="records", variables={"ssn": THERE})

    assert found.data == {"searchPersons": {"total": 1, "edges": [{"node": {"id": "P0000001"}}]}}


TWINS = '{name: {surname: "Castellanaro", birthDate: "1992-02-29"}}'
PAGE = (
    f"query($first: Int, $after: String) %s {{ searchPersons(by: {TWINS}, first: $first, after: $after)"
    " { total edges { node { id } cursor } pageInfo { hasNextPage endCursor } } }"
)


@pytest.mark.attack(15)
async def test_counts_and_pages_cover_visible_people_only(world: World) -> None:
    both = await world.execute(PAGE % INVESTIGATION, variables={"first": 1})
    change(world.folder, "persons", "UPDATE person SET subject_user = 'demo-patrol' WHERE id = 'P0000010'")
    change(world.folder, "persons", "UPDATE name_key SET subject_user = 'demo-patrol' WHERE person = 10")
    one = await world.execute(PAGE % INVESTIGATION, variables={"first": 1})
    absent = await world.execute((PAGE % INVESTIGATION).replace("Castellanaro", "Thornquist"), variables={"first": 1})

    def counts(response: Any) -> tuple[int, int, bool]:
        found = response.data["searchPersons"]
        return found["total"], len(found["edges"]), found["pageInfo"]["hasNextPage"]

    assert counts(both) == (2, 1, True)
    assert counts(one) == (1, 1, False)
    assert counts(absent) == (0, 0, False)
    assert "P0000010" not in one.text

    stepped_up = await world.execute(PAGE % STEPPED_UP, aal=2, variables={"first": 1})

    assert counts(stepped_up) == (1, 1, False)


@pytest.mark.attack(15)
async def test_vehicle_counts_exclude_own_vehicles_only(world: World) -> None:
    document = (
        f"query {INVESTIGATION}"
        f' {{ searchVehicles(by: {{plateStart: "1NTK"}}) {{ total edges {{ node {{ vin plate }} }} }} }}'
    )
    before = (await world.execute(document)).data["searchVehicles"]
    set_subject(world.folder, "NAKAGAWARA", ori="CA9194200")
    set_subject(world.folder, "HARTSBRIDGE", user="demo-patrol")
    after = (await world.execute(document)).data["searchVehicles"]
    plates_before, plates_after = (
        {edge["node"]["vin"]: edge["node"]["plate"] for edge in page["edges"]} for page in (before, after)
    )

    assert before["total"] == len(plates_before) == 15
    assert after["total"] == len(plates_after) == 14
    # A colleague's vehicle stays, and is flagged.
    hidden = plates_before.keys() - plates_after.keys()
    assert sorted(plates_before[vin] for vin in hidden) == ["1NTK015"]


@pytest.mark.attack(15)
async def test_a_history_counts_visible_cycles_only(world: World) -> None:
    document = 'query %s { criminalHistory(ciiNumber: "A00000004") { cycles { arrestedOn } } }'
    jail = await world.execute(document % INVESTIGATION, role="jail")
    court = await world.execute(document % INVESTIGATION, role="court")

    assert jail.data == {"criminalHistory": {"cycles": [{"arrestedOn": "2019-10-26"}]}}
    assert court.data == {"criminalHistory": {"cycles": [{"arrestedOn": "2019-10-26"}, {"arrestedOn": "2013-02-09"}]}}


@pytest.mark.attack(15)
async def test_a_booking_number_does_not_reveal_hidden_arrests(world: World) -> None:
    """The second arrest must not have a number ending in 2 if the first is sealed."""
    document = f'query {INVESTIGATION} {{ criminalHistory(ciiNumber: "A00000004") {{ cycles {{ bookingNumber }} }} }}'
    response = await world.execute(document, role="jail")
    ((cycle),) = response.data["criminalHistory"]["cycles"]

    assert not cycle["bookingNumber"].endswith("2")


@pytest.mark.attack(15)
async def test_a_cursor_is_sealed_to_one_search_of_one_caller(world: World) -> None:
    first = (await world.execute(PAGE % INVESTIGATION, variables={"first": 1})).data["searchPersons"]
    cursor = first["pageInfo"]["endCursor"]
    opened = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

    for secret in (b"P000", b"1992", b"CASTELL", b"[", b","):
        assert secret not in opened.upper() or secret in (b"[", b",")
    own = await world.execute(PAGE % INVESTIGATION, variables={"first": 1, "after": cursor})
    others = await world.execute(PAGE % INVESTIGATION, role="jail", variables={"first": 1, "after": cursor})
    elsewhere = await world.execute(
        (PAGE % INVESTIGATION).replace("1992-02-29", "1992-02-28"), variables={"first": 1, "after": cursor}
    )
    changed = await world.execute(PAGE % INVESTIGATION, variables={"first": 1, "after": cursor[:-2] + "AA"})

    assert own.data["searchPersons"]["edges"][0]["node"]["id"] == "P0000010"
    for refused in (others, elsewhere, changed):
        assert refused.codes == ["BAD_INPUT"]
        assert refused.errors[0]["message"] == "This cursor is not from this search: start again without it."
        assert cursor not in refused.text


@pytest.mark.attack(16)
@pytest.mark.parametrize("order", ["H000000002", "H000000008"])
async def test_a_denied_list_is_null_whether_long_or_empty(world: World, order: str) -> None:
    """One order has a protected party and the other has none."""
    document = (
        f'query {INVESTIGATION} {{ protectiveOrder(number: "{order}") {{ number protectedParties {{ phone }} }} }}'
    )
    response = await world.execute(document)

    assert response.data == {"protectiveOrder": {"number": order, "protectedParties": None}}
    assert errors(response) == [denial("protectiveOrder.protectedParties", "PROTECTED_PARTY", *CASE_NUMBER_AND_AAL2)]
    assert len(world.statements) == 1


@pytest.mark.attack(16)
async def test_a_denied_list_in_many_rows_is_one_place_and_nulls(world: World) -> None:
    on_parole = "UPDATE cycle SET supervision_kind = 'PAROLE' WHERE cii_number = 'A00000016'"
    change(world.folder, "criminal_history", on_parole)
    document = (
        f'query {INVESTIGATION} {{ criminalHistory(ciiNumber: "A00000016") {{ cycles {{ charges {{ code }} }} }} }}'
    )
    response = await world.execute(document)

    assert response.data == {"criminalHistory": {"cycles": [{"charges": None}] * 22}}
    assert errors(response) == [
        denial(f"criminalHistory.cycles.{index}.charges", "CONVICTION", *CASE_NUMBER_AND_AAL2) for index in range(22)
    ]
    assert response.withheld == [withheld("criminalHistory.cycles.@.charges", "CONVICTION", *CASE_NUMBER_AND_AAL2)]


@pytest.mark.attack(16)
async def test_denied_persons_are_as_many_nulls_as_requested_ids(world: World) -> None:
    document = f'query {INVESTIGATION} {{ persons(ids: ["P0000001", "P9999999", "P0000002"]) {{ id }} }}'
    response = await world.execute(document, role="outsider")

    assert response.data == {"persons": [None, None, None]}
    rule = ("purpose-not-open", "local policy")
    assert errors(response) == [denial(f"persons.{index}", "IDENTITY", rule=rule) for index in range(3)]
    assert response.withheld == [withheld("persons.@", "IDENTITY", rule=rule)]
    assert world.statements == []


BAD_SSNS = [
    "987-65-432",
    "9876543210",
    "987-65-43211",
    "\N{CIRCLED DIGIT NINE}87-65-4321~",
    "987/65/4321",
    "x987-65-4321",
]


@pytest.mark.attack(17)
async def test_an_invalid_ssn_is_not_in_response_log_or_journal(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    literal = BY_SSN.replace("($ssn: String!)", "")
    responses = [await world.execute(BY_SSN, role="records", variables={"ssn": ssn}) for ssn in BAD_SSNS]
    responses += [
        await world.execute(literal.replace("$ssn", orjson.dumps(ssn).decode()), role="records") for ssn in BAD_SSNS
    ]

    assert [response.codes for response in responses] == [["BAD_INPUT"]] * 2 * len(BAD_SSNS)
    assert {response.errors[0]["message"] for response in responses} == {"ssn must be written NNN-NN-NNNN."}
    assert world.statements == []
    written = (
        "".join(response.text for response in responses)
        + journal_text(world.journal_entries())
        + caplog.text
        + "".join(capfd.readouterr())
    )
    assert "65-4" not in written
    assert "987654321" not in written


@pytest.mark.attack(17)
@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (f"query {INVESTIGATION} {{ searchPersons(by: {{ssn: 987654321}}) {{ total }} }}", {}),
        (f"query {INVESTIGATION} {{ searchPersons(by: {{ssn: N987654321}}) {{ total }} }}", {}),
        (f'query {INVESTIGATION} {{ searchPersons(by: {{ssn: ["987-65-4321"]}}) {{ total }} }}', {}),
        (f'query {INVESTIGATION} {{ searchPersons(by: {{ssm: "987-65-4321"}}) {{ total }} }}', {}),
        (f'query {INVESTIGATION} {{ searchPersons(by: {{ssn: "987-65-4321", x: "987654321"}}) {{ total }} }}', {}),
        (f'query {INVESTIGATION} {{ searchPersons(by: "987-65-4321") {{ total }} }}', {}),
        (f'query {INVESTIGATION} {{ searchPersons(by: {{ssn: "987-65-4321}}) {{ total }} }}', {}),
        (f"query {INVESTIGATION} {{ s987654321(by: 1) {{ total }} }}", {}),
        (BY_SSN, {"ssn": 987654321}),
        (BY_SSN, {"ssn": ["987-65-4321"]}),
        (BY_SSN, {"ssn": {"n": "987-65-4321"}}),
        (BY_SSN, {"987654321": "987-65-4321"}),
        (BY_SSN.replace("String!", "PersonSearch!"), {"ssn": {"ssn": "987-65-4321", "x987654321": 1}}),
    ],
)
async def test_a_value_of_the_wrong_type_is_not_repeated(
    world: World, document: str, variables: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    response = await world.execute(document, role="records", variables=variables)

    assert set(response.codes) == {"BAD_INPUT"}
    written = response.text + caplog.text + journal_text(world.journal_entries())
    assert "987654321" not in written
    assert "65-4321" not in written
    assert world.statements == []
