"""Step timers: a hook for spans around the steps before execution."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

StepTimer = Callable[[str], AbstractContextManager[Any]]
"""Called with "parse", "validate" or "plan" around that step; a cached document or plan has no such step.

`nullcontext` is a timer that measures nothing.
"""
