"""The safety banner over HTTP: what it reads, what it says without a source or a class, and who did not ask for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policy.effects import Effect
from policy.record_classes import RecordClass
from policy.related_subjects import RelatedSubjects
from policy.roles import Role
from resolvers import persons
from resolvers.safety import WORDS_OF_SOURCES
from schema.persons import Person
from schema.safety import PARTS, selection_of
from tests.attacks.data_files import change, set_subject
from tests.attacks.responses import last_release
from tests.harness import INVESTIGATION, TRAFFIC_STOP, WITH_CASE, Response, World

SAFETY = "safety { complete unanswered withheld more lines { rank kind words source number about act } }"
NOTHING_KNOWN = {"complete": True, "unanswered": [], "withheld": [], "more": 0, "lines": []}


async def ask(world: World, selection: str, *, inquiry: str = TRAFFIC_STOP, **by: Any) -> Response:
    return await world.execute(f"query {inquiry} {{ {selection} }}", **by)


async def safety_of(world: World, person: str, **by: Any) -> dict[str, Any]:
    response = await ask(world, f'person(id: "{person}") {{ {SAFETY} }}', **by)
    assert response.errors == []
    banner: dict[str, Any] = response.data["person"]["safety"]
    return banner


def words(banner: dict[str, Any]) -> list[str]:
    return [line["words"] for line in banner["lines"]]


def deny(world: World, *classes: RecordClass, role: Role = Role.PATROL) -> None:
    """Let the policy in force deny these record classes to a role."""
    cells = tuple(
        replace(cell, effect=Effect.DENY) if cell.role is role and cell.record_class in classes else cell
        for cell in world.resources.policy().cells
    )
    policy = replace(world.resources.policy(), cells=cells)
    world.reconfigure(policy=lambda: policy)


async def test_a_wanted_person_is_announced_the_gravest_first(world: World) -> None:
    banner = await safety_of(world, "P0000001")

    assert words(banner) == ["ARMED AND DANGEROUS", "VIOLENT TENDENCIES", "WANTED, FELONY: FULL EXTRADITION"]
    assert [line["act"] for line in banner["lines"]] == ["KNOW", "NO_ARREST_ON_THIS", "CONFIRM_FIRST"]
    assert (banner["complete"], banner["more"]) == (True, 0)


async def test_a_restrained_person_is_announced_without_the_protected_party(world: World) -> None:
    response = await ask(world, f'person(id: "P0000002") {{ {SAFETY} }}')

    assert words(response.data["person"]["safety"]) == ["PROTECTIVE ORDER, SERVED: ENFORCE IT; FIREARMS PROHIBITED"]
    assert "protected" not in response.text.replace("protected-party", "").replace("PROTECTED_PARTY", "").lower()


async def test_a_plate_announces_its_owner_as_owner(world: World) -> None:
    response = await ask(world, f'vehicle(by: {{plate: {{number: "1N00001"}}}}) {{ {SAFETY} }}')

    assert {line["about"] for line in response.data["vehicle"]["safety"]["lines"]} == {"OWNER"}
    assert words(response.data["vehicle"]["safety"])[0] == "ARMED AND DANGEROUS"


async def test_a_stolen_vehicle_is_announced_itself(world: World) -> None:
    response = await ask(world, f'vehicle(by: {{plate: {{number: "1NTK011"}}}}) {{ {SAFETY} }}')
    first = response.data["vehicle"]["safety"]["lines"][0]

    assert (first["kind"], first["about"], first["act"]) == ("STOLEN", "VEHICLE", "CONFIRM_FIRST")


RECORDS = selection_of(Person)


async def test_a_banner_costs_no_statement_beside_the_records_it_names(world: World) -> None:
    await ask(world, f'person(id: "P0000001") {{ {RECORDS} }}')
    records = world.batches
    await ask(world, f'person(id: "P0000001") {{ {SAFETY} {RECORDS} }}')

    assert world.batches == records

    await ask(world, f'person(id: "P0000001") {{ {SAFETY} }}')

    assert sorted(world.batches) == sorted(each for each in records if each[0] != "protective_orders")


async def test_people_of_a_page_share_the_statements_of_their_banners(world: World) -> None:
    await ask(world, f'persons(ids: ["P0000001", "P0000002", "P0000003"]) {{ {SAFETY} }}')

    sources = [source for source, _ in world.batches]
    assert sources[0] == "persons"
    assert len(sources) == len({*sources}) > 4


@pytest.mark.parametrize("source", [name for name in PARTS[Person] if name != persons.SOURCE])
async def test_a_banner_is_never_empty_by_failure(world: World, source: str) -> None:
    (world.folder / f"{source}.db").unlink()
    # Who has a number in the source: of nobody else it is asked.
    banner = await safety_of(world, {"missing_persons": "P0000018"}.get(source, "P0000002"))

    assert (banner["complete"], banner["unanswered"]) == (False, [source])
    assert words(banner)[0] == f"{WORDS_OF_SOURCES[source]} DID NOT ANSWER"
    assert banner["lines"][0]["rank"] == 0


async def test_an_owner_who_cannot_be_read_is_the_first_line(world: World) -> None:
    (world.folder / "persons.db").unlink()
    response = await ask(world, f'vehicle(by: {{plate: {{number: "1NTK002"}}}}) {{ {SAFETY} }}')

    assert response.errors == []
    assert words(response.data["vehicle"]["safety"]) == ["PERSONS DID NOT ANSWER"]
    assert response.data["vehicle"]["safety"]["complete"] is False


async def test_a_selected_field_keeps_its_own_error_beside_the_banner(world: World) -> None:
    (world.folder / "warrants.db").unlink()
    response = await ask(world, f'person(id: "P0000002") {{ {SAFETY} warrants {{ number }} }}')

    assert response.codes_by_path == {"person.warrants": "SOURCE_UNAVAILABLE"}


async def test_an_unknown_code_is_a_line_and_hides_no_other(world: World) -> None:
    change(world.folder, "warrants", "UPDATE warrant SET extradition = '?' WHERE number = 'W000000001'")
    banner = await safety_of(world, "P0000001")

    assert words(banner)[:2] == ["A RECORD OF WANTED PERSONS CANNOT BE READ", "ARMED AND DANGEROUS"]
    assert words(banner)[-1] == "WANTED, EXTRADITION NOT KNOWN"
    assert (banner["complete"], banner["unanswered"]) == (False, [])


@pytest.mark.parametrize(
    ("denied", "withheld", "kinds"),
    [
        (RecordClass.WANTS, ["WANTS"], []),
        (RecordClass.SUPERVISION, ["SUPERVISION"], ["ARMED_AND_DANGEROUS", "VIOLENT", "WANTED"]),
        (RecordClass.PROTECTIVE_ORDER, ["PROTECTIVE_ORDER"], ["ARMED_AND_DANGEROUS", "VIOLENT", "WANTED"]),
    ],
)
async def test_a_banner_uses_only_the_classes_of_its_caller(
    world: World, denied: RecordClass, withheld: list[str], kinds: list[str]
) -> None:
    deny(world, denied)
    response = await ask(world, f'person(id: "P0000001") {{ {SAFETY} }}')
    banner = response.data["person"]["safety"]

    assert response.errors == []
    assert (banner["complete"], banner["withheld"]) == (False, withheld)
    assert [line["kind"] for line in banner["lines"]] == kinds
    source = {"WANTS": "warrants", "SUPERVISION": "supervision"}.get(denied.name, "protective_orders")
    assert source not in {source for source, _ in world.batches}


async def test_a_firearms_prohibition_that_is_withheld_is_not_in_the_words(world: World) -> None:
    deny(world, RecordClass.FIREARM_PROHIBITION)
    banner = await safety_of(world, "P0000002")

    assert words(banner) == ["PROTECTIVE ORDER, SERVED: ENFORCE IT"]
    assert banner["withheld"] == ["FIREARM_PROHIBITION"]


def supervise(folder: Path, *, is_sealed: bool, is_juvenile: bool) -> None:
    """Make P0000015 the person of the demonstration's entry, who is at large."""
    change(
        folder,
        "supervision",
        """UPDATE supervised_release SET is_sealed = :is_sealed, is_juvenile = :is_juvenile, status = 'AT_LARGE',
        cii_number = 'A00000015' WHERE number = 'C000000013'""",
        is_sealed=is_sealed,
        is_juvenile=is_juvenile,
    )


@pytest.mark.parametrize(("is_sealed", "is_juvenile"), [(True, False), (False, True)], ids=["sealed", "juvenile"])
@pytest.mark.parametrize(("role", "inquiry"), [("patrol", TRAFFIC_STOP), ("investigator", WITH_CASE)])
async def test_a_sealed_or_juvenile_arrest_gives_no_line_to_any_caller(
    world: World, is_sealed: bool, is_juvenile: bool, role: str, inquiry: str
) -> None:
    supervise(world.folder, is_sealed=is_sealed, is_juvenile=is_juvenile)

    assert await safety_of(world, "P0000015", role=role, aal=2, inquiry=inquiry) == NOTHING_KNOWN

    supervise(world.folder, is_sealed=False, is_juvenile=False)

    assert words(await safety_of(world, "P0000015", role=role, aal=2, inquiry=inquiry)) == [
        "STATE PAROLE, AT LARGE, SEARCH TERM"
    ]


async def test_a_warrant_about_a_withheld_subject_withholds_the_banner(world: World) -> None:
    policy = replace(world.resources.policy(), related_subjects=RelatedSubjects.STEP_UP)
    world.reconfigure(policy=lambda: policy)
    set_subject(world.folder, "THORNQUIST", surname="ASHGROVE", sources=["warrants"])
    response = await ask(world, f'person(id: "P0000001") {{ id {SAFETY} }}')

    assert response.data == {"person": {"id": "P0000001", "safety": None}}
    assert response.codes_by_path == {"person.safety": "STEP_UP_REQUIRED"}


async def test_the_journal_lists_what_a_banner_released(world: World) -> None:
    await safety_of(world, "P0000001")
    release = last_release(world)

    assert {"Person.safety", "Person.cautions", "Warrant.extradition"} <= set(release.released)
    assert release.record_ids == ("persons/P0000001", "warrants/W000000001")
    assert (release.denied, release.outcome) == ((), "ANSWERED")


NOT_ASKED = 'person(id: "P0000001") { id }'


def notice(response: Response) -> Any:
    return response.body["extensions"]["inquiry"].get("safety")


@pytest.mark.parametrize("reason", ["TRAFFIC_STOP", "CALL_FOR_SERVICE", "WARRANT_SERVICE"])
async def test_a_field_stop_that_did_not_ask_is_told_so(world: World, reason: str) -> None:
    inquiry = f"@inquiry(purpose: C, reason: {reason})"

    assert notice(await ask(world, NOT_ASKED, inquiry=inquiry)) == "NOT_ASKED"
    assert notice(await ask(world, f'person(id: "P0000001") {{ id {SAFETY} }}', inquiry=inquiry)) is None
    page = 'searchPersons(by: {name: {surname: "Thornquist"}}) { edges { node { id } } }'
    assert notice(await ask(world, page, inquiry=inquiry)) == "NOT_ASKED"


@pytest.mark.parametrize(
    ("selection", "inquiry"),
    [
        (NOT_ASKED, INVESTIGATION),
        ('person(id: "P9999999") { id }', TRAFFIC_STOP),
        ('vehicle(by: {plate: {number: "1N00001"}}) { make }', TRAFFIC_STOP),
        ('searchPersons(by: {name: {surname: "Thornquist"}}) { total }', TRAFFIC_STOP),
        (f'vehicle(by: {{plate: {{number: "1N00001"}}}}) {{ owner {{ id }} {SAFETY} }}', TRAFFIC_STOP),
    ],
    ids=["at a desk", "nobody", "no person", "a count", "asked for the vehicle"],
)
async def test_other_inquiries_are_told_nothing(world: World, selection: str, inquiry: str) -> None:
    assert notice(await ask(world, selection, inquiry=inquiry)) is None


async def test_the_own_record_is_not_betrayed_by_the_notice(world: World) -> None:
    """P0000008 is the investigator's own record, which is absent."""
    response = await ask(world, 'person(id: "P0000008") { id }', role="investigator")

    assert (response.data, notice(response)) == ({"person": None}, None)
