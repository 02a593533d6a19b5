"""Accounts and tokens that have ended, from a file. Knows nothing of how a caller is known.

    # left on 31 January
    u-4417
    4f1c9c0e-…          # a token that was lost

A line is a token's `sub` or its `jti`, and may end in a comment. A list that is cut short would let people in again, so
one that ends within a line, or says nothing at all, is taken for one that is still being written.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

from api.config.reloaded_file import ReloadedFile

RevocationList = Callable[[], frozenset[str]]


class InvalidRevocationList(Exception):
    """The list cannot be used. The message names the file and the line, and repeats nothing of it."""


def open_revocation_list(path: Path) -> RevocationList:
    """Whose accounts, and which tokens, have ended by now. Raises: AccountsWrong, when it is first read."""
    return ReloadedFile(path, read, wrong=InvalidRevocationList, still="The list of before stays in force.").now


def read(path: Path) -> frozenset[str]:
    """Every `sub` and `jti` of a list. Raises: AccountsWrong."""
    try:
        *lines, rest = path.read_bytes().split(b"\n")
    except OSError as error:
        raise InvalidRevocationList(f"{path} cannot be read: {error.strerror}.") from None
    if rest or not lines:
        raise InvalidRevocationList(f"{path}:{len(lines) + 1}: the line has no end. A list of nobody is a comment.")
    found: set[str] = set()
    for number, line in enumerate(lines, start=1):
        try:
            words = list(takewhile(lambda word: not word.startswith("#"), line.decode().split()))
        except UnicodeDecodeError:
            raise InvalidRevocationList(f"{path}:{number}: this is not UTF-8.") from None
        if len(words) > 1:
            raise InvalidRevocationList(f"{path}:{number}: a line is one sub or jti; what follows it begins with #.")
        if not all(map(str.isprintable, words)):
            raise InvalidRevocationList(f"{path}:{number}: no sub and no jti has such a character.")
        found.update(words)
    return frozenset(found)
