"""Cedar's engine agrees with `decide()` on all inputs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from policy.cedar import to_cedar
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from tests.policy.second_opinion import ACTIONS, CELLS, DECISIONS, SecondOpinion, differences, steps_of


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_cedar_agrees_on_every_decision_for_a_role(role: Role, record_property: Callable[[str, object], None]) -> None:
    policy = Policy.load()
    cells = [cell for cell in CELLS if cell.role is role]

    assert differences(policy, SecondOpinion(to_cedar(policy)), cells) == []
    decisions = f"{sum(len(steps_of(cell)) for cell in cells):,} decisions of {DECISIONS:,}"
    record_property("counted", f"Cedar agrees on {decisions}, for {len(ACTIONS)} actions each: {role.value}")


def test_every_decision_is_compared() -> None:
    # roles, classes; purposes, reasons; three purposes, other clearances; case number or not, assurance levels;
    # supervisor or not for the four clearances without a training
    classes = len(RecordClass)
    assert len(CELLS) == len(set(CELLS)) == 11 * classes * (11 * 14 + 3 * 12)
    assert 11 * classes * 4 * (11 * 14 + 3 * (8 + 4 * 2)) == DECISIONS
