"""Measurement of the journal: acknowledged entries are written, and the figures are of all rounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.signed_note import new_key
from audit.sqlite.verification import verify
from bench.journal import MODES, JournalMode, Load, WriterResult, summarize, write
from bench.results import JournalResult


@pytest.mark.parametrize("mode", MODES[:2], ids=lambda mode: mode.title)
async def test_every_acknowledged_entry_is_in_the_journal(tmp_path: Path, mode: JournalMode) -> None:
    (tmp_path / "bench.key").write_bytes(new_key())
    measured = await write(tmp_path / "journal.db", mode, Load(records=3, appenders=2, seconds=0.05), lambda: None)
    verification = verify(tmp_path / "journal.db")

    assert verification.is_whole
    assert verification.count == len(measured.latencies_ms) > 0


def test_journal_results_combine_writers_and_take_the_median_round() -> None:
    rounds = [[WriterResult(seconds=1.0, cpu_s=0.01, latencies_ms=[2.0] * entries)] * 2 for entries in (100, 50, 300)]

    assert summarize(MODES[2], Load(3, 8, 1.0), rounds) == JournalResult(
        "2 writers",
        records=3,
        appenders=8,
        per_s=200,
        p50_ms=2,
        p95_ms=2,
        p99_ms=2,
        cpu_us=pytest.approx(66.67, abs=0.01),
    )
