"""`needtoknow seed`: writes a world, and never overwrites one by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from seed.world import inspect
from tests.command_line import Run


def test_a_world_is_written_and_its_size_printed(run: Run, tmp_path: Path) -> None:
    result = run("seed", "--data", tmp_path / "data", "--people", 40, "--rng", 7)

    world = inspect(tmp_path / "data")
    assert (result.status, world and (world.people, world.rng)) == (0, (40, 7))
    assert result.out.startswith(f"40 people in {tmp_path / 'data'}, in ")


def test_an_existing_world_is_kept_without_overwrite(run: Run, tmp_path: Path) -> None:
    run("seed", "--data", tmp_path, "--people", 40)

    again = run("seed", "--data", tmp_path, "--people", 41)
    anew = run("seed", "--data", tmp_path, "--people", 42, "--overwrite")

    world = inspect(tmp_path)
    assert (again.status, anew.status, world and world.people) == (1, 0, 42)
    assert "already holds a world; --overwrite writes another in its place." in again.err


def test_the_folder_can_come_from_the_environment(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDTOKNOW_DATA", str(tmp_path))

    assert run("seed", "--people", 40).status == 0
    assert inspect(tmp_path) is not None
