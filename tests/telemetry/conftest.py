"""Fixtures of the telemetry tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from telemetry.recorder import Telemetry
from tests.telemetry.helpers import ALLOW_LIST, Recorded


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    recorded = Recorded()
    yield recorded
    recorded.telemetry.stop()


@pytest.fixture(params=["recorded", "not recorded"])
def telemetry(request: pytest.FixtureRequest, recorded: Recorded) -> Telemetry:
    """A recorder with or without an exporter, for what holds in both cases."""
    return recorded.telemetry if request.param == "recorded" else Telemetry(ALLOW_LIST)
