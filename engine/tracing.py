"""Where somebody who measures may look in: a name, and a context around the step of that name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

StepTimer = Callable[[str], AbstractContextManager[Any]]
"""Called with "parse", "validate" or "plan" around that step, when it is taken at all."""


def no_timer(_name: str) -> AbstractContextManager[Any]:
    """For whoever does not measure."""
    return nullcontext()
