"""A client of docs/clients, run in its own process, and what it read."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

TIMEOUT_S = 120


def output(*command: str | Path, folder: Path) -> str:
    """What a command that must succeed writes to stdout in that folder."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def reading(*command: str | Path, folder: Path) -> dict[str, Any]:
    """What a client read: the JSON object that it prints."""
    printed: dict[str, Any] = json.loads(output(*command, folder=folder))
    return printed
