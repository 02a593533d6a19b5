"""The exported policies say what our own decision says, in the opinion of Cedar's engine: here of a sample.

`tests/system/test_second_opinion.py` compares every input there is.
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
from tests.policy.second_opinion import CELLS, SCHEMA, STEPS, TODAY, Cell, SecondOpinion, differences

SEEDS = range(1, 4)
SAMPLE = 100

# Of all cells most are refused whole; none of these is, but for its role or its reason.
ORDINARY = [cell for cell in CELLS if cell.purpose is Purpose.C and cell.certified_until == TODAY]


def test_cedar_decides_a_sample_as_we_do(policy: Policy, record_property: Callable[[str, object], None]) -> None:
    cedar = SecondOpinion(to_cedar(policy))
    cells = [cell for seed in SEEDS for some in (CELLS, ORDINARY) for cell in Random(seed).sample(some, SAMPLE)]

    assert differences(policy, cedar, cells) == []
    decisions = f"{len(cells) * len(STEPS):,} decisions"
    record_property("counted", f"Cedar agrees on {decisions}, seeds {SEEDS[0]} to {SEEDS[-1]}")


def test_cedar_finds_nothing_wrong_with_the_policies(policy: Policy) -> None:
    found = cedarpy.validate_policies(to_cedar(policy), SCHEMA)

    assert found.validation_passed, found.errors


def test_there_is_a_policy_for_each_rule_over_every_cell_and_for_each_effect_of_a_row(policy: Policy) -> None:
    written = json.loads(cedarpy.policies_to_json_str(to_cedar(policy)))["staticPolicies"].values()
    effects = {(cell.record_class, cell.effect) for cell in policy.cells if cell.effect is not Effect.DENY}

    assert len([each for each in written if each["effect"] == "forbid"]) == 6
    assert len([each for each in written if each["effect"] == "permit"]) == len(effects) == 27
    assert all(each["annotations"].keys() == {"rule", "citation"} for each in written)


def ordinary(record_class: RecordClass, role: Role) -> Cell:
    return Cell(role, Purpose.C, Reason.INVESTIGATION, record_class, TODAY)


def test_one_wrong_letter_anywhere_in_the_table_is_a_difference(policy: Policy) -> None:
    """Each cell in turn with another letter than its own, so that each letter is once mistaken for each."""
    effects = list(Effect)
    unseen, tried = [], set()
    for number, cell in enumerate(policy.cells):
        wrong = effects[(effects.index(cell.effect) + 1 + number % 4) % 5]
        tried.add((cell.effect, wrong))
        spoiled = [replace(each, effect=wrong) if each is cell else each for each in policy.cells]
        cedar = SecondOpinion(to_cedar(Policy(tuple(spoiled))))
        if not differences(policy, cedar, [ordinary(cell.record_class, cell.role)]):
            unseen.append((cell, wrong))

    assert unseen == []
    assert len(tried) == len(effects) * 4


SPOILED = {
    "an error in a policy that decides nothing": (
        '@rule("nowhere")\n@citation("local policy")\nforbid (principal, action, resource) when { context.nowhere };'
    ),
    "two ways to know one thing": (
        '@rule("right-to-know")\n@citation("11 CCR 703")\npermit (principal, action == Action::"readMasked", resource);'
    ),
    "another rule for the same answer": (
        '@rule("house-rule")\n@citation("local policy")\n'
        'forbid (principal, action, resource == RecordClass::"IDENTITY")\n'
        'when { principal in Role::"admin" };'
    ),
}


@pytest.mark.parametrize("what", SPOILED)
def test_what_leaves_every_answer_as_it_was_is_a_difference_too(policy: Policy, what: str) -> None:
    cells = [ordinary(RecordClass.IDENTITY, role) for role in Role]
    before = SecondOpinion(to_cedar(policy))
    after = SecondOpinion(f"{SPOILED[what]}\n{to_cedar(policy)}")

    assert differences(policy, before, cells) == []
    assert differences(policy, after, cells) != []


def test_a_denial_that_cedar_would_turn_round_by_other_means_is_a_difference(policy: Policy) -> None:
    """Both engines deny, and both grant in the end; only what would help is not the same."""
    easier = to_cedar(policy).replace('context.hasCaseNumber && principal.assurance == "aal2"', "context.hasCaseNumber")
    found = differences(policy, SecondOpinion(easier), [ordinary(RecordClass.CONVICTION, Role.PATROL)])

    assert {(each.ours.allowed, each.cedar.allowed) for each in found} == {((), ()), ((), ("read",))}
