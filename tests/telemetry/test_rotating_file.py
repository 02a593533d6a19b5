"""Rotating files: whole lines, bounded files, bounded folders, readable by their owner only."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from telemetry.rotating_file import FILES, RotatingFile

LINE = "x" * 99 + "\n"


def test_a_full_file_is_followed_by_another_and_the_oldest_is_removed(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "traces", "traces", max_bytes=200 * FILES)
    for number in range(3 * FILES):
        file.write(f"{number:02}" + LINE[2:])

    files = sorted((tmp_path / "traces").iterdir())
    lines = [line[:2] for each in files for line in each.read_text().splitlines()]
    assert len(files) <= FILES
    assert {each.stat().st_size for each in files} == {200}
    # The newest lines are all there, whole and in order.
    assert lines == [f"{number:02}" for number in range(3 * FILES - len(lines), 3 * FILES)]
    assert len(lines) >= 2 * (FILES - 1)


def test_old_files_of_another_process_are_removed_first(tmp_path: Path) -> None:
    old = tmp_path / "traces-20200101T000000Z-1-0001.jsonl"
    old.write_text(LINE * 2 * FILES)
    other = tmp_path / "metrics-20200101T000000Z-1-0001.jsonl"
    other.write_text(LINE)
    file = RotatingFile(tmp_path, "traces", max_bytes=200 * FILES)
    for _ in range(3):
        file.write(LINE)

    assert not old.exists()
    assert other.exists()


def test_only_the_owner_may_read_a_file(tmp_path: Path) -> None:
    RotatingFile(tmp_path / "traces", "traces", max_bytes=1 << 20).write(LINE)

    [file] = (tmp_path / "traces").iterdir()
    assert [stat.S_IMODE(each.stat().st_mode) for each in (file.parent, file)] == [0o700, 0o600]


def test_a_file_that_was_removed_is_made_again(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path, "traces", max_bytes=1 << 20)
    file.write(LINE)
    next(tmp_path.iterdir()).unlink()
    file.write(LINE)

    [path] = tmp_path.iterdir()
    assert path.read_text() == LINE


def test_after_a_line_that_was_cut_the_next_starts_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = RotatingFile(tmp_path, "traces", max_bytes=1 << 20)
    with monkeypatch.context() as patch:
        patch.setattr("telemetry.rotating_file.os.write", lambda _file, raw: len(raw) - 1)
        with pytest.raises(OSError, match="full"):
            file.write(LINE)
    file.write(LINE)

    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["", LINE]
