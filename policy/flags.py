"""What an auditor should see of an inquiry, where it can be known at once. Knows nothing of journals.

A flag changes no verdict. It is written beside what was decided, and found again by the detectors of misuse.
"""

from __future__ import annotations

from enum import StrEnum

from policy.inquiry import Inquiry
from policy.reasons import Reason


class Flag(StrEnum):
    """As the journal writes it."""

    OWN_RECORD = "OWN_RECORD"  # the caller's own record was among what was asked for
    SAME_SURNAME = "SAME_SURNAME"  # somebody of the caller's surname was among what was released
    COLLEAGUE = "COLLEAGUE"  # somebody who works for the caller's agency was
    CHALLENGED = "CHALLENGED"  # it was drawn at random, to say more of why and to be looked at
    NO_CASE = "NO_CASE"  # the reason has a case behind it, and none was named


# A stop or a call has no case yet; these begin with one.
WITH_A_CASE = frozenset({Reason.INVESTIGATION, Reason.WARRANT_SERVICE, Reason.COURT_PROCEEDING})


def flags_of(inquiry: Inquiry) -> frozenset[Flag]:
    """What is known before anything is read."""
    marks = {
        Flag.CHALLENGED: inquiry.is_challenged,
        Flag.NO_CASE: inquiry.reason in WITH_A_CASE and not inquiry.has_case_number,
    }
    return frozenset(flag for flag, is_so in marks.items() if is_so)
