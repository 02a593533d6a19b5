"""Flags of an inquiry for auditors.

A flag changes no verdict. The journal holds it beside the decision, for searches and for the detectors of misuse.
"""

from __future__ import annotations

from enum import StrEnum

from policy.inquiry import Inquiry
from policy.reasons import Reason


class Flag(StrEnum):
    """A flag, as written in the journal."""

    OWN_RECORD = "OWN_RECORD"  # the caller's own record was requested
    SAME_SURNAME = "SAME_SURNAME"  # a record about a person with the caller's surname was released
    COLLEAGUE = "COLLEAGUE"  # a record about a person who works for the caller's agency was released
    CHALLENGED = "CHALLENGED"  # drawn at random: an explanation was required, and the entry is for review
    NO_CASE = "NO_CASE"  # the reason implies a case number, and none was given


# These reasons always have a case. A traffic stop or a call for service has none yet.
REASONS_WITH_CASE = frozenset({Reason.INVESTIGATION, Reason.WARRANT_SERVICE, Reason.COURT_PROCEEDING})


def flags_of(inquiry: Inquiry) -> frozenset[Flag]:
    """The flags that are known before any record is read."""
    conditions = {
        Flag.CHALLENGED: inquiry.is_challenged,
        Flag.NO_CASE: inquiry.reason in REASONS_WITH_CASE and not inquiry.has_case_number,
    }
    return frozenset(flag for flag, holds in conditions.items() if holds)
