"""Fixtures of the API tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.api.http_client import StubHandler, stub_app, stub_client
from tests.api.tokens import Harness


@pytest.fixture
def harness() -> Harness:
    """An authenticator with a clock and keys that the test controls."""
    return Harness()


@pytest.fixture
def handler() -> StubHandler:
    return StubHandler()


@pytest.fixture
async def client(handler: StubHandler) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the endpoint over `handler`."""
    async with stub_client(stub_app(handler)) as client:
        yield client
