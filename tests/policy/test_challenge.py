"""What a challenge does to a decision: it withholds what would be released, and promises nothing to anybody else."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from policy.caller import Assurance, Caller
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

POSITIONS = list(product(Purpose, Reason, (None, "26-0417"), Assurance, (date(2027, 1, 1), date(2026, 1, 1))))


def verdicts(policy: Policy, role: Role, position: tuple, attention: str | None, *, is_challenged: bool) -> Verdicts:
    purpose, reason, case_number, assurance, certified_until = position
    caller = Caller("u-4417", "Ana Lee", "LEE", "CA0190000", role, True, certified_until, assurance, "t-1")
    inquiry = Inquiry(purpose, reason, case_number, attention, is_challenged)
    return decide(policy, caller, inquiry, RecordClass, today=date(2026, 3, 2))


def challenged(verdict: Verdict) -> Denied:
    """What a verdict becomes until the caller says more."""
    if isinstance(verdict, Grant):
        return Denied(verdict.record_class, CHALLENGE, (Need.ATTENTION,))
    return Denied(verdict.record_class, verdict.rule, (*verdict.needs, Need.ATTENTION) if verdict.needs else ())


def shown(found: Verdicts) -> list[tuple[object, ...]]:
    return [
        (type(each), each.record_class, each.rule, each.needs if isinstance(each, Denied) else each.is_masked)
        for each in found.values()
    ]


@pytest.mark.parametrize("role", Role, ids=lambda each: each.value)
def test_it_needs_one_thing_more_of_whoever_could_be_helped_and_nothing_of_the_rest(policy: Policy, role: Role) -> None:
    for position in POSITIONS:
        usual = verdicts(policy, role, position, "Lee 4417", is_challenged=False)
        held = verdicts(policy, role, position, "Lee 4417", is_challenged=True)
        met = verdicts(policy, role, position, "Lee 4417, a stop", is_challenged=True)

        assert list(held.values()) == [challenged(verdict) for verdict in usual.values()]
        assert held.exclusions == ()
        assert (shown(met), met.exclusions) == (shown(usual), usual.exclusions)


@pytest.mark.parametrize(
    ("attention", "is_unexplained"),
    [
        (None, True),
        ("", True),
        ("Lee 4417", True),
        ("Lee - 4417 …", True),
        ("Lee\N{NO-BREAK SPACE}4417", True),
        ("Lee 4417 stop", False),
        ("one two three four", False),
    ],
)
def test_three_words_say_more_than_who_asks(attention: str | None, is_unexplained: bool) -> None:
    asked = Inquiry(Purpose.C, Reason.TRAFFIC_STOP, None, attention, is_challenged=True)

    assert asked.is_unexplained is is_unexplained
    assert not Inquiry(Purpose.C, Reason.TRAFFIC_STOP, None, attention).is_unexplained
