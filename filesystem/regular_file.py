"""Regular files: no folder, device, pipe or socket, which could block a reader or have no end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def open_regular(path: str | os.PathLike[str], flags: int) -> int:
    """Descriptor of a regular file, opened without waiting; an `opener` of `open`.

    Raises: OSError, also if it is not a regular file.
    """
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    raise OSError(errno.EINVAL, "it is not a regular file")


def read_bounded(path: Path, max_bytes: int) -> bytes:
    """The content of a regular file. Raises: OSError, also if it has more than `max_bytes`."""
    with os.fdopen(open_regular(path, os.O_RDONLY), "rb") as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise OSError(errno.EFBIG, f"it has more than {max_bytes:,} bytes")
    return content
