"""A server process under attack, with its data folder and the token of an officer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.auth.demo_issuer import DemoIssuer
from api.config.settings import HTTP_PARSERS
from audit.entry import Entry
from audit.sqlite.search import search
from policy.roles import Role
from tests.server_process import ServerProcess, server_process

DEFAULT_PARSER, *OTHER_PARSERS = HTTP_PARSERS
EVERY_PARSER = [DEFAULT_PARSER, *(pytest.param(each, marks=pytest.mark.system) for each in OTHER_PARSERS)]
"""Parameters of a fixture. The fast tests run with the default parser, `make test-system` with each."""


@dataclass(frozen=True)
class AttackedServer:
    """A running server, and what a test of it needs."""

    process: ServerProcess
    data: Path
    token: str

    def entries(self) -> list[Entry]:
        """All entries of its journal, newest first."""
        return [found.entry for found in search(self.data / "journal.db")]


@contextmanager
def attacked_server(
    seeded: Path, folder: Path, *, descriptors: int | None = None, **settings: str
) -> Iterator[AttackedServer]:
    """A server over a copy of the seeded world in `folder`."""
    data = Path(shutil.copytree(seeded, folder / "data"))
    with server_process(data, descriptors=descriptors, **settings) as process:
        yield AttackedServer(process, data, DemoIssuer.open(data).token(Role.PATROL))
