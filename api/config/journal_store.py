"""Journal store of an installation."""

from __future__ import annotations

from pathlib import Path

from api.config.data_folder import JOURNAL
from audit.journal import JournalStore
from audit.sqlite.store import SqliteStore


def journal_store(data: Path) -> JournalStore:
    """Where the journal of a data folder is."""
    return SqliteStore(data / JOURNAL)
