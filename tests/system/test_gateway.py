"""Hive Gateway, as docs/clients configures it, in front of a server whose warrants are gone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system.client_process import output, reading
from tests.system.server import DemoServer

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]


@pytest.fixture
def gateway(
    tool: Callable[[str], str], without_warrants: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The gateway with its packages, outside the checkout, and its schema with our fields below `records`."""
    folder = tmp_path / "gateway"
    shutil.copytree(HERE / "hive_gateway", folder, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(ROOT / "docs" / "clients", folder / "docs")
    shutil.copy(ROOT / "schema" / "schema.graphql", folder)
    output(tool("npm"), "ci", "--ignore-scripts", "--silent", folder=folder)
    monkeypatch.setenv("RECORDS_URL", f"{without_warrants.url}/graphql")
    mesh = (tool("npx"), "--no-install", "mesh-compose", "-c", "docs/mesh.config.mjs", "-o", "supergraph.graphql")
    output(*mesh, folder=folder)
    return folder


def test_hive_gateway_moves_the_path_of_an_error_and_passes_extensions(
    tool: Callable[[str], str], gateway: Path, without_warrants: DemoServer
) -> None:
    read = reading(tool("node"), "gateway.mjs", without_warrants.token("investigator"), folder=gateway)

    below = ["records", "searchPersons"]
    assert read == {
        "warrants": [None],
        "down": ["warrants"],
        "errors": [{"path": [*below, "edges", 0, "node", "warrants"], "code": "SOURCE_UNAVAILABLE"}],
        "extensions": None,
        "inquiries": 2,
        "directive": [{"path": below, "code": "PURPOSE_REQUIRED"}],
        "asides": [["STEP_UP_REQUIRED"], []],
    }
