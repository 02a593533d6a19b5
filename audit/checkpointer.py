"""The notary: signs where the journal stands, every so many entries or seconds, in a second place.

Before each signature it looks whether the journal still holds what was signed last, so a journal that was cut or
written anew is found out while it is in use, whoever wrote the checkpoints. It runs in a thread of its own: a second
place that hangs holds up nobody. It knows nothing of who writes the journal.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Condition, Thread

from audit import checkpoints, tables
from audit.chain import Anchor, last
from audit.errors import JournalBroken, JournalError
from audit.signed_note import Signer

log = logging.getLogger(__name__)


class Checkpointer:
    """Signs from `start` to `close`."""

    def __init__(
        self, journal: Path, second_place: Path, signer: Signer, *, every_entries: int = 1_000, every_s: float = 60
    ) -> None:
        self._journal = journal
        self._second_place = second_place
        self._signer = signer
        self._every_entries = every_entries
        self._every_s = every_s
        self._seen = 0
        self._broken: JournalBroken | None = None
        self._is_closing = False
        self._changed = Condition()
        # A daemon: a process that ends does not wait for a mount that hangs.
        self._thread = Thread(target=self._run, name="notary", daemon=True)

    def start(self) -> None:
        """Sign what there is.

        Raises: JournalBroken where the journal is not the one that was signed; CheckpointsWrong where the second
                place cannot be read or written, or its last line is not of our key.
        """
        self.sign()
        self._thread.start()

    def vouch(self) -> None:
        """Raises: JournalBroken where the journal was not, the last time, the one that was signed."""
        if self._broken is not None:
            raise self._broken

    def saw(self, entries: int) -> None:
        """So many more entries are durable."""
        with self._changed:
            self._seen += entries
            if self._seen >= self._every_entries:
                self._changed.notify()

    def close(self, timeout_s: float) -> None:
        """Sign once more, and stop; not waiting longer than that."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join(timeout_s)

    def sign(self) -> None:
        """Add a checkpoint if the journal has grown. Raises as `start` does."""
        with closing(tables.read_only(self._journal)) as file:

            def holds(anchor: Anchor) -> None:
                found = file.execute("SELECT hash FROM entry WHERE sequence = ?", (anchor.receipt.sequence,)).fetchone()
                if found != (anchor.receipt.hash,):
                    what = "is missing, which" if found is None else "is not the one that"
                    raise JournalBroken(f"entry {anchor.receipt.sequence} {what} {anchor.what} is of")

            checkpoints.add(self._second_place, self._signer, last(file), holds)

    def _run(self) -> None:
        is_closing = False
        while not is_closing:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closing or self._seen >= self._every_entries, self._every_s)
                self._seen, is_closing = 0, self._is_closing
            try:
                self.sign()
            except JournalBroken as broken:
                self._broken = broken
                log.critical("The journal %s is written no further: %s", self._journal, broken)
            except (JournalError, sqlite3.Error) as cause:
                log.error("There is no new checkpoint. %s", cause)
            else:
                self._broken = None
