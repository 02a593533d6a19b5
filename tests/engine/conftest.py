"""A desk to ask at, over the archive of `archive.py`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import strawberry

from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from tests.engine.harness import Desk
from tests.engine.small_schema import OPEN, Book, Letter, Query, labels


@pytest.fixture(scope="session")
def blueprint() -> GuardedSchema:
    """The archive's schema, checked."""
    return GuardedSchema(strawberry.Schema(Query, types=[Book, Letter]), labels=labels, open_fields=OPEN)


@pytest.fixture(scope="session")
def open_desk(blueprint: GuardedSchema) -> Callable[..., Desk]:
    """A desk with limits of one's own."""
    return lambda **limits: Desk(blueprint, Limits(**limits))


@pytest.fixture(scope="session")
def desk(open_desk: Callable[..., Desk]) -> Desk:
    """A desk as the application has it."""
    return open_desk()
