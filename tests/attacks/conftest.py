"""A server process that several modules attack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.attacked_server import EVERY_PARSER, AttackedServer, attacked_server

# The tests connect as the router and the proxy that the server trusts.
TRUSTED = {"NEEDTOKNOW_TRUSTED_ROUTERS": "127.0.0.1", "NEEDTOKNOW_TRUSTED_PROXIES": "127.0.0.1"}


@pytest.fixture(scope="session", params=EVERY_PARSER)
def server(
    request: pytest.FixtureRequest, seeded: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AttackedServer]:
    """A server with the default settings but for `TRUSTED`, once for each HTTP parser."""
    folder = tmp_path_factory.mktemp("attacked")
    with attacked_server(seeded, folder, NEEDTOKNOW_HTTP_PARSER=request.param, **TRUSTED) as server:
        yield server
