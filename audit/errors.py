"""What can go wrong with the journal. It knows nothing of what the journal says.

JournalError
├── JournalUnavailable   an entry is not known to be durable; release nothing
├── JournalBroken        this file cannot serve as the journal; a person has to look
└── CheckpointsWrong     the second place cannot be read or written, or holds what our key did not sign
"""


class JournalError(Exception):
    """Something about the journal."""


class JournalUnavailable(JournalError):
    """The entry is not known to be durable. The words are fixed; the cause is chained for the log."""

    def __init__(self) -> None:
        super().__init__("The journal could not be written, so nothing is released.")


class JournalBroken(JournalError):
    """The file is missing, unreadable or not a whole journal. One line that says what to do."""


class CheckpointError(JournalError):
    """The checkpoints cannot be used, or one is not ours. One line that names the file and, if it can, the line."""
