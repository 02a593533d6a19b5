"""Recall and precision of each detector on a journal with planted misuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from audit.misuse.inquiry_tables import inquiry_tables
from audit.misuse.report import State, build_report
from audit.misuse.thresholds import Thresholds
from audit.sqlite.store import SqliteStore
from bench.misuse.journals import PlantedJournal


@dataclass(frozen=True, slots=True)
class DetectorCounts:
    """Counts of one detector. `others` are findings about another kind of misuse; `false` about no misuse at all."""

    name: str
    planted: int
    found: int
    others: int
    false: int

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        """Precision; a finding about misuse that was planted for another detector counts as wrong."""
        findings = self.found + self.others + self.false
        return self.found / findings if findings else 1.0


def measure(path: Path, planted: PlantedJournal, thresholds: Thresholds | None = None) -> Iterator[DetectorCounts]:
    misusers = {user for keys in planted.keys.values() for user, _ in keys if user}
    misused = {subject for keys in planted.keys.values() for _, subject in keys if subject}
    journal = SqliteStore(path)
    with inquiry_tables(journal, thresholds or Thresholds(), ended=planted.ended, sexes=planted.sexes) as tables:
        results = build_report(tables).detectors
    for result in results:
        if result.state is not State.DONE:
            raise RuntimeError(f"{result.name}: {result.why}")
        expected = planted.keys.get(result.name, set())
        findings = {(finding.user, finding.subject) for finding in result.findings}
        other = {key for key in findings - expected if key[0] in misusers or key[1] in misused}
        yield DetectorCounts(
            result.name, len(expected), len(findings & expected), len(other), len(findings - expected - other)
        )
