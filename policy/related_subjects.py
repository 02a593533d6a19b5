"""Related subjects: people who have the caller's surname, or work at the caller's agency."""

from __future__ import annotations

from policy.described_enum import DescribedEnum


class RelatedSubjects(DescribedEnum):
    """How a policy treats records about them. The value is that of the policy file's line `related-subjects:`."""

    FLAG = "flag", "Released, and flagged for the auditor."
    STEP_UP = "step-up", "Withheld until the caller steps up, and the place says so; then released and flagged."
