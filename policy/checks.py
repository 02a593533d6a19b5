"""The rules that stand over every cell of the matrix, in the order in which they are asked.

Knows nothing of the cells.
"""

from __future__ import annotations

from collections.abc import Mapping

from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import CRIMINAL_HISTORY, RecordClass
from policy.roles import Role
from policy.rules import (
    CERTIFICATION,
    CONCEALED_CARRY,
    IMMIGRATION,
    PURPOSE_FEDERAL_ONLY,
    PURPOSE_NOT_OPEN,
    PURPOSE_REFUSED,
    Rule,
)

# C is open to whoever the matrix lets in, and so is not here.
OPEN_TO: Mapping[Purpose, frozenset[Role]] = {
    Purpose.J: frozenset({Role.RECORDS}),
    Purpose.D: frozenset({Role.COURT, Role.PROSECUTOR}),
    Purpose.F: frozenset({Role.RECORDS, Role.INVESTIGATOR}),
    Purpose.X: frozenset({Role.RECORDS, Role.SUPERVISION}),
    Purpose.A: frozenset({Role.RECORDS}),
}


def refusal_of_all(role: Role, is_let_in: bool, purpose: Purpose, reason: Reason, is_certified: bool) -> Rule | None:
    """The first rule that denies every record class, if one does."""
    if not is_certified:
        return CERTIFICATION
    if not purpose.is_offered:
        return PURPOSE_FEDERAL_ONLY if purpose is Purpose.R else PURPOSE_REFUSED
    if not (is_let_in if purpose is Purpose.C else role in OPEN_TO[purpose]):
        return PURPOSE_NOT_OPEN
    if reason is Reason.CCW_PERMIT:
        return CONCEALED_CARRY
    return None


def refusal_of_one(record_class: RecordClass, reason: Reason) -> Rule | None:
    """The rule that denies this record class for this reason, if one does."""
    if reason is Reason.IMMIGRATION_ENFORCEMENT and record_class not in CRIMINAL_HISTORY:
        return IMMIGRATION
    return None
