"""Data folder: the names of the files in it beside those of a world."""

from __future__ import annotations

JOURNAL = "journal.db"
CHECKPOINTS = "checkpoints.jsonl"
