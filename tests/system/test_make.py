"""The two commands on a fresh checkout, in a folder whose name has a space in it."""

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
QUESTION = "query Me { me { name } }"
STOP_S = 5


@pytest.fixture(scope="module")
def checkout(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a clone would hold, with what is not committed yet, and nothing that was made."""
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


def test_make_run_installs_seeds_serves_and_stops_at_once_without_a_word_of_error(checkout: Path) -> None:
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
        body = json.dumps({"query": QUESTION}).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        with urlopen(Request(f"{url}/graphql", body, headers), timeout=10) as reply:
            answer = json.load(reply)
        os.killpg(make.pid, signal.SIGINT)
        said, _ = make.communicate(timeout=STOP_S)

    assert answer["data"]["me"]["name"]
    assert "***" not in said
    assert "Traceback" not in said


def test_a_second_make_run_installs_nothing(checkout: Path) -> None:
    planned = subprocess.run(
        ["make", "--question", ".venv/runtime.stamp"], cwd=checkout, env=plain_environment(), check=False
    )

    assert planned.returncode == 0


def test_without_a_python_that_suits_make_says_so_in_one_line(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy2(CHECKOUT / name, tmp_path)

    tried = subprocess.run(
        ["make", "run", "PYTHON="],
        cwd=tmp_path,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert tried.returncode != 0
    assert tried.stderr.startswith("needtoknow needs Python 3.11 or newer")


def ask_for_token(checkout: Path) -> str:
    command = [".venv/bin/needtoknow", "token", "--as", "patrol", "--data", "data"]
    return subprocess.run(
        command, cwd=checkout, env=plain_environment(), capture_output=True, text=True, check=True
    ).stdout.strip()


def plain_environment() -> dict[str, str]:
    """As in a new terminal: not inside of another make, and not in this environment's Python."""
    ours = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"}
    return {name: value for name, value in own_environment().items() if name not in ours}
