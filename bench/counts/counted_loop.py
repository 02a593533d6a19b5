"""An event loop whose own functions are Python functions, so that calls of them are reported too.

uvloop's are compiled by Cython, and Python does not report calls of those.
"""

from __future__ import annotations

from typing import Any

import uvloop


class CountedLoop(uvloop.Loop):
    """uvloop's loop. Each of these functions only calls the original; `call_at` is a `call_later`."""

    def create_task(self, *arguments: Any, **options: Any) -> Any:
        return super().create_task(*arguments, **options)

    def create_future(self) -> Any:
        return super().create_future()

    def call_soon(self, *arguments: Any, **options: Any) -> Any:  # type: ignore[override]
        return super().call_soon(*arguments, **options)

    def call_soon_threadsafe(self, *arguments: Any, **options: Any) -> Any:  # type: ignore[override]
        return super().call_soon_threadsafe(*arguments, **options)

    def call_later(self, *arguments: Any, **options: Any) -> Any:  # type: ignore[override]
        return super().call_later(*arguments, **options)


def install() -> None:
    """Let uvloop create loops of this class, with which `uvloop.run` then runs."""
    uvloop.Loop = CountedLoop  # type: ignore[misc]


LOOP_FUNCTIONS = {each.__code__ for name, each in vars(CountedLoop).items() if not name.startswith("_")}
