"""Every guarded field in one operation, from some of all positions: nothing is shown or left but by the policy.

`tests/system/test_every_cell.py` asks from every position there is.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from policy.caller import Assurance
from policy.purposes import Purpose
from policy.roles import Role
from tests.attacks.everything import FIELDS, Everything
from tests.attacks.positions import CASE, EVERY_POSITION, EVERY_ROLE, Position
from tests.harness import World

SEED = 1
SAMPLE = 60

# From most positions nothing may be known; from many of these something may.
ORDINARY = [each for each in EVERY_POSITION if each.is_certified and each.purpose is Purpose.C]


async def test_every_guarded_field_is_answered_as_the_policy_says_from_a_sample_of_positions(
    spans: InMemorySpanExporter,
    world: World,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    everything = await Everything.planted(world, spans, caplog)
    random = Random(SEED)
    positions = EVERY_ROLE + random.sample(EVERY_POSITION, SAMPLE) + random.sample(ORDINARY, SAMPLE)
    faults = {str(each): await everything.faults(each) for each in positions}

    assert {position: found for position, found in faults.items() if found} == {}
    cells = f"{len(positions) * len(FIELDS):,} of {len(EVERY_POSITION) * len(FIELDS):,} cells"
    record_property("counted", f"{cells} are as the policy says, seed {SEED}")


async def test_an_answer_that_is_somebody_else_s_is_seen_wherever_one_looks(
    spans: InMemorySpanExporter, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Or the test above would compare nothing with nothing."""
    judge = Position(Role.COURT, Assurance.AAL2, CASE)
    everything = await Everything.planted(world, spans, caplog)
    faults = await everything.faults(Position(Role.OUTSIDER), by=judge)

    assert faults.keys() == {
        *("values", "errors", "secrets", "statements"),
        *("intent", "denied", "released", "masked"),
    }


def test_no_position_is_left_out() -> None:
    # roles, assurance levels, case number or not, purposes, reasons, certified or not
    assert len(EVERY_POSITION) == len(set(EVERY_POSITION)) == 11 * 2 * 2 * 11 * 13 * 2
