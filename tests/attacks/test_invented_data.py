"""Invented data do not give away what the policy hides. `tests/system/test_invented_data.py` tests every role."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from policy.effects import Effect
from policy.grants import Grant
from policy.record_classes import RecordClass
from policy.roles import Role
from resolvers.codes.order import OrderKind
from seed.demo import PEOPLE
from seed.protective_orders import BASES
from seed.world import MAX_PEOPLE, write
from tests.attacks.features import as_set, features, sets
from tests.attacks.guarded_fields import HELD
from tests.attacks.inference import Target, shares
from tests.attacks.invented_data import HIDDEN, RATIO, READERS, inferences, look
from tests.attacks.positions import POLICY, Position
from tests.harness import World, person_ids, running_app

PEOPLE_COUNT = 2_000
SUPPORT = 25

# No invented value is a sign of these: a masked number, a mask that says so by rule, and the journal.
NOT_INFERRED = {
    RecordClass.SSN,
    RecordClass.CONFIDENTIAL_ADDRESS,
    RecordClass.AUDIT_TRAIL,
    # Every report has some, and they tell of a report alone.
    RecordClass.MISSING_DETAIL,
}


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("invented") / "data"
    write(folder, PEOPLE_COUNT, 1)
    return folder


@pytest.fixture
async def world(invented: Path) -> AsyncIterator[World]:
    async with running_app(invented) as world:
        yield world


@pytest.mark.slow
@pytest.mark.attack(14)
async def test_no_open_values_tell_of_a_hidden_property(world: World) -> None:
    """Alone or in pairs."""
    caller = Position(Role.PATROL)
    people = await look(world, caller)

    found = list(inferences(world.folder, caller, people, SUPPORT))
    assert len(found) > 5
    assert {each.hidden.name: each.beyond for each in found if each.beyond} == {}


@pytest.mark.attack(14)
async def test_a_value_that_tells_of_a_hidden_property_is_found(world: World) -> None:
    """Otherwise the test above could pass without comparing anything."""
    people = await look(world, Position(Role.PATROL), "{ id ciiNumber birthDate sex }")
    sealed = HIDDEN[0].set_among(people, world.folder)
    known = sets((features(person, "person") for person in people), SUPPORT)
    half = as_set(index for index in range(len(people)) if index % 2 and (sealed >> index & 1 or index % 32 == 1))
    bound = RATIO * sealed.bit_count() / len(people)

    every_share = shares(known | {"planted": half}, [Target(sealed, bound)], SUPPORT)
    found = {each.features for _, each in every_share if each.exceeds(bound)}
    assert ("planted",) in found
    assert {features for features in found if "planted" not in features} == set()


@pytest.mark.slow
@pytest.mark.attack(14)
async def test_a_cii_number_is_no_sign_of_a_hidden_arrest(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    """Among people with a CII number and no visible history, hidden arrests are not twice as frequent as among all."""
    ratios = {}
    for caller in READERS:
        people = await look(world, caller, "{ id ciiNumber criminalHistory { ciiNumber } }")
        verdicts = caller.verdicts()
        hidden = 0
        for each in HIDDEN:
            if each.of in {RecordClass.SEALED, RecordClass.JUVENILE} and not isinstance(verdicts[each.of], Grant):
                hidden |= each.set_among(people, world.folder)
        clean = as_set(
            index for index, each in enumerate(people) if each["ciiNumber"] and each["criminalHistory"] is None
        )
        if hidden:
            share = (hidden & clean).bit_count() / clean.bit_count()
            ratios[str(caller)] = share / (hidden.bit_count() / len(people))

    assert len(ratios) > 8
    assert {caller: ratio for caller, ratio in ratios.items() if ratio >= RATIO} == {}
    record_property("counted", f"a CII number makes a hidden arrest at most {max(ratios.values()):.2f} times as likely")


@pytest.mark.attack(14)
@pytest.mark.parametrize("kind", OrderKind, ids=lambda kind: kind.value)
def test_the_kind_of_an_order_leaves_its_basis_open(kind: OrderKind) -> None:
    bases = BASES[kind]

    assert len(set(bases)) == 5
    assert max(bases.count(basis) for basis in set(bases)) / len(bases) == 0.4


@pytest.mark.attack(14)
def test_an_absent_id_is_no_sign_of_a_hidden_person(invented: Path) -> None:
    """Of the numbers between the lowest and the highest id, few are used; the next number no more often than others."""
    ids = {int(id[1:]) for id in person_ids(invented)[len(PEOPLE) :]}
    between = max(ids) - min(ids)

    assert len(ids) / between < 0.001
    assert MAX_PEOPLE / between < 1 / 3
    assert sum(id + 1 in ids for id in ids) <= 5


@pytest.mark.attack(14)
def test_a_hidden_person_has_an_id_like_any_other(invented: Path) -> None:
    """A caller of San Diego's police does not see these colleagues if the policy demands a step-up."""
    with closing(sqlite3.connect(invented / "persons.db")) as connection:
        colleagues = connection.execute(
            "SELECT id FROM person WHERE subject_ori LIKE 'CA937%' AND id > 'P1'"
        ).fetchall()
    numbers = sorted(int(id[1:]) for (id,) in colleagues)

    assert len(numbers) >= 5
    assert min(right - left for left, right in pairwise(numbers)) > 10_000


@pytest.mark.attack(14)
def test_every_class_that_is_denied_to_a_reader_is_inferred_about() -> None:
    readers = {each.role for each in READERS}
    closed = {cell.record_class for cell in POLICY.cells if cell.role in readers and cell.effect is not Effect.ALLOW}

    assert closed & HELD == {each.of for each in HIDDEN} | NOT_INFERRED
