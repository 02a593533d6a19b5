"""Settings of operations."""

from __future__ import annotations

from dataclasses import dataclass

from api.config.setting import setting
from engine.limits import Limits


@dataclass(frozen=True, kw_only=True)
class OperationSettings:
    """Admission of operations, and how large one may be."""

    operation_limit: int = setting(
        256, "Maximum concurrent operations; lowered while the processor is overloaded.", 1, 10_000
    )
    operation_wait_ms: float = setting(
        50.0, "Milliseconds that an operation may queue before it is OVERLOADED.", 0, 1_000
    )
    operation_budget_ms: int = setting(
        5_000, "Milliseconds one operation has for all its sources together.", 1, 600_000
    )
    executor_latency_ms: float = setting(
        1.5, "Thread round trip (ms) above which the concurrency limit is lowered; 0 disables.", 0, 1_000
    )
    cost_limit: int = setting(
        Limits().cost, "Maximum cost of an operation; `needtoknow explain` prints the cost.", 1, 1_000_000_000
    )
    row_limit: int = setting(
        Limits().rows, "Maximum rows read for an operation; a row counts each time it is read.", 1, 10_000_000
    )
    reply_mebibytes: int = setting(
        Limits().reply_bytes >> 20, "Maximum MiB of a reply, and of the rows that are read for it.", 1, 1_024
    )
    cache_mebibytes: int = setting(
        Limits().cached_bytes >> 20, "Maximum MiB of cached documents, plans and programs.", 1, 16_384
    )
    body_limit_bytes: int = setting(65_536, "Maximum bytes of a request body.", 1_024, 16_777_216)

    @property
    def limits(self) -> Limits:
        reply_bytes, cached_bytes = self.reply_mebibytes << 20, self.cache_mebibytes << 20
        return Limits(cost=self.cost_limit, rows=self.row_limit, reply_bytes=reply_bytes, cached_bytes=cached_bytes)
