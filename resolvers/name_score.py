"""Score of a hit by name: points out of 100 for each field that agrees, and the reasons that say how it does.

The points of a kind are for a perfect likeness of letters; `closeness` takes off up to SPREAD. They were set by the
share of right hits among those of each kind: docs/search.md.
"""

from __future__ import annotations

from names.agreement import Agreement, Kind

SURNAME_POINTS = {
    Kind.LETTERS: 40, Kind.FORM: 39, Kind.SOUND: 34, Kind.SLIP: 33, Kind.ROMANIZATION: 31, Kind.SIMILAR: 22,
}  # fmt: skip
GIVEN_POINTS = {
    Kind.LETTERS: 30, Kind.FORM: 29, Kind.SHORT_FORM: 25, Kind.SOUND: 24, Kind.SLIP: 23, Kind.ROMANIZATION: 22,
    Kind.INITIAL: 10,
}  # fmt: skip
SPREAD = 0.3
"""Points that one point of closeness below 100 takes off."""
MOST_SPREAD = 10

BIRTH_DATE = 30
BIRTH_DATE_PART = 20
BIRTH_DATE_WITHIN_A_YEAR = 15
BIRTH_DATE_SLIP = 12
AGE = 10

SURNAME_PART, GIVEN_PART, MIDDLE_NAME, ALIAS, NAMES_SWAPPED = -8, -4, -8, -5, -5

POINTS = {
    **{f"SURNAME_{kind}": points for kind, points in SURNAME_POINTS.items()},
    "SURNAME_PART": SURNAME_PART,
    **{f"GIVEN_{kind}": points for kind, points in GIVEN_POINTS.items()},
    "GIVEN_PART": GIVEN_PART,
    "MIDDLE_NAME": MIDDLE_NAME,
    "BIRTH_DATE": BIRTH_DATE,
    "BIRTH_DATE_PART": BIRTH_DATE_PART,
    "BIRTH_DATE_WITHIN_A_YEAR": BIRTH_DATE_WITHIN_A_YEAR,
    "BIRTH_DATE_SLIP": BIRTH_DATE_SLIP,
    "AGE": AGE,
    "ALIAS": ALIAS,
    "NAMES_SWAPPED": NAMES_SWAPPED,
}
"""The points of each reason, for names whose letters are alike."""

REASONS = tuple(POINTS)
REASON_BIT = {reason: 1 << index for index, reason in enumerate(REASONS)}
RANK_UNIT = 1 << len(REASONS)
"""A rank is a score and its reasons in one number, so that the greatest of a person's ranks has both."""


def surname_points(agreed: Agreement) -> tuple[int, int]:
    """Points and reason bits of a surname."""
    return _points(agreed, SURNAME_POINTS, SURNAME_PART), _reasons("SURNAME", agreed)


def given_points(agreed: Agreement) -> tuple[int, int]:
    """Points and reason bits of a given name."""
    return _points(agreed, GIVEN_POINTS, GIVEN_PART), _reasons("GIVEN", agreed)


def reasons_of(bits: int) -> list[str]:
    """The reasons in reason bits."""
    return [reason for reason, bit in REASON_BIT.items() if bits & bit]


def _points(agreed: Agreement, points: dict[Kind, int], part: int) -> int:
    loss = min(MOST_SPREAD, round((100 - agreed.closeness) * SPREAD))
    return max(1, points[agreed.kind] - loss + part * agreed.is_part)


def _reasons(field: str, agreed: Agreement) -> int:
    return REASON_BIT[f"{field}_{agreed.kind}"] | REASON_BIT[f"{field}_PART"] * agreed.is_part
