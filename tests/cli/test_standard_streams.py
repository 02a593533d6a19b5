"""Streams that are closed or full: a command whose output is lost has failed, and says so in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from seed.world import MIN_PEOPLE
from tests.cli.conftest import DataAfter
from tests.cli.inquiries import STOP
from tests.command_line import command_lines

MAIN = [sys.executable, "-c", "from api.cli import main; main()"]
CHECKOUT = Path(__file__).parents[2]
TRACES = CHECKOUT / "tests" / "traces"


def run_by_shell(line: list[object], redirections: str, **variables: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command, with the redirections of a shell and environment variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
    command = ["sh", "-c", f'exec "$@" {redirections}', "sh", *MAIN, *map(str, line)]
    result = subprocess.run(
        command,
        cwd=CHECKOUT,
        env=environment | variables,
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return result.returncode, result.stdout, result.stderr


LOST = {
    ">&-": "needtoknow: stdout: Bad file descriptor.\n",
    "> /dev/full": "needtoknow: stdout: No space left on device.\n",
    "> /dev/full 2> /dev/full": "",
}


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("redirections", LOST)
def test_output_that_is_lost_is_an_error(redirections: str, unbuffered: str) -> None:
    result = run_by_shell(["policy", "--json"], redirections, PYTHONUNBUFFERED=unbuffered)

    assert result == (1, "", LOST[redirections])


@pytest.mark.slow
def test_a_closed_stdin_is_empty() -> None:
    status, out, err = run_by_shell(["explain", "-"], "<&-")

    assert (status, out, err) == (1, "", "needtoknow: -:1:1: GraphQL syntax error.\n")


def test_a_closed_stderr_leaves_stdout_alone() -> None:
    assert run_by_shell(["policy", "--chief"], "2>&-") == (2, "", "")


@pytest.mark.slow
def test_a_character_that_the_encoding_lacks_is_escaped(tmp_path: Path) -> None:
    status, out, err = run_by_shell(
        ["seed", "--people", MIN_PEOPLE, "--data", tmp_path / "é\udcff"], "", PYTHONIOENCODING="ascii"
    )

    assert (status, err) == (0, "")
    assert out.startswith(rf"{MIN_PEOPLE} people in {tmp_path}/\xe9\udcff, in ")


@pytest.mark.system
def test_every_command_without_streams_ends_without_a_traceback(data_after: DataAfter, tmp_path: Path) -> None:
    needed: dict[str, object] = {"file": "-", "inquiry": "0" * 32, "role": "patrol", "trace": "8d1f", "traces": TRACES}
    data = data_after("patrol", operation=STOP)
    needed["to"] = tmp_path / "copy"
    for line in command_lines(needed, {"data": data, "people": MIN_PEOPLE, "html": tmp_path / "page"}):
        for redirections in ("<&- >&- 2>&-", "> /dev/full"):
            status, _, err = run_by_shell(list(line), redirections)
            assert status in {0, 1}, line
            assert err.count("\n") <= 1, line
