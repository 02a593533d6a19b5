"""The inquiry: why a caller requests records."""

from __future__ import annotations

from dataclasses import dataclass

from policy.purposes import Purpose
from policy.reasons import Reason

# The attention line usually holds a name and a number; a third word begins an explanation.
EXPLANATION_WORDS = 3


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The arguments of one `@inquiry`, and whether it was challenged."""

    purpose: Purpose
    reason: Reason
    case_number: str | None
    attention: str | None
    is_challenged: bool = False  # drawn at random: an explanation is required in `attention`

    @property
    def has_case_number(self) -> bool:
        """Whether a case number was given: it must contain an ASCII letter or digit."""
        return isinstance(self.case_number, str) and _has_alphanumeric(self.case_number)

    @property
    def needs_fuller_attention(self) -> bool:
        """Whether the inquiry was challenged and `attention` has fewer than EXPLANATION_WORDS words."""
        words = self.attention.split() if isinstance(self.attention, str) else []
        return self.is_challenged and sum(map(_has_alphanumeric, words)) < EXPLANATION_WORDS


def _has_alphanumeric(text: str) -> bool:
    return any(character.isascii() and character.isalnum() for character in text)
