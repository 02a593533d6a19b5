"""The installation's notary: its key, and where it leaves its checkpoints. Knows nothing of how they are made."""

from __future__ import annotations

from pathlib import Path

from api.config import secret_file
from api.config.settings import Settings
from audit.checkpointer import Checkpointer
from audit.errors import CheckpointError
from audit.signed_note import InvalidSigningKey, Signer, new_key

KEY_FILE = "checkpoint.key"
CHECKPOINT_FILE = "checkpoints.jsonl"
NAME = "needtoknow"


def open_checkpointer(settings: Settings, journal: Path) -> Checkpointer:
    """Who signs that journal. The key is made at first use. Raises: CheckpointsWrong."""
    try:
        secret_file.make(settings.data / KEY_FILE, new_key)
    except OSError as error:
        raise CheckpointError(f"{settings.data / KEY_FILE} cannot be made: {error.strerror}.") from None
    return Checkpointer(
        journal,
        checkpoint_file(settings.data, settings.journal.checkpoints),
        signer(settings.data),
        every_entries=settings.journal.checkpoint_entries,
        every_s=settings.journal.checkpoint_s,
    )


def signer(data: Path) -> Signer:
    """Whoever signs for that data folder. Raises: CheckpointsWrong where there is no key that serves."""
    path = data / KEY_FILE
    try:
        return Signer(NAME, secret_file.read(path))
    except secret_file.SecretFileShared:
        raise CheckpointError(f"Others can reach {path}, and so sign for this journal: make it mode 600.") from None
    except FileNotFoundError:
        raise CheckpointError(f"There is no {path}: the server makes it when it first starts.") from None
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}.") from None
    except InvalidSigningKey as wrong:
        raise CheckpointError(f"{path} does not serve: {wrong}.") from None


def checkpoint_file(data: Path, checkpoints: str) -> Path:
    """The file that the setting names; if it names none, one beside the journal."""
    return Path(checkpoints) if checkpoints else data / CHECKPOINT_FILE
