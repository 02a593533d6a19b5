"""The command that takes the pictures, in headless Chromium with a demo server of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from docs.pictures.scenes import SCENES

CHECKOUT = Path(__file__).parents[2]


def take(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "docs.pictures", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def test_the_command_takes_a_scene_in_each_theme(tool: Callable[[str], str], tmp_path: Path) -> None:
    (scene,) = (each for each in SCENES if each.name == "waterfall")
    done = take("waterfall", "--into", str(tmp_path), "--chromium", tool("chromium"))

    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.glob("*.webp")} == {"waterfall-light.webp", "waterfall-dark.webp"}
    assert json.loads((tmp_path / "made-from.json").read_text("utf-8")) == {"waterfall": scene.digest()}


def test_an_unknown_scene_is_answered_with_those_there_are() -> None:
    done = take("waterfal")

    assert done.returncode == 2
    assert "there is no scene waterfal; there are field, graphiql, " in done.stderr
    assert "Traceback" not in done.stderr
