"""Secret file: created at first use, complete from its first moment, readable by its owner only."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path


class SecretFileShared(Exception):
    """Other users than the owner can read or write the file."""


def create(path: Path, new: Callable[[], bytes]) -> None:
    """Create the file unless it exists. If two processes do so at once, both use the file that was linked first."""
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
    """The content of the file. Raises: SecretFileShared, OSError."""
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise SecretFileShared
        return file.read()
