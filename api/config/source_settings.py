"""Settings of the sources."""

from __future__ import annotations

from dataclasses import dataclass

from api.config.setting import setting
from sources.resilience_config import ResilienceConfig


@dataclass(frozen=True, kw_only=True)
class SourceSettings:
    """Limits of every source. Prefix: SOURCE."""

    connections: int = setting(2, "Connections to each source.", 1, 64)
    deadline_ms: int = setting(2_000, "Milliseconds after which a source's response counts as TIMEOUT.", 1, 60_000)
    limit: int = setting(64, "Concurrent statements per source, waiting ones included.", 1, 10_000)
    wait_ms: int = setting(
        250, "Milliseconds a statement above that limit waits before it counts as TIMEOUT.", 0, 60_000
    )
    hedge_ms: int = setting(
        0, "Milliseconds after which a slow statement is sent a second time; 0 disables.", 0, 60_000
    )
    circuit_failures: int = setting(
        5, "Consecutive failures that open a source's circuit breaker; 0 disables.", 0, 10_000
    )
    circuit_open_s: float = setting(
        5.0, "Seconds until an open circuit breaker lets one statement through.", 0.1, 3_600
    )

    @property
    def resilience(self) -> ResilienceConfig:
        return ResilienceConfig(
            deadline_s=self.deadline_ms / 1000,
            limit=self.limit,
            wait_s=self.wait_ms / 1000,
            failures=self.circuit_failures,
            open_s=self.circuit_open_s,
            hedge_s=self.hedge_ms / 1000,
        )
