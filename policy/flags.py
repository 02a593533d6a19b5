"""Flags of an inquiry for auditors.

A flag changes no verdict. The journal holds it beside the decision, for searches and for the detectors of misuse.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from policy.inquiry import Inquiry
from policy.reasons import Reason


class Flag(StrEnum):
    """A flag, as written in the journal, and its meaning for an auditor."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    OWN_RECORD = "OWN_RECORD", "The officer's own record was among those asked for."
    SAME_SURNAME = "SAME_SURNAME", "A person with the officer's surname was among those found."
    COLLEAGUE = "COLLEAGUE", "A person who works for the officer's agency was among those found."
    CHALLENGED = "CHALLENGED", "Drawn at random: a fuller reason was required, and the inquiry is for review."
    NO_CASE = "NO_CASE", "The reason has a case, and no case number was given."
    SUPERVISED = "SUPERVISED", "The inquiry names a supervisor, as it must if the officer is not trained yet."


# These reasons always have a case. A traffic stop or a call for service has none yet.
REASONS_WITH_CASE = frozenset({Reason.INVESTIGATION, Reason.WARRANT_SERVICE, Reason.COURT_PROCEEDING})


def flags_of(inquiry: Inquiry) -> frozenset[Flag]:
    """The flags that are known before any record is read."""
    conditions = {
        Flag.CHALLENGED: inquiry.is_challenged,
        Flag.NO_CASE: inquiry.reason in REASONS_WITH_CASE and not inquiry.has_case_number,
        Flag.SUPERVISED: inquiry.names_supervisor,
    }
    return frozenset(flag for flag, holds in conditions.items() if holds)
