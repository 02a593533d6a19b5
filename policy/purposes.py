"""Purpose codes of the Interstate Identification Index (III)."""

from __future__ import annotations

from policy.described_enum import DescribedEnum


class Purpose(DescribedEnum):
    """The purpose of an `@inquiry`."""

    C = "C", "Criminal justice."
    J = "J", "Criminal justice employment."
    D = "D", "Domestic violence and stalking cases in court."
    F = "F", "Firearms checks."
    X = "X", "Emergency placement of a child."
    A = "A", "Administrative file maintenance by the record's owner."
    H = "H", "Public housing; refused here."
    I = "I", "Licensing and employment outside criminal justice; refused here."  # noqa: E741 - the code of the Index
    S = "S", "National security; refused here."
    V = "V", "Visas; refused here."
    R = "R", "Federal agencies only; refused here."
