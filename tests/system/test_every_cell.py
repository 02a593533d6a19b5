"""Every guarded field in one operation, from every position there is: nothing is shown or left but by the policy."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from policy.roles import Role
from tests.attacks.everything import FIELDS, Everything
from tests.attacks.positions import EVERY_POSITION
from tests.harness import World


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
async def test_every_guarded_field_is_answered_as_the_policy_says_from_every_position(
    role: Role,
    spans: InMemorySpanExporter,
    world: World,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    everything = await Everything.planted(world, spans, caplog)
    positions = [each for each in EVERY_POSITION if each.role is role]
    faults = {str(each): await everything.faults(each) for each in positions}

    assert {position: found for position, found in faults.items() if found} == {}
    with capsys.disabled():
        cells = f"{len(positions) * len(FIELDS):,} of {len(EVERY_POSITION) * len(FIELDS):,} cells"
        print(f"\n{cells} are as the policy says: {role.value}")  # noqa: T201
