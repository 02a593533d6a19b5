"""How the journal is measured: what was waited for was really written, and the figures are of all rounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.chain import Verified, verify
from audit.signed_note import new_key
from bench.journal import MODES, JournalMode, Load, WriterResult, figures, write
from bench.results import JournalResult


@pytest.mark.parametrize("way", MODES[:2], ids=lambda way: way.title)
async def test_every_acknowledged_entry_is_in_the_journal(tmp_path: Path, way: JournalMode) -> None:
    (tmp_path / "bench.key").write_bytes(new_key())
    measured = await write(tmp_path / "journal.db", way, Load(records=3, appenders=2, seconds=0.05), lambda: None)
    found = verify(tmp_path / "journal.db")

    assert isinstance(found, Verified)
    assert found.count == len(measured.latencies) > 0


def test_journal_results_combine_writers_and_take_the_median_round() -> None:
    rounds = [[WriterResult(took=1.0, cpu=0.01, latencies=[2.0] * entries)] * 2 for entries in (100, 50, 300)]

    assert figures(MODES[2], Load(3, 8, 1.0), rounds) == JournalResult(
        "2 writers",
        records=3,
        appenders=8,
        per_s=200,
        p50_ms=2,
        p95_ms=2,
        p99_ms=2,
        cpu_us=pytest.approx(66.67, abs=0.01),
    )
