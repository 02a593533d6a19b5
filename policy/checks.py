"""General rules, which are evaluated before the cells of the matrix."""

from __future__ import annotations

from collections.abc import Mapping

from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import CRIMINAL_HISTORY, RecordClass
from policy.roles import Role
from policy.rules import (
    CONCEALED_CARRY,
    GANG_USE,
    IMMIGRATION,
    PURPOSE_FEDERAL_ONLY,
    PURPOSE_NOT_OPEN,
    PURPOSE_REFUSED,
    Rule,
)

# Purpose C is open to every role with any access in the matrix, so it is not listed. All others are refused.
OPEN_TO: Mapping[Purpose, frozenset[Role]] = {
    Purpose.J: frozenset({Role.RECORDS}),
    Purpose.D: frozenset({Role.COURT, Role.PROSECUTOR}),
    Purpose.F: frozenset({Role.RECORDS, Role.INVESTIGATOR}),
    Purpose.X: frozenset({Role.RECORDS, Role.SUPERVISION}),
    Purpose.A: frozenset({Role.RECORDS}),
}


def general_refusal(
    role: Role, has_any_access: bool, purpose: Purpose, reason: Reason, clearance_refusal: Rule | None
) -> Rule | None:
    """The first rule that denies every record class, or None. A refusal by the caller's clearance goes first."""
    if clearance_refusal:
        return clearance_refusal
    if purpose is Purpose.R:
        return PURPOSE_FEDERAL_ONLY
    if purpose is not Purpose.C and purpose not in OPEN_TO:
        return PURPOSE_REFUSED
    if not (has_any_access if purpose is Purpose.C else role in OPEN_TO[purpose]):
        return PURPOSE_NOT_OPEN
    if reason is Reason.CCW_PERMIT:
        return CONCEALED_CARRY
    return None


def class_refusal(record_class: RecordClass, purpose: Purpose, reason: Reason) -> Rule | None:
    """The rule that denies this record class for this purpose and reason, or None."""
    if reason is Reason.IMMIGRATION_ENFORCEMENT and record_class not in CRIMINAL_HISTORY:
        return IMMIGRATION
    if record_class is RecordClass.GANG and (purpose is Purpose.J or reason is Reason.EMPLOYMENT_BACKGROUND):
        return GANG_USE
    return None
