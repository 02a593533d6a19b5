"""The reason TRAINING finds demonstration people alone; a live record looks absent, on every path. Attack 42."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policy.caller import Assurance
from policy.reasons import Reason
from policy.roles import Role
from resolvers.catalogue import SPECS
from resolvers.columns import DEMONSTRATION
from resolvers.name_index import METADATA as NAME_INDEX
from tests.attacks.data_files import change, delete_subject
from tests.attacks.entry_paths import LARGEST_DOCUMENT, documents, edges, edges_in
from tests.attacks.observations import differing_requests, observe
from tests.attacks.planted_person import PLANTED, plant_person
from tests.attacks.positions import CASE, Position
from tests.attacks.responses import last_release
from tests.attacks.test_guessing import ALIKE, pages
from tests.harness import World

COURT = Position(Role.COURT, Assurance.AAL2, CASE, reason=Reason.TRAINING)
RECORDS = Position(Role.RECORDS, reason=Reason.TRAINING)
STEPPED_UP = replace(RECORDS, assurance=Assurance.AAL2, case_number=CASE)
SEARCHES = {
    'searchPersons(by: {name: {surname: "Vanterpool"}}': "score why node { id aliases { surname } }",
    'searchVehicles(by: {plateStart: "1NTK0"}': "why node { vin plate }",
}
LIVE = {"zero": 0, "null": None, "two": 2}


@pytest.fixture
def world(world: World) -> World:
    world.allow_fields(LARGEST_DOCUMENT)
    return world


TABLES = {
    spec.name: [*spec.metadata.sorted_tables, *(NAME_INDEX.tables.values() if spec.name == "persons" else ())]
    for spec in SPECS
}
# Tables of records that are about nobody known, such as an unidentified person.
WITHOUT_SUBJECT = {
    source: [each for each in tables if DEMONSTRATION in each.c and "subject_surname" not in each.c]
    for source, tables in TABLES.items()
}
WITHOUT_SUBJECT = {
    source: [each for each in found if not each.foreign_keys] for source, found in WITHOUT_SUBJECT.items()
}


def make_live(world: World, value: Any = 0) -> None:
    """Make all records about the planted person or about nobody known live, and what belongs to them."""
    for source, tables in TABLES.items():
        statements = ["PRAGMA ignore_check_constraints = ON"]
        statements += [f"UPDATE {each} SET {DEMONSTRATION} = :value" for each in WITHOUT_SUBJECT[source]]
        for table in tables:
            if "subject_surname" in table.c:
                statements.append(f"UPDATE {table} SET {DEMONSTRATION} = :value WHERE subject_surname = 'VANTERPOOL'")
            for key in table.foreign_keys:
                parent = f"SELECT {key.column.name} FROM {key.column.table} WHERE {DEMONSTRATION} IS :value"
                statements.append(f"UPDATE {table} SET {DEMONSTRATION} = :value WHERE {key.parent.name} IN ({parent})")
        change(world.folder, source, *statements, value=value)


def delete(world: World) -> None:
    """Delete the same records."""
    for source, tables in WITHOUT_SUBJECT.items():
        change(world.folder, source, *(f"DELETE FROM {each}" for each in tables))
    delete_subject(world.folder, "VANTERPOOL")


@pytest.mark.slow
@pytest.mark.attack(42)
async def test_training_shows_a_demonstration_person_on_every_path(world: World) -> None:
    """Otherwise the tests below could pass because nothing is ever found."""
    plant_person(world.folder)
    selected: set[str] = set()
    for path, document in documents().items():
        caller = STEPPED_UP
        usual = replace(caller, reason=Reason.INVESTIGATION)
        training = await world.execute(document, token=caller.token(world), variables=caller.variables)
        investigation = await world.execute(document, token=usual.token(world), variables=usual.variables)

        assert training.data == investigation.data, path
        assert all(training.data.values()), path
        selected |= edges_in(training.data)

    assert edges() - selected == set()


@pytest.mark.slow
@pytest.mark.files  # a database refuses such values, and rows whose record is deleted
@pytest.mark.attack(42)
@pytest.mark.parametrize("caller", [COURT, RECORDS], ids=["court", "records"])
@pytest.mark.parametrize("value", LIVE.values(), ids=LIVE)
async def test_a_live_record_looks_absent_in_training(world: World, caller: Position, value: Any) -> None:
    """On every path, in every byte, and in the caller's own view of the journal."""
    plant_person(world.folder)
    make_live(world, value)
    live = await observe(world, caller, documents())
    text = str(live)
    delete(world)
    absent = await observe(world, caller, documents())

    assert differing_requests(live, absent) == []
    values = {value for planted in PLANTED.values() for value in planted.values.values() if isinstance(value, str)}
    texts = {value for value in values if len(value) > 6 and not value.isupper()}
    secrets = {value for value in texts if value not in str(documents())}
    assert len(secrets) > 10
    assert {each for each in secrets if each in text} == set()


@pytest.mark.files
@pytest.mark.attack(42)
@pytest.mark.parametrize("search", SEARCHES)
async def test_pages_of_a_search_in_training_are_those_without_live_hits(world: World, search: str) -> None:
    """Counts, scores, reasons, order, cursors and page ends."""
    plant_person(world.folder)
    change(world.folder, "persons", *ALIKE)
    shown = await pages(world, COURT, search, SEARCHES[search])
    make_live(world)
    live = await pages(world, COURT, search, SEARCHES[search])
    delete(world)
    absent = await pages(world, COURT, search, SEARCHES[search])

    assert live == absent
    assert len(shown) - 1 == len(live) > 1


@pytest.mark.attack(42)
async def test_a_live_record_of_the_caller_is_not_even_flagged_in_training(world: World) -> None:
    """It is not read; the demonstration record of the demonstration investigator is, and is flagged as ever."""
    query = 'query @inquiry(purpose: C, reason: TRAINING) { person(id: "P0000008") { id } }'
    flagged = await world.execute(query, role="investigator")
    flags = last_release(world).flags
    change(world.folder, "persons", f"UPDATE person SET {DEMONSTRATION} = 0 WHERE id = 'P0000008'")
    live = await world.execute(query, role="investigator")

    assert flagged.data == live.data == {"person": None}
    assert (flags, last_release(world).flags) == (("OWN_RECORD",), ())
    assert last_release(world).exclusions[-1].rule == "demonstration-people"


@pytest.mark.attack(42)
async def test_the_matrix_holds_in_training(world: World) -> None:
    query = 'query @inquiry(purpose: C, reason: TRAINING) { person(id: "P0000001") { id ssn } }'
    patrol = await world.execute(query, role="patrol")
    auditor = await world.execute(query, role="auditor")

    assert patrol.data == {"person": {"id": "P0000001", "ssn": "***-**-7001"}}
    assert auditor.data == {"person": None}
