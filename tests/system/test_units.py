"""The systemd units of docs/deploy, checked by systemd's own tools."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.system.deployment import FILES, Tool
from tests.system.server import COMMAND

MAX_EXPOSURE = 20
"""Of 100, as `systemd-analyze security` counts: 15 and more below its OK."""
PROGRAMS = {
    "/opt/needtoknow/bin/needtoknow": COMMAND,
    "/usr/local/bin/needtoknow-backup": str(FILES / "backup.sh"),
}


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with programs that are on this machine."""
    for file in FILES.glob("needtoknow*.[st]*"):
        text = file.read_text("utf-8")
        for name, there in PROGRAMS.items():
            text = text.replace(name, there)
        (tmp_path / file.name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("unit", ["needtoknow@.service", "needtoknow-backup.service", "needtoknow-backup.timer"])
def test_systemd_accepts_the_unit_without_a_warning(units: Path, tool: Tool, unit: str) -> None:
    named = unit.replace("@", "@8001")
    (units / unit).rename(units / named)
    done = subprocess.run(
        [tool("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", units / named],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", ["needtoknow@8001.service", "needtoknow-backup.service"])
def test_systemd_finds_little_that_the_unit_leaves_open(units: Path, tool: Tool, unit: str) -> None:
    (units / unit.replace("8001", "")).rename(units / unit)
    done = subprocess.run(
        [
            tool("systemd-analyze"),
            "security",
            "--offline=yes",
            f"--threshold={MAX_EXPOSURE}",
            "--no-pager",
            units / unit,
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_a_unit_with_a_misspelt_setting_is_named_with_its_line(units: Path, tool: Tool) -> None:
    file = units / "needtoknow@8001.service"
    file.write_text((units / "needtoknow@.service").read_text("utf-8").replace("UMask=", "Umask="))
    done = subprocess.run(
        [tool("systemd-analyze"), "verify", "--man=no", file], capture_output=True, text=True, check=False
    )

    line = file.read_text("utf-8").partition("Umask=")[0].count("\n") + 1
    assert re.search(rf"^{re.escape(str(file))}:{line}: Unknown key.* 'Umask'", done.stderr, re.MULTILINE)
