"""Why a caller asks. Knows nothing of who they are, or of how the reason was sent."""

from __future__ import annotations

from dataclasses import dataclass

from policy.purposes import Purpose
from policy.reasons import Reason

# An attention line is a name and a number; what comes after them says what for.
FULLER_WORDS = 3


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The facts of one `@inquiry`, and whether they have to be fuller than is usual."""

    purpose: Purpose
    reason: Reason
    case_number: str | None
    attention: str | None
    is_challenged: bool = False  # drawn at random, to say more of why than these

    @property
    def has_case_number(self) -> bool:
        """Whether a case number was given: something with a letter or a digit in it, not only looks."""
        return isinstance(self.case_number, str) and _has_a_sign(self.case_number)

    @property
    def is_unexplained(self) -> bool:
        """Whether more of why was demanded and is not given: more words of attention than who asks."""
        words = self.attention.split() if isinstance(self.attention, str) else []
        return self.is_challenged and sum(map(_has_a_sign, words)) < FULLER_WORDS


def _has_a_sign(text: str) -> bool:
    return any(sign.isascii() and sign.isalnum() for sign in text)
