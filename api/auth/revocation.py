"""Revocation list: accounts and tokens that are no longer accepted, from a file.

    # left on 31 January
    u-4417
    4f1c9c0e-…          # a lost token

Each line is the `sub` or the `jti` of a token, and may end in a comment. A truncated list would accept revoked accounts
again, so a file that is empty or ends within a line counts as one that is still being written.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from itertools import takewhile
from pathlib import Path

from api.config.reloaded_file import ReloadedFile
from filesystem.regular_file import read_bounded

MAX_BYTES = 4_194_304  # some 100,000 lines

RevocationList = Callable[[], Set[str]]
"""Returns every revoked `sub` and `jti` of now."""


class InvalidRevocationList(Exception):
    """The list cannot be used. The message names the file and the line, and repeats nothing of it."""


def open_revocation_list(path: Path) -> RevocationList:
    """The list in a file, reloaded on change. Raises: InvalidRevocationList if it is invalid now."""
    on_error = "The previous revocation list stays in force."
    return ReloadedFile(path, read_revocation_list, error_type=InvalidRevocationList, on_error=on_error).current


def read_revocation_list(path: Path) -> frozenset[str]:
    """Every `sub` and `jti` of a list. Raises: InvalidRevocationList."""
    try:
        *lines, rest = read_bounded(path, MAX_BYTES).split(b"\n")
    except OSError as error:
        raise InvalidRevocationList(f"{path} cannot be read: {error.strerror}.") from None
    if rest or not lines:
        raise InvalidRevocationList(
            f"{path}:{len(lines) + 1}: the line has no end. A list that revokes nothing is one comment line."
        )
    revoked: set[str] = set()
    for number, line in enumerate(lines, start=1):
        try:
            words = list(takewhile(lambda word: not word.startswith("#"), line.decode().split()))
        except UnicodeDecodeError:
            raise InvalidRevocationList(f"{path}:{number}: the line is not UTF-8.") from None
        if len(words) > 1:
            raise InvalidRevocationList(f"{path}:{number}: a line has one sub or jti; a comment begins with #.")
        if not all(map(str.isprintable, words)):
            raise InvalidRevocationList(f"{path}:{number}: a sub or jti has no such character.")
        revoked.update(words)
    return frozenset(revoked)
