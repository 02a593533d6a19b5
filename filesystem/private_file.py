"""Private files and folders: created for their owner only, with any umask.

A file that exists keeps its mode.
"""

from __future__ import annotations

import os
from pathlib import Path

from filesystem.regular_file import open_regular

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def open_private(path: str | os.PathLike[str], flags: int) -> int:
    """Descriptor of a regular file, which is created with mode 600 if it does not exist; an `opener` of `open`.

    Raises: OSError, also if it is no regular file, or if it exists and `flags` has O_EXCL.
    """
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    except FileExistsError:
        if flags & os.O_EXCL:
            raise
        return open_regular(path, flags & ~os.O_CREAT)
    os.fchmod(descriptor, FILE_MODE)
    return descriptor


def create_private(path: Path) -> None:
    """Create an empty file of mode 600. Raises: OSError, FileExistsError if it exists."""
    os.close(open_private(path, os.O_WRONLY | os.O_EXCL))


def make_private_folder(path: Path) -> None:
    """Create the folder and its missing parents with mode 700, unless it exists. Raises: OSError."""
    for folder in (*reversed(path.parents), path):
        if folder.is_dir():
            continue
        try:
            folder.mkdir(FOLDER_MODE)
        except FileExistsError:
            if not folder.is_dir():  # another process may have made it meanwhile
                raise
        else:
            folder.chmod(FOLDER_MODE)  # a umask such as 777 withholds the owner's rights too
