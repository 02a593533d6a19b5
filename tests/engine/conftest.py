"""The engine's test harness over the small schema, as fixtures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import strawberry

from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from tests.engine.engine_harness import Harness
from tests.engine.small_schema import OPEN, Book, Letter, Query, labels


@pytest.fixture(scope="session")
def guarded_schema() -> GuardedSchema:
    """The small schema, checked."""
    return GuardedSchema(strawberry.Schema(Query, types=[Book, Letter]), labels=labels, open_fields=OPEN)


@pytest.fixture(scope="session")
def harness_with(guarded_schema: GuardedSchema) -> Callable[..., Harness]:
    """A harness with other limits."""
    return lambda **limits: Harness(guarded_schema, Limits(**limits))


@pytest.fixture(scope="session")
def harness(harness_with: Callable[..., Harness]) -> Harness:
    """A harness with the default limits."""
    return harness_with()
