"""Effect of a challenge: grants and step-ups need an explanation, final denials stay final."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from policy.caller import Assurance
from policy.decide import decide
from policy.grants import Denied, Grant, Need, Verdict
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.rules import CHALLENGE
from policy.table import Policy
from policy.verdicts import Verdicts
from tests.callers import make_caller

INPUTS = list(product(Purpose, Reason, (None, "26-0417"), Assurance, (date(2027, 1, 1), date(2026, 1, 1))))


def verdicts(policy: Policy, role: Role, inputs: tuple, attention: str | None, *, is_challenged: bool) -> Verdicts:
    purpose, reason, case_number, assurance, certified_until = inputs
    caller = make_caller(role=role, certified_until=certified_until, assurance=assurance)
    inquiry = Inquiry(purpose, reason, case_number, attention, is_challenged)
    return decide(policy, caller, inquiry, RecordClass, today=date(2026, 3, 2))


def when_challenged(verdict: Verdict) -> Denied:
    """The verdict while the challenge is not met."""
    if isinstance(verdict, Grant):
        return Denied(verdict.record_class, CHALLENGE, (Need.ATTENTION,))
    return Denied(verdict.record_class, verdict.rule, (*verdict.needs, Need.ATTENTION) if verdict.needs else ())


def shown(found: Verdicts) -> list[tuple[object, ...]]:
    return [
        (type(each), each.record_class, each.rule, each.needs if isinstance(each, Denied) else each.is_masked)
        for each in found.values()
    ]


@pytest.mark.parametrize("one_in", [7, pytest.param(1, marks=pytest.mark.system)])
@pytest.mark.parametrize("role", Role, ids=lambda each: each.value)
def test_a_challenge_adds_one_need_to_grants_and_step_ups_only(policy: Policy, role: Role, one_in: int) -> None:
    for inputs in INPUTS[::one_in]:
        usual = verdicts(policy, role, inputs, "Lee 4417", is_challenged=False)
        held = verdicts(policy, role, inputs, "Lee 4417", is_challenged=True)
        met = verdicts(policy, role, inputs, "Lee 4417, traffic stop", is_challenged=True)

        assert dict(held) == {each: when_challenged(verdict) for each, verdict in usual.items()}
        assert held.exclusions == ()
        assert (shown(met), met.exclusions) == (shown(usual), usual.exclusions)


@pytest.mark.parametrize(
    ("attention", "is_met"),
    [
        (None, False),
        ("", False),
        ("1 2 3", False),
        ("Lee 4417 stop", False),
        ("Lee - 4417 …", False),
        ("Lee 4417 stop STOP Lee", False),
        ("aaa bbb ccc", False),
        ("a1b a2b a3b", False),
        ("to do so at it", False),
        ("eins\N{SOFT HYPHEN} zwei", False),
        ("Lee 4417 traffic stop", True),
        ("Lee\N{NO-BREAK SPACE}Park/speeding", True),
        ("einbruch, täter flüchtig", True),
        ("ЛИ 4417, остановка, превышение скорости", True),
        ("έλεγχος στο δρόμο", True),
        ("תאונה ברחוב הרצל", True),
        ("توقيف مروري طريق", True),
        ("यातायात जाँच सड़क", True),
        ("交通検問中", False),
        ("交通違反取締", True),
        ("一一二二三三", False),
        ("교통단속 중 과속", True),
    ],
)
def test_three_different_words_of_any_script_meet_a_challenge(attention: str | None, is_met: bool) -> None:
    inquiry = Inquiry(Purpose.C, Reason.TRAFFIC_STOP, None, attention, is_challenged=True)

    assert inquiry.needs_fuller_attention is not is_met
    assert not Inquiry(Purpose.C, Reason.TRAFFIC_STOP, None, attention).needs_fuller_attention
