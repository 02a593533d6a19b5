"""Every guarded field in one operation, from a sample of positions, agrees with the policy.

`tests/system/test_every_cell.py` tests all positions.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from random import Random

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from policy.caller import Assurance
from policy.purposes import Purpose
from policy.roles import Role
from resolvers.catalogue import NAMES, SPECS
from resolvers.remote_tables import can_be_remote
from seed.postgres import copy_world
from sources.postgres.address import Address
from tests.attacks.all_fields import FIELDS, AllFields
from tests.attacks.planted_person import plant_person
from tests.attacks.positions import CASE, CERTIFIED, EVERY_POSITION, EVERY_ROLE, OF_CLEARANCES, Position
from tests.harness import running_app
from tests.postgres import new_database
from tests.remote_server import remote_server

SEED = 1
SAMPLE = 25

# Most positions are denied every class; many of these are not.
ORDINARY = [each for each in EVERY_POSITION if each.clearance == CERTIFIED and each.purpose is Purpose.C]


@pytest.fixture(params=["SQLite", *(pytest.param(each, marks=pytest.mark.slow) for each in ("PostgreSQL", "remote"))])
async def check(
    request: pytest.FixtureRequest, data: Path, spans: InMemorySpanExporter, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[AllFields]:
    """A check over sources of each kind; those that cannot be remote are files then."""
    plant_person(data)
    addresses: dict[str, str] = {}
    if request.param == "PostgreSQL":
        url = await new_database(request.getfixturevalue("postgres"))
        await asyncio.to_thread(copy_world, data, Address.parse(url))
        addresses = dict.fromkeys(NAMES, url)
    with ExitStack() as servers:
        if request.param == "remote":
            remote = [spec.name for spec in SPECS if can_be_remote(spec.name)]
            addresses = {each: servers.enter_context(remote_server(data / f"{each}.db")) for each in remote}
        async with running_app(data, addresses=addresses) as world:
            yield await AllFields.planted(world, spans, caplog)


async def test_all_guarded_fields_agree_with_the_policy_on_a_sample(
    check: AllFields, record_property: Callable[[str, object], None]
) -> None:
    random = Random(SEED)
    samples = (random.sample(some, SAMPLE) for some in (EVERY_POSITION, ORDINARY, OF_CLEARANCES))
    positions = [*EVERY_ROLE, *chain(*samples)]
    differences = {str(each): await check.differences(each) for each in positions}

    assert {position: found for position, found in differences.items() if found} == {}
    cells = f"{len(positions) * len(FIELDS):,} of {len(EVERY_POSITION) * len(FIELDS):,} cells"
    record_property("counted", f"{cells} agree with the policy, seed {SEED}")


async def test_a_response_for_another_caller_is_detected_in_every_place(check: AllFields) -> None:
    """Otherwise the test above could pass without comparing anything."""
    judge = Position(Role.COURT, Assurance.AAL2, CASE)
    differences = await check.differences(Position(Role.OUTSIDER), by=judge)

    assert differences.keys() == {
        *("values", "errors", "withheld", "secrets", "statements"),
        *("intent", "denied", "released", "masked"),
    }


def test_every_position_is_included() -> None:
    # roles, assurance levels, case number or not; purposes, reasons; other clearances, supervised or not
    assert len(EVERY_POSITION) == len(set(EVERY_POSITION)) == 11 * 2 * 2 * (11 * 14 + 9 * 2)
