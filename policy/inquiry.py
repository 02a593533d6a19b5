"""Why a caller asks. Knows nothing of who they are, or of how the reason was sent."""

from __future__ import annotations

from dataclasses import dataclass

from policy.purposes import Purpose
from policy.reasons import Reason


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The facts of one `@inquiry`."""

    purpose: Purpose
    reason: Reason
    case_number: str | None
    attention: str | None

    @property
    def has_case_number(self) -> bool:
        """Whether a case number was given: something with a letter or a digit in it, not only looks."""
        return isinstance(self.case_number, str) and any(sign.isascii() and sign.isalnum() for sign in self.case_number)
