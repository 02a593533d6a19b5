"""Clearance of a demo caller: the days in a demo token."""

from __future__ import annotations

from collections.abc import Mapping

from policy.described_enum import DescribedEnum


class DemoClearance(DescribedEnum):
    """Clearance of a demo caller."""

    FULL = "full", "Cleared, trained and certified."
    NEW = "new", "Cleared, newly employed and not trained."
    NONE = "none", "Trained, without a background check."


# Days before today, and for `certified_until` after it.
DEMO_DAYS: Mapping[DemoClearance, Mapping[str, int]] = {
    DemoClearance.FULL: {
        "cleared_on": -430,
        "fingerprinted_on": -420,
        "employed_on": -400,
        "trained_on": -365,
        "certified_until": 365,
    },
    DemoClearance.NEW: {"cleared_on": -50, "fingerprinted_on": -40, "employed_on": -30},
    DemoClearance.NONE: {"employed_on": -400, "trained_on": -365},
}
