"""Thresholds of the misuse detectors: choices that an auditor's office could make otherwise.

The reason for each default is in docs/misuse.md.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """Thresholds with their defaults."""

    false_positive_rate: float = 0.01  # chance that one detector finds anything in a journal without misuse
    min_ratio: float = 3.0  # ratio to the usual count, below which nothing is found however certain it is
    min_count: int = 3  # fewer than this are an accident
    window_days: int = 7  # for many users of one subject, and for volume
    shift_hours: int = 14  # a long shift, with travel before it and reports after it
    surname_share: float = 0.012  # share of all people who may have one surname
    max_subjects: int = 5  # an inquiry that names more people is about none of them
    min_peers: int = 8  # a role with fewer users is not compared
