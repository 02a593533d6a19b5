"""Cedar's engine agrees with `decide()` on all inputs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from policy.cedar import to_cedar
from policy.roles import Role
from policy.table import Policy
from tests.policy.second_opinion import ACTIONS, CELLS, STEPS, SecondOpinion, differences


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_cedar_agrees_on_every_decision_for_a_role(role: Role, record_property: Callable[[str, object], None]) -> None:
    policy = Policy.load()
    cells = [cell for cell in CELLS if cell.role is role]

    assert differences(policy, SecondOpinion(to_cedar(policy)), cells) == []
    decisions = f"{len(cells) * len(STEPS):,} decisions of {len(CELLS) * len(STEPS):,}"
    record_property("counted", f"Cedar agrees on {decisions}, for {len(ACTIONS)} actions each: {role.value}")


def test_all_201344_decisions_are_compared() -> None:
    # roles, purposes, reasons, classes, certified or not; then case number or not, assurance levels
    assert len(CELLS) == len(set(CELLS)) == 11 * 11 * 13 * 16 * 2
    assert len(CELLS) * len(STEPS) == 201_344
