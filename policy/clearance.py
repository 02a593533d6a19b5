"""Clearance of a caller: background check, fingerprints, training and certification, as dates.

A token that has only `certified_until` leaves the background check and the training to its issuer.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, fields
from datetime import date

from policy.described_enum import DescribedEnum
from policy.rules import BACKGROUND_CHECK, CERTIFICATION, TRAINING, Rule

TRAINING_MONTHS = 6
"""Months after employment by which a caller must be trained."""
CERTIFICATION_MONTHS = 24
"""Months after a training that it certifies for."""


class Access(DescribedEnum):
    """Whether a caller may inquire at all."""

    FULL = "FULL", "Inquiries, as far as the need-to-know matrix permits."
    SUPERVISED = "SUPERVISED", "Only inquiries whose attention names a supervisor: newly employed, and not trained yet."
    NONE = "NONE", "No records at all."


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """Dates of a caller's clearance; None if the token has none.

    certified_until: last day of the training certificate.
    cleared_on:      the background check.
    """

    certified_until: date | None = None
    cleared_on: date | None = None
    fingerprinted_on: date | None = None
    employed_on: date | None = None
    trained_on: date | None = None
    recertified_on: date | None = None

    @property
    def recertify_by(self) -> date | None:
        """The last day of the certification; None if the caller is not trained."""
        if self.certified_until:
            return self.certified_until
        trainings = [day for day in (self.trained_on, self.recertified_on) if day]
        return _months_after(max(trainings), CERTIFICATION_MONTHS) if trainings else None

    @property
    def train_by(self) -> date | None:
        """The day from which a caller who is not trained has no access; None if the caller is trained."""
        if self.employed_on is None or self.recertify_by:
            return None
        return _months_after(self.employed_on, TRAINING_MONTHS)

    def access(self, today: date) -> tuple[Access, Rule | None]:
        """The access on that day, and the rule that limits it."""
        given = self.cleared_on, self.fingerprinted_on, self.employed_on, self.trained_on, self.recertified_on
        if any(given) and not all(given[:2]):
            return Access.NONE, BACKGROUND_CHECK
        recertify_by = self.recertify_by
        if recertify_by is None:
            train_by = self.train_by
            return Access.SUPERVISED if train_by and today < train_by else Access.NONE, TRAINING
        return (Access.FULL, None) if today <= recertify_by else (Access.NONE, CERTIFICATION)


CLEARANCE_DATES = tuple(each.name for each in fields(Clearance))
"""Names of the dates; the claims and the fields of an entry have the same."""


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
