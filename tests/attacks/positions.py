"""Positions: the combinations of caller and inquiry that the policy distinguishes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from api.auth.demo_issuer import DEMO_CALLERS
from names.folding import plain_letters
from policy.caller import Assurance, Caller
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
OPERATION_HEAD = "query($purpose: PurposeCode!, $reason: ReasonCode!, $case: String)"
INQUIRY = "@inquiry(purpose: $purpose, reason: $reason, caseNumber: $case)"


@dataclass(frozen=True, slots=True)
class Position:
    """All inputs of a verdict besides the record class. The defaults are ordinary."""

    role: Role
    assurance: Assurance = Assurance.AAL1
    case_number: str | None = None
    purpose: Purpose = Purpose.C
    reason: Reason = Reason.INVESTIGATION
    is_certified: bool = True

    def __str__(self) -> str:
        case, certified = "a" if self.case_number else "no", "" if self.is_certified else ", not certified"
        why = f"{self.purpose.value} {self.reason.value}"
        return f"{self.role.value}, {why}, {self.assurance.value}, {case} case{certified}"

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of a document that begins with OPERATION_HEAD and INQUIRY."""
        return {"purpose": self.purpose.name, "reason": self.reason.name, "case": self.case_number}

    def token(self, world: World) -> str:
        """A token of a caller in this position."""
        until = date.max if self.is_certified else date.min
        return token(world, self.role.value, acr=self.assurance.value, certified_until=until.isoformat())

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
            certified_until=date.max if self.is_certified else date.min,
            assurance=self.assurance,
            token_id="of no token",
        )
        why = Inquiry(self.purpose, self.reason, self.case_number, None)
        return decide(POLICY, caller, why, RecordClass, today=date(2026, 1, 1))


EVERY_ROLE = [
    Position(role, *stepped_up) for role in Role for stepped_up in ((Assurance.AAL1, None), (Assurance.AAL2, CASE))
]
EVERY_POSITION = [Position(*each) for each in product(Role, Assurance, (None, CASE), Purpose, Reason, (True, False))]
