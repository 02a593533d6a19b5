"""Circuit breaker: stops statements to a source that fails, and probes it later.

closed     every statement is sent
open       `failures` statements in a row failed: none is sent for `open_s` seconds
half-open  `open_s` is over: one statement is sent as a probe, and the others are refused until it ends
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple


class Permit(NamedTuple):
    """Permission to send a statement, with the breaker's counts at that moment."""

    openings: int
    successes: int


class CircuitBreaker:
    """Breaker of one source. Each Permit that `acquire` returns is passed to `record` once."""

    def __init__(self, failures: int, open_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """A breaker that opens for `open_s` seconds after `failures` failures in a row; with 0 it never opens."""
        self._failure_limit = failures
        self._open_s = open_s
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None
        self._is_probing = False
        self._successes = 0
        self.openings = 0

    @property
    def is_open(self) -> bool:
        """Whether `acquire` would refuse now. A half-open breaker counts as open while its probe runs."""
        if self._opened_at is None:
            return False
        return self._is_probing or self._clock() < self._opened_at + self._open_s

    def acquire(self) -> Permit | None:
        """Permission to send one statement, or None if the breaker is open."""
        if self.is_open:
            return None
        self._is_probing = self._opened_at is not None
        return Permit(self.openings, self._successes)

    def record(self, permit: Permit, *, succeeded: bool | None) -> bool:
        """Record how a statement ended, and return whether this opened the breaker.

        `succeeded` is None if the end says nothing about the source, such as a cancelled caller. A statement sent
        before the breaker last opened is ignored. A failure is ignored if another statement, sent at any time, has
        succeeded since: the source works, and is only busy or was sent a statement that takes too long.
        """
        if permit.openings != self.openings:
            return False
        if succeeded:
            self._failures, self._opened_at = 0, None
            self._successes += 1
        elif permit.successes != self._successes:
            succeeded = None
        elif succeeded is not None:
            self._failures += 1
        was_probing, self._is_probing = self._is_probing, False
        if succeeded is not False or not self._failure_limit:
            return False
        if self._failures < self._failure_limit and not was_probing:
            return False
        self._opened_at = self._clock()
        self.openings += 1
        return True
