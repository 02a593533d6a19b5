"""Findings of a detector, the errors of a detector that cannot compare, and the numbers in findings as text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One user or subject that stands out: a question for an auditor to ask, not an answer.

    count:     inquiries, days or users, as `words` says.
    expected:  the usual count; None if one is too many.
    score:     0 to 99, see `tail_probabilities.score`.
    words:     the finding as a sentence without its subject.
    inquiries: ids, newest first, at most 25.
    """

    user: str | None = None
    subject: str | None = None
    count: int
    expected: float | None = None
    score: float
    words: str
    inquiries: tuple[str, ...]

    @property
    def who(self) -> str:
        """The user, the subject, or both."""
        return " ".join(filter(None, (self.user, self.subject)))


class MissingInput(Exception):
    """The detector needs data that the journal does not hold. The message names the option that gives it."""


class TooFewPeers(Exception):
    """No role has enough users to compare them with each other."""


def rounded(number: float) -> str:
    """A computed number with the digits that it is accurate to: 123, 4.5, 0.3."""
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}" if number >= 1 else f"{number:.1g}"
