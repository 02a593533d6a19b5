"""Effects of a cell of the matrix."""

from __future__ import annotations

from policy.described_enum import DescribedEnum


class Effect(DescribedEnum):
    """The value is the letter in matrix.txt."""

    ALLOW = "A", "Allowed."
    MASK = "M", "Masked by the source; the value itself is withheld."
    STEP_UP = "S", "Allowed with a case number and assurance level aal2."
    DENY = "D", "Denied."
    OWN = "O", "Own entries only."
