"""Checkpoint signing of an installation: its key and its checkpoint file."""

from __future__ import annotations

from pathlib import Path

from api.config import secret_file
from api.config.settings import Settings
from audit.checkpointer import Checkpointer
from audit.errors import CheckpointError
from audit.signed_note import InvalidSigningKey, Signer, new_key

KEY_FILE = "checkpoint.key"
CHECKPOINT_FILE = "checkpoints.jsonl"


def open_checkpointer(settings: Settings, journal: Path) -> Checkpointer:
    """The checkpointer of a journal; its key is created at first use. Raises: CheckpointError."""
    try:
        secret_file.create(settings.data / KEY_FILE, new_key)
    except OSError as error:
        raise CheckpointError(f"{settings.data / KEY_FILE} cannot be created: {error.strerror}.") from None
    return Checkpointer(
        journal,
        checkpoint_file(settings.data, settings.journal.checkpoints),
        signer(settings.data),
        every_entries=settings.journal.checkpoint_entries,
        every_s=settings.journal.checkpoint_s,
    )


def signer(data: Path) -> Signer:
    """The signer of a data folder. Raises: CheckpointError if there is no usable key."""
    path = data / KEY_FILE
    try:
        return Signer("needtoknow", secret_file.read(path))
    except secret_file.SecretFileShared:
        raise CheckpointError(f"Other users can read {path}, and so sign checkpoints: make it mode 600.") from None
    except FileNotFoundError:
        raise CheckpointError(f"There is no {path}: the server creates it at its first start.") from None
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}.") from None
    except InvalidSigningKey as invalid:
        raise CheckpointError(f"{path} is not a signing key: {invalid}.") from None


def checkpoint_file(data: Path, checkpoints: str) -> Path:
    """The file of the setting, or the default beside the journal."""
    return Path(checkpoints) if checkpoints else data / CHECKPOINT_FILE
