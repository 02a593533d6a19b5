"""Checkpoint signing of an installation: its key and its checkpoint file."""

from __future__ import annotations

from pathlib import Path

from api.config.data_folder import CHECKPOINTS
from api.config.secret_file import CHECKPOINT_KEY, InvalidSecretFile
from api.config.settings import Settings
from audit.chain import ReadableChain
from audit.checkpointer import Checkpointer
from audit.errors import CheckpointError
from audit.signed_note import InvalidSigningKey, Signer, new_key


def open_checkpointer(settings: Settings, journal: ReadableChain) -> Checkpointer:
    """The checkpointer of a journal; its key is created at first use. Raises: CheckpointError."""
    try:
        CHECKPOINT_KEY.create(settings.data, new_key)
    except InvalidSecretFile as invalid:
        raise CheckpointError(str(invalid)) from None
    return Checkpointer(
        journal,
        checkpoint_file(settings.data, settings.journal.checkpoints),
        signer(settings.data),
        every_entries=settings.journal.checkpoint_entries,
        every_s=settings.journal.checkpoint_s,
    )


def signer(data: Path) -> Signer:
    """The signer of a data folder. Raises: CheckpointError if there is no usable key."""
    try:
        return Signer("needtoknow", CHECKPOINT_KEY.read(data))
    except FileNotFoundError:
        path = data / CHECKPOINT_KEY.name
        raise CheckpointError(f"There is no {path}: the server creates it at its first start.") from None
    except InvalidSecretFile as invalid:
        raise CheckpointError(str(invalid)) from None
    except InvalidSigningKey:
        raise CheckpointError(str(CHECKPOINT_KEY.invalid(data))) from None


def checkpoint_file(data: Path, checkpoints: str) -> Path:
    """The file of the setting, or the default beside the journal."""
    return Path(checkpoints) if checkpoints else data / CHECKPOINTS
