"""Step timers: a hook for spans around the steps before execution."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

StepTimer = Callable[[str], AbstractContextManager[Any]]
"""Called with "parse", "validate" or "plan" around that step. A cached document or plan has no such step."""


def no_timer(_name: str) -> AbstractContextManager[Any]:
    """A step timer that measures nothing."""
    return nullcontext()
