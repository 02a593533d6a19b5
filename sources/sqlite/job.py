"""An errand: something to do with a line in a thread, and who waits for it in the loop. Knows nothing of statements."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sources.sqlite.connection import PooledConnection


@dataclass(slots=True, eq=False)
class Job:
    """Something to do with one of some lines, until a time of `monotonic`. Whoever waits for `answer` may leave."""

    lines: list[PooledConnection]
    act: Callable[[PooledConnection], Any]
    answer: asyncio.Future[Any]
    until: float
    back: list[PooledConnection]
    """Where the line goes afterwards."""
    line: PooledConnection | None = None
    outcome: Any = None
    fault: BaseException | None = None

    def run(self) -> None:
        assert self.line is not None
        try:
            self.outcome = self.act(self.line)
        except BaseException as fault:  # noqa: BLE001 - whatever it is, it is the errand's outcome
            self.fault = fault

    def settle(self) -> None:
        """Give the outcome to whoever waits."""
        if self.fault is not None:
            self.fail(self.fault)
        elif not self.answer.done():
            self.answer.set_result(self.outcome)

    def fail(self, fault: BaseException) -> None:
        """Let nobody wait any longer. What runs is stopped at the clock's next turn."""
        if not self.answer.done():
            self.answer.set_exception(fault)
