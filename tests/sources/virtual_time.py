"""Event loop with virtual time: it jumps to the next timer instead of waiting, so an hour of sleep takes no time."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _JumpingSelector(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "no timer is left, so nothing would ever happen"
        self.now += timeout
        return super().select(0)


class _VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._selector_with_time = _JumpingSelector()
        super().__init__(self._selector_with_time)

    def time(self) -> float:
        return self._selector_with_time.now


def run_in_virtual_time(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of the coroutine."""
    with asyncio.Runner(loop_factory=_VirtualTimeLoop) as runner:
        return runner.run(coroutine)


def now() -> float:
    """Virtual seconds since the loop began."""
    return asyncio.get_running_loop().time()
