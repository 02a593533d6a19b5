"""What a detector gives: whom it points to, how strongly, why, and the inquiries behind it. Knows no detector."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit.misuse.inquiry_tables import InquiryTables


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A question for an auditor to ask, not an answer.

    count:     how many inquiries, days or users, as `words` say.
    expected:  how many there would be if nothing were wrong; None where one is too many.
    score:     0 to 99, how surprising that is: `chance.score`.
    inquiries: ids, newest first, 25 at the most.
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


class NotGiven(Exception):
    """The detector needs something that the journal does not hold; the message says how to give it."""


@dataclass(frozen=True, slots=True)
class Detector:
    """One kind of misuse. `find` raises NotGiven where it cannot look."""

    name: str
    looks_for: str
    find: Callable[[InquiryTables], Iterable[Finding]]
