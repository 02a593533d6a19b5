"""What a criminal history may be asked for, by the letters of the Interstate Identification Index.

Knows nothing of which role may use which letter.
"""

from __future__ import annotations

from policy.described_enum import DescribedEnum


class Purpose(DescribedEnum):
    """What an `@inquiry` gives as its purpose."""

    C = "C", "Criminal justice."
    J = "J", "Criminal justice employment."
    D = "D", "Domestic violence and stalking cases in court."
    F = "F", "Firearms checks."
    X = "X", "Emergency placement of a child."
    A = "A", "Administrative file maintenance by the record's owner."
    H = "H", "Public housing; refused here."
    I = "I", "Licensing and employment outside criminal justice; refused here."  # noqa: E741 - the Index's own letter
    S = "S", "National security; refused here."
    V = "V", "Visas; refused here."
    R = "R", "Federal agencies only; refused here."

    @property
    def is_offered(self) -> bool:
        """Whether anybody at all may ask for it here."""
        return self in OFFERED


OFFERED = frozenset({Purpose.C, Purpose.J, Purpose.D, Purpose.F, Purpose.X, Purpose.A})
