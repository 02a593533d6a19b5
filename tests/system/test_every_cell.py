"""Every guarded field in one operation, from every position, agrees with the policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from policy.roles import Role
from tests.attacks.all_fields import FIELDS, AllFields
from tests.attacks.planted_person import plant_person
from tests.attacks.positions import EVERY_POSITION
from tests.harness import World


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
async def test_all_guarded_fields_agree_with_the_policy_for_a_role(
    role: Role,
    spans: InMemorySpanExporter,
    world: World,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    plant_person(world.folder)
    check = await AllFields.planted(world, spans, caplog)
    positions = [each for each in EVERY_POSITION if each.role is role]
    differences = {str(each): await check.differences(each) for each in positions}

    assert {position: found for position, found in differences.items() if found} == {}
    cells = f"{len(positions) * len(FIELDS):,} of {len(EVERY_POSITION) * len(FIELDS):,} cells"
    record_property("counted", f"{cells} agree with the policy: {role.value}")
