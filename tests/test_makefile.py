"""The Makefile: what the environment changes."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("arguments", "environment", "port"),
    [
        ((), {}, "8000"),
        ((), {"PORT": "8510"}, "8510"),
        ((), {"NEEDTOKNOW_PORT": "8520"}, "8520"),
        ((), {"NEEDTOKNOW_PORT": "8520", "PORT": "8510"}, "8510"),
        (("PORT=8530",), {"NEEDTOKNOW_PORT": "8520", "PORT": "8510"}, "8530"),
    ],
)
def test_make_run_serves_the_port_that_is_asked_for(
    arguments: tuple[str, ...], environment: dict[str, str], port: str
) -> None:
    own = {name: value for name, value in os.environ.items() if name not in {"PORT", "NEEDTOKNOW_PORT", "MAKEFLAGS"}}
    planned = subprocess.run(
        ["make", "--dry-run", "run", *arguments],
        cwd=CHECKOUT,
        env=own | environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert re.findall(r"needtoknow serve .*--port (\S+)", planned.stdout) == [port]
