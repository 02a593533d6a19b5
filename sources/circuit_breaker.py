"""A circuit breaker: whether a source may be asked at all, by how it has fared. Knows nothing of what a source is.

closed     it is asked
open       so many failed in a row: it is not asked
half-open  it has been left alone for long enough: one is sent as a probe, and the rest go on without
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple


class Permit(NamedTuple):
    """How often the breaker had opened, and how often the source had answered, when a statement was sent."""

    openings: int
    answers: int


class CircuitBreaker:
    """Each `enter` that gives a turn is followed by one `leave` with that turn."""

    def __init__(self, failures: int, open_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Opens after so many failures in a row, for so many seconds; with 0 failures it never does."""
        self._most = failures
        self._open_s = open_s
        self._clock = clock
        self._failed = 0
        self._opened_at: float | None = None
        self._is_probing = False
        self._answers = 0
        self.openings = 0

    @property
    def is_shut(self) -> bool:
        """Whether `enter` would turn away whoever asks now."""
        if self._opened_at is None:
            return False
        return self._is_probing or self._clock() < self._opened_at + self._open_s

    def enter(self) -> Permit | None:
        """A turn to ask, or None."""
        if self.is_shut:
            return None
        self._is_probing = self._opened_at is not None
        return Permit(self.openings, self._answers)

    def leave(self, turn: Permit, *, answered: bool | None) -> bool:
        """How a turn ended; None where that says nothing of the source. Whether this opened the breaker.

        What was sent before the breaker last opened has no say any more. Nor has a failure if the source has answered
        somebody else since that was sent: it is there, and only has too much to do or a statement that is too long.
        """
        if turn.openings != self.openings:
            return False
        if answered:
            self._failed, self._opened_at = 0, None
            self._answers += 1
        elif turn.answers != self._answers:
            answered = None
        elif answered is not None:
            self._failed += 1
        was_probing, self._is_probing = self._is_probing, False
        if answered is not False or not self._most or (self._failed < self._most and not was_probing):
            return False
        self._opened_at = self._clock()
        self.openings += 1
        return True
