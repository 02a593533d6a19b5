"""A secret in a file: made at first use, whole from its first moment, for its owner's eyes alone.

Knows nothing of what the secret is for.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path


class SecretFileShared(Exception):
    """Others than its owner can reach the file."""


def make(path: Path, new: Callable[[], bytes]) -> None:
    """Make the file, unless it is there. Of two who do so at once, both use the one linked first."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(new())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)


def read(path: Path) -> bytes:
    """What the file holds. Raises: SecretShared, OSError."""
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise SecretFileShared
        return file.read()
