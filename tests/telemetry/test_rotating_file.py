"""Files of lines: whole lines, bounded files, bounded folders, and nobody else may read them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from telemetry.rotating_file import FILES, RotatingFile

LINE = "x" * 99 + "\n"


def test_a_full_file_is_followed_by_another_and_the_oldest_goes(tmp_path: Path) -> None:
    spool = RotatingFile(tmp_path / "traces", "traces", most_bytes=200 * FILES)
    for number in range(3 * FILES):
        spool.write(f"{number:02}" + LINE[2:])

    files = sorted((tmp_path / "traces").iterdir())
    lines = [line[:2] for file in files for line in file.read_text().splitlines()]
    assert len(files) <= FILES
    assert {file.stat().st_size for file in files} == {200}
    # The newest are all there, whole and in their order.
    assert lines == [f"{number:02}" for number in range(3 * FILES - len(lines), 3 * FILES)]
    assert len(lines) >= 2 * (FILES - 1)


def test_what_another_process_left_goes_first(tmp_path: Path) -> None:
    left = tmp_path / "traces-20200101T000000Z-1-0001.jsonl"
    left.write_text(LINE * 2 * FILES)
    other = tmp_path / "metrics-20200101T000000Z-1-0001.jsonl"
    other.write_text(LINE)
    spool = RotatingFile(tmp_path, "traces", most_bytes=200 * FILES)
    for _ in range(3):
        spool.write(LINE)

    assert not left.exists()
    assert other.exists()


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    RotatingFile(tmp_path / "traces", "traces", most_bytes=1 << 20).write(LINE)

    [file] = (tmp_path / "traces").iterdir()
    assert [stat.S_IMODE(each.stat().st_mode) for each in (file.parent, file)] == [0o700, 0o600]


def test_a_file_that_is_taken_away_is_begun_again(tmp_path: Path) -> None:
    spool = RotatingFile(tmp_path, "traces", most_bytes=1 << 20)
    spool.write(LINE)
    next(tmp_path.iterdir()).unlink()
    spool.write(LINE)

    [file] = tmp_path.iterdir()
    assert file.read_text() == LINE


def test_after_a_line_that_could_not_be_written_whole_the_next_begins_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = RotatingFile(tmp_path, "traces", most_bytes=1 << 20)
    with monkeypatch.context() as patch:
        patch.setattr("telemetry.rotating_file.os.write", lambda file, raw: len(raw) - 1)
        with pytest.raises(OSError, match="full"):
            spool.write(LINE)
    spool.write(LINE)

    assert [file.read_text() for file in sorted(tmp_path.iterdir())] == ["", LINE]
