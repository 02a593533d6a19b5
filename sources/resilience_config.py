"""Resilience settings of the sources. In its own file, so that settings can be read without importing asyncio."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ResilienceConfig:
    """Resilience settings, the same for every source.

    deadline_s: seconds that a statement may take once it is sent.
    limit:      statements sent to a source at once.
    wait_s:     seconds that a statement waits until it may be sent.
    failures:   failures in a row after which the circuit breaker opens; 0: never.
    open_s:     seconds for which the circuit breaker stays open.
    hedge_s:    seconds after which a slow statement is sent a second time; 0: never.
    """

    deadline_s: float
    limit: int
    wait_s: float
    failures: int
    open_s: float
    hedge_s: float
