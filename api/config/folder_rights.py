"""Data folder that an older version, or an umask such as 022, left open to every user of the machine.

Only what this program writes is changed, and only if others have any right to it: an administrator may have opened a
folder to a group on purpose. A secret file is not closed but refused, because others may have read it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from api.config.data_folder import CHECKPOINTS, JOURNAL
from api.config.secret_file import SECRET_FILES
from audit.policy_archive import FOLDER
from seed.files import FILES, MANIFEST

WRITTEN = (*FILES, MANIFEST, JOURNAL, CHECKPOINTS)
"""Names of the files that this program writes, beside the secret files; SQLite's own begin with one of these."""


def close_to_others(data: Path) -> int:
    """Withdraw the rights of group and others if others can enter the folder. Returns the number of changed modes."""
    if not data.stat().st_mode & 0o001:
        return 0
    entries = {path.name for path in data.iterdir()}
    secret = {each.name for each in SECRET_FILES}
    ours = {name for name in entries if name.startswith(WRITTEN)}
    count = sum(_close(path) for path in (*(data / name for name in ours), *_policies(data / FOLDER)))
    # A folder with anything else in it, such as a home, may be open for a reason.
    return count + (entries <= ours | secret | {FOLDER} and _close(data))


def _policies(folder: Path) -> Iterator[Path]:
    if folder.is_dir() and not folder.is_symlink():
        yield from folder.iterdir()
        yield folder


def _close(path: Path) -> bool:
    status = path.lstat()
    is_open = status.st_mode & 0o007 and (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode))
    # The sticky and set-id bits are set on purpose.
    if not is_open or status.st_mode & 0o7000 or status.st_uid != os.geteuid():
        return False
    try:
        path.chmod(stat.S_IMODE(status.st_mode) & 0o700)
    except OSError:
        return False  # a file system that is read-only, or without modes
    return True
