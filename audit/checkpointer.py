"""Checkpointer: a thread that signs the head of the journal after a number of entries or seconds.

Before each signature it checks that the journal still holds the entry that was signed last. So a journal that was cut
or rewritten is detected while it is in use, whichever process wrote the checkpoints. Because the thread is its own,
a checkpoint file that hangs delays no entry.
"""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Condition, Thread

from audit import checkpoints
from audit.chain import Anchor, ReadableChain
from audit.errors import CheckpointError, JournalBroken, JournalUnreadable
from audit.signed_note import Signer

RETRY_S = 1.0  # after a fault that may pass

log = logging.getLogger(__name__)


class Checkpointer:
    """Signer of one journal, from `start` to `close`."""

    def __init__(
        self,
        journal: ReadableChain,
        checkpoint_file: Path,
        signer: Signer,
        *,
        every_entries: int = 1_000,
        every_s: float = 60,
    ) -> None:
        self._journal = journal
        self._checkpoint_file = checkpoint_file
        self._signer = signer
        self._every_entries = every_entries
        self._every_s = every_s
        self._entries = 0  # since the last checkpoint
        self._tampering: JournalBroken | None = None
        self._is_closing = False
        self._changed = Condition()
        # A daemon thread: a process that exits does not wait for a mount that hangs.
        self._thread = Thread(target=self._run, name="checkpointer", daemon=True)

    def start(self) -> None:
        """Sign the present head, and start the thread.

        Raises: JournalBroken if the journal is not the one that was signed; CheckpointError if the checkpoint file
                cannot be read or written, or its last line is not of our key.
        """
        self.sign()
        self._thread.start()

    def raise_if_tampered(self) -> None:
        """Raises: JournalBroken if the last check found that the journal is not the one that was signed or cannot be
        read, or if nothing checks it any more.
        """
        if self._tampering is not None:
            raise self._tampering
        if self._thread.ident is not None and not self._thread.is_alive() and not self._is_closing:
            raise JournalBroken("the thread that signs the journal has ended; restart the server")

    def count(self, entries: int) -> None:
        """Count entries that became durable."""
        with self._changed:
            self._entries += entries
            if self._entries >= self._every_entries:
                self._changed.notify()

    def close(self, timeout_s: float) -> None:
        """Sign once more and stop the thread, waiting at most `timeout_s`."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join(timeout_s)

    def sign(self) -> None:
        """Append a checkpoint if the journal has grown. Raises as `start` does."""
        with self._journal.read_chain() as chain:

            def check(last: Anchor) -> None:
                sequence, signed_hash = last.receipt.sequence, last.receipt.hash
                found = chain.hash_of(sequence)
                if found is None and sequence < chain.first():
                    raise JournalBroken(
                        f"entry {sequence}, which {last.name} was made for, is before the first one that is left; if it"
                        " was archived, keep that file with the archives and start without it"
                    )
                if found != signed_hash:
                    fault = "is missing, which" if found is None else "is not the one that"
                    raise JournalBroken(f"entry {sequence} {fault} {last.name} was made for")

            checkpoints.append(self._checkpoint_file, self._signer, chain.head(), check)

    def _run(self) -> None:
        is_closing, wait_s = False, self._every_s
        while not is_closing:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closing or self._entries >= self._every_entries, wait_s)
                self._entries, is_closing = 0, self._is_closing
            wait_s = self._every_s if self._try_to_sign() else min(RETRY_S, self._every_s)

    def _try_to_sign(self) -> bool:
        """Whether the journal was read."""
        try:
            self.sign()
        except CheckpointError as cause:
            log.error("No checkpoint could be written. %s", cause)
            return True
        except Exception as cause:  # noqa: BLE001 - after any error the thread goes on
            if isinstance(cause, JournalUnreadable) or not isinstance(cause, JournalBroken):
                # Memory or descriptors ran out, or the file is locked: that passes, and says nothing of the journal.
                log.error("No checkpoint could be written. %s", cause)
            elif str(cause) != str(self._tampering):
                log.critical("No more entries are written to the journal %s: %s", self._journal, cause)
                self._tampering = cause
            return False
        self._tampering = None
        return True
