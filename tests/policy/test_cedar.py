"""Cedar's engine, with the exported policies, agrees with `decide()` on a sample.

`tests/system/test_second_opinion.py` compares all inputs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random

import cedarpy
import pytest

from policy.cedar import to_cedar
from policy.effects import Effect
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from tests.policy.second_opinion import (
    CELLS,
    CERTIFIED,
    OTHER_CLEARANCES,
    SCHEMA,
    Cell,
    SecondOpinion,
    differences,
    steps_of,
)

SEEDS = range(1, 4)
SAMPLE = 100

# Most cells are denied by a general rule. Only the role or the reason can cause these.
ORDINARY = [cell for cell in CELLS if cell.purpose is Purpose.C and cell.clearance == CERTIFIED]
# Other days than that of a certificate.
OF_CLEARANCES = [cell for cell in CELLS if cell.clearance in OTHER_CLEARANCES]


@pytest.mark.slow
def test_cedar_agrees_on_a_sample_of_decisions(policy: Policy, record_property: Callable[[str, object], None]) -> None:
    cedar = SecondOpinion(to_cedar(policy))
    cells = [
        cell
        for seed in SEEDS
        for some in (CELLS, ORDINARY, OF_CLEARANCES)
        for cell in Random(seed).sample(some, SAMPLE)
    ]

    assert differences(policy, cedar, cells) == []
    decisions = f"{sum(len(steps_of(cell)) for cell in cells):,} decisions"
    record_property("counted", f"Cedar agrees on {decisions}, seeds {SEEDS[0]} to {SEEDS[-1]}")


def test_cedar_validates_the_exported_policies(policy: Policy) -> None:
    found = cedarpy.validate_policies(to_cedar(policy), SCHEMA)

    assert found.validation_passed, found.errors


def test_there_is_a_cedar_policy_for_each_rule_and_effect(policy: Policy) -> None:
    policies = json.loads(cedarpy.policies_to_json_str(to_cedar(policy)))["staticPolicies"].values()
    effects = {(cell.record_class, cell.effect) for cell in policy.cells if cell.effect is not Effect.DENY}

    assert len([each for each in policies if each["effect"] == "forbid"]) == 9
    assert len([each for each in policies if each["effect"] == "permit"]) == len(effects) == 55
    assert all(each["annotations"].keys() == {"rule", "citation"} for each in policies)


def cell_of(record_class: RecordClass, role: Role) -> Cell:
    return Cell(role, Purpose.C, Reason.INVESTIGATION, record_class, CERTIFIED)


@pytest.mark.slow
@pytest.mark.parametrize("one_in", [2, pytest.param(1, marks=pytest.mark.system)])
def test_one_wrong_letter_anywhere_in_the_matrix_is_a_difference(policy: Policy, one_in: int) -> None:
    """Cells are changed in turn, so that each letter is replaced by each other letter at least once."""
    effects = list(Effect)
    undetected, tried = [], set()
    for number, cell in enumerate(policy.cells[::one_in]):
        wrong = effects[(effects.index(cell.effect) + 1 + number % 4) % 5]
        tried.add((cell.effect, wrong))
        changed = [replace(each, effect=wrong) if each is cell else each for each in policy.cells]
        cedar = SecondOpinion(to_cedar(Policy(tuple(changed))))
        if not differences(policy, cedar, [cell_of(cell.record_class, cell.role)]):
            undetected.append((cell, wrong))

    assert undetected == []
    assert len(tried) == len(effects) * 4


CHANGES = {
    "an error in a policy without effect": (
        '@rule("nowhere")\n@citation("local policy")\nforbid (principal, action, resource) when { context.nowhere };'
    ),
    "two actions for one class": (
        '@rule("right-to-know")\n@citation("11 CCR 703")\npermit (principal, action == Action::"readMasked", resource);'
    ),
    "another rule for the same outcome": (
        '@rule("local-rule")\n@citation("local policy")\n'
        'forbid (principal, action, resource == RecordClass::"IDENTITY")\n'
        'when { principal in Role::"admin" };'
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_policy_change_without_a_new_outcome_is_a_difference(policy: Policy, what: str) -> None:
    cells = [cell_of(RecordClass.IDENTITY, role) for role in Role]
    before = SecondOpinion(to_cedar(policy))
    after = SecondOpinion(f"{CHANGES[what]}\n{to_cedar(policy)}")

    assert differences(policy, before, cells) == []
    assert differences(policy, after, cells) != []


def test_a_denial_with_other_needs_is_a_difference(policy: Policy) -> None:
    """Both engines deny, and both would grant after a step-up. Only the needs differ."""
    easier = to_cedar(policy).replace('context.hasCaseNumber && principal.assurance == "aal2"', "context.hasCaseNumber")
    found = differences(policy, SecondOpinion(easier), [cell_of(RecordClass.CONVICTION, Role.PATROL)])

    assert {(each.ours.allowed, each.cedar.allowed) for each in found} == {((), ()), ((), ("read",))}
