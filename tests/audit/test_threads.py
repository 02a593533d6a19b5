"""Threads that a receipt depends on: if one ends, the journal refuses and is not ready."""

import asyncio
import ctypes
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.checkpointer import Checkpointer
from audit.entry import Entry
from audit.errors import JournalUnavailable
from audit.signed_note import Signer, new_key
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.store import SqliteStore

MakeIntent = Callable[..., Entry]

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


def end_when_woken(name: str) -> threading.Thread:
    """Raise SystemExit in the thread of this name as soon as it runs again."""
    *_, thread = (thread for thread in threading.enumerate() if thread.name == name)  # others have hung since a test
    assert thread.ident is not None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
    return thread


async def refusal(journal: SqliteJournal, entry: Entry) -> str:
    with pytest.raises(JournalUnavailable) as refused:
        await journal.append(entry)
    return str(refused.value.__cause__)


async def test_without_the_thread_that_writes_nothing_is_ready(path: Path, make_intent: MakeIntent) -> None:
    journal = await SqliteJournal.open(path)
    thread = end_when_woken("needtoknow-journal")
    lost = asyncio.ensure_future(journal.append(make_intent(1)))
    while thread.is_alive():
        await asyncio.sleep(0)

    assert await refusal(journal, make_intent(2)) == "the thread that writes the journal has ended; restart the server"
    assert not await journal.is_ready()
    await journal.close()
    lost.cancel()


async def test_without_the_thread_that_signs_nothing_is_ready(path: Path, make_intent: MakeIntent) -> None:
    signer = Signer("needtoknow", new_key())
    checkpointer = Checkpointer(SqliteStore(path), path.with_name("elsewhere.jsonl"), signer, every_entries=1)
    journal = await SqliteJournal.open(path, checkpointer=checkpointer)
    thread = end_when_woken("checkpointer")
    await journal.append(make_intent(1))
    await asyncio.to_thread(thread.join)

    assert await refusal(journal, make_intent(2)) == "the thread that signs the journal has ended; restart the server"
    assert not await journal.is_ready()
    await journal.close()
