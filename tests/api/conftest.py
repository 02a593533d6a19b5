"""Fixtures of the API tests."""

from __future__ import annotations

import pytest

from tests.api.tokens import Harness


@pytest.fixture
def harness() -> Harness:
    """An authenticator with a clock and keys that the test controls."""
    return Harness()
