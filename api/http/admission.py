"""Admission control: a limit on concurrent operations, lowered while the processor is overloaded.

Every read and every journal entry makes a round trip to a thread. So the latency of an empty round trip, a probe, shows
whether the processor keeps up. An operation that waits for a slow source does not delay a probe; only the maximum
limits how many such operations run.

Requests may queue only if none was rejected in the last second; otherwise excess requests are rejected at once. A
standing queue adds latency and no throughput.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable

from sources.limiter import ConcurrencyLimiter

logger = logging.getLogger("needtoknow.admission")

PROBE_INTERVAL_S = 0.02
PROBES_PER_WINDOW = 5
MIN_LIMIT, DEFAULT_LIMIT = 8, 24
QUEUE_LENGTH = 16
BURST_COOLDOWN_S = 1.0
LOG_INTERVAL_S = 10.0


class AdaptiveLimit:
    """AIMD concurrency limit: a fifth lower after a window of slow probes, two higher after a fast one.

    A window is slow if most of its probes exceed the latency threshold: one slow response is not a queue. If slots were
    free, the number of operations did not cause the delay, so the limit does not drop below `DEFAULT_LIMIT`. As in TCP,
    the limit rises above that only if slots ran out, so a limit found under load survives a quiet minute.
    """

    def __init__(self, maximum: int, executor_latency_s: float) -> None:
        """Start at `maximum`. A probe is slow above `executor_latency_s` seconds; with 0 none is."""
        self._maximum = maximum
        self._minimum, self._default = min(MIN_LIMIT, maximum), min(DEFAULT_LIMIT, maximum)
        self._executor_latency_s = executor_latency_s or math.inf
        self._probes = self._slow_probes = 0
        self.limit = maximum

    def observe(self, latency_s: float, active: int, *, was_exhausted: bool) -> bool:
        """Count a probe made beside `active` operations, and return whether it ends a window.

        was_exhausted: whether slots ran out during the window.
        """
        self._probes += 1
        self._slow_probes += latency_s > self._executor_latency_s
        if self._probes < PROBES_PER_WINDOW:
            return False
        if self._slow_probes > PROBES_PER_WINDOW // 2:
            floor = self._minimum if was_exhausted else min(self.limit, self._default)
            self.limit = max(floor, min(self.limit, active) * 4 // 5)
        elif was_exhausted or self.limit < self._default:
            self.limit = min(self._maximum, self.limit + 2)
        self._probes = self._slow_probes = 0
        return True


class Admission:
    """Admission control for operations: each acquires a slot and releases it, or is rejected."""

    def __init__(
        self,
        *,
        limit: int,
        wait_s: float,
        executor_latency_s: float,
        on_reject: Callable[[], object] = int,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`limit` is the maximum of the adaptive limit; `wait_s` is how long a request may queue."""
        self.slots = ConcurrencyLimiter(limit)
        self._wait_s = wait_s
        self._adaptive_limit = AdaptiveLimit(limit, executor_latency_s)
        self._on_reject = on_reject
        self._clock = clock
        self._is_closed = self._was_exhausted = False
        self._logged_at = self._rejected_at = -math.inf
        self._probe_timer: asyncio.TimerHandle | None = None
        self.is_probing = False
        self.rejected = 0
        self.stopping = asyncio.Event()
        """Set when the server stops: streams of events end."""
        self.abandoning = asyncio.Event()
        """Set some time later: responses in parts end, and the parts to come are not waited for."""

    async def acquire(self) -> bool:
        """Take a slot, at once or after queuing. False: the request is rejected and must not be processed."""
        if not self._is_closed:
            has_slot = self.slots.acquire_nowait()
            if not has_slot:
                self._was_exhausted = True
                has_slot = self._may_queue and await self.slots.acquire(self._wait_s)
            if has_slot:
                self._schedule_probe()
                return True
        self._reject()
        return False

    def release(self) -> None:
        """Return the slot."""
        self.slots.release()

    def close(self) -> None:
        """Reject all further requests, and stop probing."""
        self._is_closed = True
        if self._probe_timer is not None:
            self._probe_timer.cancel()

    @property
    def _may_queue(self) -> bool:
        return self._clock() - self._rejected_at > BURST_COOLDOWN_S and self.slots.waiting < QUEUE_LENGTH

    def _reject(self) -> None:
        self.rejected += 1
        self._on_reject()
        now = self._rejected_at = self._clock()
        if now >= self._logged_at + LOG_INTERVAL_S:
            self._logged_at = now
            logger.warning("overloaded: %d requests rejected so far, limit %d", self.rejected, self.slots.limit)

    def _schedule_probe(self) -> None:
        if not self.is_probing and not self._is_closed:
            self.is_probing = True
            self._probe_timer = asyncio.get_running_loop().call_later(PROBE_INTERVAL_S, self._probe)

    def _probe(self) -> None:
        started = self._clock()
        asyncio.get_running_loop().run_in_executor(None, int).add_done_callback(lambda _: self._finish_probe(started))

    def _finish_probe(self, started: float) -> None:
        self.is_probing = False
        latency_s = self._clock() - started
        if self._adaptive_limit.observe(latency_s, self.slots.acquired, was_exhausted=self._was_exhausted):
            self._was_exhausted = False
            self.slots.limit = self._adaptive_limit.limit
        # An idle server is not probed.
        if self.slots.acquired:
            self._schedule_probe()
