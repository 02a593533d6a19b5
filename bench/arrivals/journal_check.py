"""Whether every lookup that was acknowledged is in the journal. Reads the file itself: the server might be wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.arrivals.responses import Response

RELEASED = "SELECT DISTINCT id FROM entry WHERE kind = 'RELEASE'"


@dataclass(frozen=True, slots=True)
class JournalCheck:
    """Lookups that were acknowledged, and how many of those have no release in the journal."""

    acknowledged: int
    missing: int

    def __add__(self, other: JournalCheck) -> JournalCheck:
        return JournalCheck(self.acknowledged + other.acknowledged, self.missing + other.missing)


def check_journal(folder: Path, answers: Iterable[Response]) -> JournalCheck:
    """One that was answered without saying its inquiry counts as missing: nobody could look it up."""
    with closing(sqlite3.connect(f"{(folder / 'journal.db').absolute().as_uri()}?mode=ro", uri=True)) as journal:
        released = {id for (id,) in journal.execute(RELEASED)}
    acknowledged = [answer.inquiry for answer in answers if answer.is_accepted]
    return JournalCheck(len(acknowledged), sum(id not in released for id in acknowledged))
