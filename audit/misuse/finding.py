"""Findings of a detector, the errors of a detector that cannot compare, and the numbers in findings as text."""

from __future__ import annotations

from dataclasses import dataclass

from audit.misuse.tail_probabilities import CERTAIN
from policy.described_enum import DescribedEnum

STRONG = 6.0  # the score of one in a million


class Severity(DescribedEnum):
    """How surely a finding is no accident, in words."""

    CERTAIN = "certain", "A rule was broken, for any reason, or chance is excluded."
    STRONG = "strong", "By chance alone this happens less than once in a million such reports."
    WORTH_A_LOOK = "worth a look", "By chance alone this is rare, and does happen."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One user or subject that stands out: a question for an auditor to ask, not an answer.

    count:     inquiries, days or users, as `words` says.
    expected:  the usual count; None if one is too many.
    score:     0 to 99, see `tail_probabilities.score`.
    words:     the finding as a sentence without its subject.
    inquiries: ids, newest first, at most 25.
    role, agency: of the user, as in their newest inquiry.
    first, last: days (UTC) of the oldest and the newest of `inquiries`.
    """

    user: str | None = None
    subject: str | None = None
    count: int
    expected: float | None = None
    score: float
    words: str
    inquiries: tuple[str, ...]
    role: str | None = None
    agency: str | None = None
    first: str | None = None
    last: str | None = None

    @property
    def severity(self) -> Severity:
        if self.score >= CERTAIN:
            return Severity.CERTAIN
        return Severity.STRONG if self.score >= STRONG else Severity.WORTH_A_LOOK

    @property
    def whole_score(self) -> int:
        """The score without its decimals: 5.9 is no 6, with which `strong` begins."""
        return int(self.score)

    @property
    def days(self) -> str:
        """The day or days of the listed inquiries."""
        return f"{self.first} to {self.last}" if self.first != self.last else self.first or ""

    @property
    def who(self) -> str:
        """The user, the subject, or both."""
        return " ".join(filter(None, (self.user, self.subject)))


class MissingInput(Exception):
    """The detector needs data that the journal does not hold. The message names the option that gives it."""


class TooFewPeers(Exception):
    """No role has enough users to compare them with each other. The message says so in words."""


def rounded(number: float) -> str:
    """A computed number with the digits that it is accurate to: 123, 4.5, 0.3."""
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}" if number >= 1 else f"{number:.1g}"
