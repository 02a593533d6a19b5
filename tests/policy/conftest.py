"""Decisions for tests. The defaults are an ordinary, stepped-up inquiry of a certified caller."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pytest

from policy.caller import Assurance
from policy.clearance import Clearance
from policy.decide import decide
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from policy.verdicts import Verdicts
from tests.callers import make_caller

TODAY = date(2026, 3, 2)
VerdictsFor = Callable[..., Verdicts]


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Policy.load()


@pytest.fixture(scope="session")
def verdicts_for(policy: Policy) -> VerdictsFor:
    def verdicts_for(
        role: Role = Role.INVESTIGATOR,
        classes: Iterable[RecordClass] = RecordClass,
        purpose: Purpose = Purpose.C,
        reason: Reason = Reason.INVESTIGATION,
        case_number: str | None = "26-0417",
        assurance: Assurance = Assurance.AAL2,
        certified_until: date = date(2027, 1, 1),
        clearance: Clearance | None = None,
        attention: str | None = None,
        by: Policy = policy,
    ) -> Verdicts:
        clearance = clearance or Clearance(certified_until=certified_until)
        caller = make_caller(role=role, clearance=clearance, assurance=assurance)
        inquiry = Inquiry(purpose=purpose, reason=reason, case_number=case_number, attention=attention)
        return decide(by, caller, inquiry, classes, today=TODAY)

    return verdicts_for
