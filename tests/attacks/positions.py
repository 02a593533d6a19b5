"""Positions: the combinations of caller and inquiry that the policy distinguishes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from typing import Any

from api.auth.demo_issuer import DEMO_CALLERS
from names.folding import plain_letters
from policy.caller import Assurance, Caller
from policy.clearance import CLEARANCE_DATES, Clearance
from policy.decide import decide
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from policy.verdicts import Verdicts
from tests.attacks.callers import token
from tests.harness import World

POLICY = Policy.load()
CASE = "26-0417"
SUPERVISOR = "Ashgrove 4417; supervisor: Sgt Lee"
OPERATION_HEAD = "query($purpose: PurposeCode!, $reason: ReasonCode!, $case: String, $attention: String)"
INQUIRY = "@inquiry(purpose: $purpose, reason: $reason, caseNumber: $case, attention: $attention)"


def days_ago(days: int) -> date:
    return TODAY - timedelta(days)


# Months from each limit, so that a day more or less does not matter.
TODAY = date.today()  # noqa: DTZ011  as the server decides
CHECKED = Clearance(cleared_on=days_ago(900), fingerprinted_on=days_ago(900))
CERTIFIED = "certified"
CLEARANCES = {
    CERTIFIED: Clearance(certified_until=date.max),
    "certification over": Clearance(certified_until=date.min),
    "trained": replace(CHECKED, employed_on=days_ago(900), trained_on=days_ago(400)),
    "recertified": replace(CHECKED, trained_on=days_ago(900), recertified_on=days_ago(100)),
    "training over": replace(CHECKED, employed_on=days_ago(900), trained_on=days_ago(900)),
    "newly employed": replace(CHECKED, employed_on=days_ago(90)),
    "not trained": replace(CHECKED, employed_on=days_ago(400)),
    "not employed": CHECKED,
    "not cleared": Clearance(certified_until=date.max, fingerprinted_on=days_ago(900)),
    "no fingerprints": Clearance(certified_until=date.max, cleared_on=days_ago(900)),
}


@dataclass(frozen=True, slots=True)
class Position:
    """All inputs of a verdict besides the record class. The defaults are ordinary."""

    role: Role
    assurance: Assurance = Assurance.AAL1
    case_number: str | None = None
    purpose: Purpose = Purpose.C
    reason: Reason = Reason.INVESTIGATION
    clearance: str = CERTIFIED
    attention: str | None = None

    def __str__(self) -> str:
        case, supervisor = "a" if self.case_number else "no", ", supervised" if self.attention else ""
        why = f"{self.purpose.value} {self.reason.value}"
        return f"{self.role.value}, {why}, {self.assurance.value}, {case} case, {self.clearance}{supervisor}"

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of a document that begins with OPERATION_HEAD and INQUIRY."""
        texts = {"case": self.case_number, "attention": self.attention}
        return {"purpose": self.purpose.name, "reason": self.reason.name, **texts}

    def token(self, world: World) -> str:
        """A token of a caller in this position."""
        clearance = CLEARANCES[self.clearance]
        days = {name: (day := getattr(clearance, name)) and day.isoformat() for name in CLEARANCE_DATES}
        return token(world, self.role.value, acr=self.assurance.value, **days)

    def verdicts(self) -> Verdicts:
        """The verdicts of the policy, without the application."""
        who = DEMO_CALLERS[self.role]
        caller = Caller(
            user=who.user,
            name=who.name,
            surname=plain_letters(who.name.split()[-1]),
            ori=who.ori,
            role=self.role,
            sworn=who.sworn,
            clearance=CLEARANCES[self.clearance],
            assurance=self.assurance,
            token_id="of no token",
        )
        why = Inquiry(self.purpose, self.reason, self.case_number, self.attention)
        return decide(POLICY, caller, why, RecordClass, today=TODAY)


EVERY_ROLE = [
    Position(role, *stepped_up) for role in Role for stepped_up in ((Assurance.AAL1, None), (Assurance.AAL2, CASE))
]
# A clearance is decided before purpose and reason, so the others are tried with one of each.
OF_CLEARANCES = [
    Position(*each, clearance=clearance, attention=attention)
    for each in product(Role, Assurance, (None, CASE))
    for clearance in CLEARANCES
    if clearance != CERTIFIED
    for attention in (None, SUPERVISOR)
]
EVERY_POSITION = [
    *(Position(*each) for each in product(Role, Assurance, (None, CASE), Purpose, Reason)),
    *OF_CLEARANCES,
]
