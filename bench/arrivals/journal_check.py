"""Check that every acknowledged lookup has its journal entry. It reads the file, not the server."""

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
    """Number of acknowledged lookups, and of those without a release entry in the journal."""

    acknowledged: int
    missing: int

    def __add__(self, other: JournalCheck) -> JournalCheck:
        return JournalCheck(self.acknowledged + other.acknowledged, self.missing + other.missing)


def check_journal(folder: Path, responses: Iterable[Response]) -> JournalCheck:
    """Check the responses of a run. A response without an inquiry id counts as missing."""
    with closing(sqlite3.connect(f"{(folder / 'journal.db').absolute().as_uri()}?mode=ro", uri=True)) as journal:
        released = {id for (id,) in journal.execute(RELEASED)}
    acknowledged = [response.inquiry_id for response in responses if response.is_accepted]
    return JournalCheck(len(acknowledged), sum(id not in released for id in acknowledged))
