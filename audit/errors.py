"""Errors of the journal.

JournalError
├── CommitUnconfirmed    the database did not say that entries are durable
├── JournalUnavailable   the entry is not known to be durable; release nothing
├── JournalBroken        the file cannot serve as the journal; a person has to look at it
│   └── JournalUnreadable  SQLite cannot open it now, for example because it has no descriptor left
└── CheckpointError      the checkpoint file cannot be read or written, or has a line that our key did not sign
"""


class JournalError(Exception):
    """Base of all errors of the journal."""


class JournalUnavailable(JournalError):
    """The entry is not known to be durable. The message is fixed; the cause is chained for the log."""

    def __init__(self) -> None:
        super().__init__("The journal could not be written, so nothing is released.")


class CommitUnconfirmed(JournalError):
    """Entries are committed, and not known to be on a standby that has to have them. The message is the database's."""


class JournalBroken(JournalError):
    """The file is missing, unreadable or not a whole journal. The message is one line that says what to do."""


class JournalUnreadable(JournalBroken):
    """SQLite cannot open the file now: it lacks a permission, a descriptor or memory. The file itself may be whole."""


class CheckpointError(JournalError):
    """The checkpoint file cannot be used. The message is one line that names the file and, if possible, its line."""
