"""Resilience settings of a source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ResilienceConfig:
    """What is done for every source.

    deadline_s: for a statement that has been sent.
    limit:      statements that a source is asked at once.
    wait_s:     for a place among them.
    failures:   in a row, after which it is not asked any more; 0 asks for ever.
    open_s:     for which it is not asked then.
    hedge_s:    after which a slow statement is sent a second time; 0 never.
    """

    deadline_s: float
    limit: int
    wait_s: float
    failures: int
    open_s: float
    hedge_s: float
