"""`make run` on a fresh checkout, in a folder with a space in its name."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.system.server import address, own_environment

CHECKOUT = Path(__file__).parents[2]
QUERY = "query Me { me { name } }"
STOP_S = 5


@pytest.fixture(scope="module")
def checkout(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all files that are not ignored, committed or not."""
    files = subprocess.run(
        [tool("git"), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    fresh = tmp_path_factory.mktemp("checkout") / "need to know"
    for name in filter(None, files):
        if (source := CHECKOUT / name).exists():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, fresh / name)
    return fresh


def test_make_run_installs_seeds_serves_and_stops_without_errors(checkout: Path) -> None:
    with subprocess.Popen(
        ["make", "run", "PORT=0", "PEOPLE=100"],
        cwd=checkout,
        env=plain_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C reaches every process of a terminal, and so must ours
    ) as make:
        url = address(make, start_s=300)
        token = ask_for_token(checkout)
        body = json.dumps({"query": QUERY}).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        with urlopen(Request(f"{url}/graphql", body, headers), timeout=10) as http_response:
            response = json.load(http_response)
        os.killpg(make.pid, signal.SIGINT)
        output, _ = make.communicate(timeout=STOP_S)

    assert response["data"]["me"]["name"]
    assert "***" not in output
    assert "Traceback" not in output


def test_a_second_make_run_installs_nothing(checkout: Path) -> None:
    result = subprocess.run(
        ["make", "--question", ".venv/runtime.stamp"], cwd=checkout, env=plain_environment(), check=False
    )

    assert result.returncode == 0


def test_make_names_a_missing_python_in_one_line(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy2(CHECKOUT / name, tmp_path)

    result = subprocess.run(
        ["make", "run", "PYTHON="],
        cwd=tmp_path,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode != 0
    assert result.stderr.startswith("needtoknow needs Python 3.11 or newer")


def ask_for_token(checkout: Path) -> str:
    command = [".venv/bin/needtoknow", "token", "--as", "patrol", "--data", "data"]
    return subprocess.run(
        command, cwd=checkout, env=plain_environment(), capture_output=True, text=True, check=True
    ).stdout.strip()


def plain_environment() -> dict[str, str]:
    """The environment of a new terminal: without variables of make and of this Python environment."""
    excluded = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"}
    return {name: value for name, value in own_environment().items() if name not in excluded}
