"""GraphQL over HTTP: the server audits of the npm package graphql-http."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system.server import DemoServer

AUDITS = Path(__file__).parent / "graphql_http"
COUNT = 61


@pytest.fixture(scope="module")
def audits(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The audit script with its packages, installed beside it and outside the checkout."""
    folder = tmp_path_factory.mktemp("graphql_http")
    shutil.copytree(AUDITS, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    subprocess.run([tool("npm"), "ci", "--ignore-scripts", "--silent"], cwd=folder, check=True)
    return folder / "audits.mjs"


def test_every_audit_of_graphql_over_http_passes(tool: Callable[[str], str], audits: Path, served: DemoServer) -> None:
    completed = subprocess.run(
        [tool("node"), str(audits), f"{served.url}/graphql"],
        env={**os.environ, "TOKEN": served.token("patrol")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert completed.returncode == 0, completed.stderr
    results = json.loads(completed.stdout)

    failures = [result for result in results if result["status"] != "ok"]
    assert failures == [], "\n" + "\n".join(
        f"{failure['id']}  {failure['status']:6}  {failure['name']}: {failure['reason']}" for failure in failures
    )
    assert len(results) == COUNT
