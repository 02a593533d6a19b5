"""The installation's notary: its key, and where it leaves its checkpoints. Knows nothing of how they are made."""

from __future__ import annotations

from pathlib import Path

from api import secret
from api.settings import Settings
from audit.errors import CheckpointsWrong
from audit.notary import Notary
from audit.note import KeyWrong, Signer, new_key

KEY_FILE = "checkpoint.key"
CHECKPOINT_FILE = "checkpoints.jsonl"
NAME = "needtoknow"


def notary(settings: Settings, journal: Path) -> Notary:
    """Who signs that journal. The key is made at first use. Raises: CheckpointsWrong."""
    try:
        secret.make(settings.data / KEY_FILE, new_key)
    except OSError as error:
        raise CheckpointsWrong(f"{settings.data / KEY_FILE} cannot be made: {error.strerror}.") from None
    return Notary(
        journal,
        second_place(settings.data, settings.checkpoints),
        signer(settings.data),
        every_entries=settings.checkpoint_entries,
        every_s=settings.checkpoint_s,
    )


def signer(data: Path) -> Signer:
    """Whoever signs for that data folder. Raises: CheckpointsWrong where there is no key that serves."""
    path = data / KEY_FILE
    try:
        return Signer(NAME, secret.read(path))
    except secret.SecretShared:
        raise CheckpointsWrong(f"Others can reach {path}, and so sign for this journal: make it mode 600.") from None
    except FileNotFoundError:
        raise CheckpointsWrong(f"There is no {path}: the server makes it when it first starts.") from None
    except OSError as error:
        raise CheckpointsWrong(f"{path} cannot be read: {error.strerror}.") from None
    except KeyWrong as wrong:
        raise CheckpointsWrong(f"{path} does not serve: {wrong}.") from None


def second_place(data: Path, checkpoints: str) -> Path:
    """The file that the setting names; if it names none, one beside the journal."""
    return Path(checkpoints) if checkpoints else data / CHECKPOINT_FILE
