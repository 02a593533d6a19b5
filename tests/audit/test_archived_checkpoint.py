"""A checkpoint whose entry was archived and removed: its server does not start, and says what to do."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.archives import write_archive
from audit.checkpointer import Checkpointer
from audit.entry import Entry
from audit.errors import JournalBroken
from audit.signed_note import Signer, new_key
from audit.sqlite.store import SqliteStore


async def test_a_checkpoint_of_an_archived_entry_is_kept_with_it(
    tmp_path: Path, make_intent: Callable[..., Entry]
) -> None:
    store = SqliteStore(tmp_path / "journal.db")
    checkpointer = Checkpointer(store, tmp_path / "of-an-idle-server.jsonl", Signer("needtoknow", new_key()))
    journal = await store.open(deadline_s=30)
    await journal.append(make_intent(1, at="2026-09-01T00:00:00.000000+00:00"))
    await asyncio.to_thread(checkpointer.sign)
    await journal.append(make_intent(2, at="2026-10-01T00:00:00.000000+00:00"))
    await journal.close()
    record = write_archive(store, "2026-10-01T00:00:00.000000+00:00", tmp_path / "2026-09.db")
    await store.record_archive(record, "root")
    await store.remove_archived(record)

    with pytest.raises(JournalBroken, match=r"entry 1, which .* was made for, is before the first one that is left"):
        checkpointer.sign()
