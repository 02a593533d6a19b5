"""A copy of a journal that cannot be used, or cannot be made: one line says what is wrong."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import DataAfter
from tests.command_line import Run
from tests.file_damage import cut_in_half, emptied, filled_with_zeros, overwritten, replaced_by_a_folder
from tests.harness import PERSON_QUERY

NOBODY = 65_534


def of_an_older_format(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TRIGGER entry_names_its_records AFTER INSERT ON entry BEGIN SELECT 1; END")


def not_a_database(file: Path) -> None:
    file.write_text("entry,kind\n1,INTENT\n")


def linked_to_nothing(file: Path) -> None:
    file.unlink()
    file.symlink_to("nowhere")


FAULTS = [
    emptied,
    cut_in_half,
    overwritten,
    filled_with_zeros,
    replaced_by_a_folder,
    of_an_older_format,
    not_a_database,
    linked_to_nothing,
]


@pytest.fixture
def copied(run: Run, data_after: DataAfter, tmp_path: Path) -> Path:
    data = data_after(*["patrol"] * 5, operation=PERSON_QUERY.encode())
    assert run("audit", "copy", "--data", data, tmp_path / "copy").status == 0
    return tmp_path / "copy"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_copy_that_is_damaged_or_older_is_refused_in_one_line(
    run: Run, copied: Path, tmp_path: Path, fault: Callable[[Path], None]
) -> None:
    fault(copied / "journal.db")
    commands = [
        ("verify",),
        ("search",),
        ("show", "8c37f27a6c4a4bce941af930cafd2f74"),
        ("report",),
        ("copy", tmp_path / "again"),
    ]
    for command in commands:
        result = run("audit", *command, "--data", copied)
        assert (command, result.status) == (command, 1)
        assert result.err.startswith("needtoknow: "), command
        assert str(copied / "journal.db") in result.err or "not whole" in result.err, command
        assert result.err.count("\n") == 1, command


@pytest.mark.parametrize("mode", [0o000, 0o500, 0o700], ids=oct)
def test_a_copy_without_rights_to_it_is_refused_in_one_line(run: Run, copied: Path, mode: int) -> None:
    if os.geteuid():
        pytest.skip("only root can run a command as another user")
    assert run("audit", "verify", "--data", copied).status == 0
    for folder in (copied, *copied.parents[:3]):
        folder.chmod(0o755)
    copied.chmod(mode)
    os.seteuid(NOBODY)
    try:
        result = run("audit", "verify", "--data", copied)
    finally:
        os.seteuid(0)

    assert (result.status, result.out) == (1, "")
    assert re.fullmatch(rf"needtoknow: {copied}/(journal\.db|checkpoints\.jsonl): Permission denied\.\n", result.err)


def test_a_disk_that_is_full_is_one_line_and_leaves_no_copy(run: Run, data_after: DataAfter, tmp_path: Path) -> None:
    data = data_after(*["patrol"] * 5, operation=PERSON_QUERY.encode())
    command = [sys.executable, "-c", "from api.cli import main; main()", "audit", "copy", "--data", str(data)]
    # No file of this process may become longer, as if the disk had no more space.
    done = subprocess.run(
        ["prlimit", "--fsize=36864", *command, str(tmp_path / "copy")], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"needtoknow: The journal {data / 'journal.db'} cannot be copied: ")
    assert done.stderr.count("\n") == 1
    assert list((tmp_path / "copy").iterdir()) == []
