"""Pages of a search by keyset pagination: a cursor is an encrypted position, valid only for its own search."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from resolvers.errors import InvalidSearch

LARGEST_PAGE = 100
COUNT_LIMIT = 1_000
"""Searches of vehicles and of the journal count their hits up to here: a count of every Toyota would take too long."""

BAD_CURSOR = "This cursor is not from this search: start again without it."


class Cursors:
    """Cursors by AES-SIV, under a key of 32 bytes that stays on the server.

    A position holds a record's number, so it is encrypted and bound to its search and caller. A cursor of another
    search, caller or server is refused. The cipher takes no nonce: a position always has the same cursor, so equal
    requests have equal responses, and no number of cursors wears the key out.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)

    def seal(self, position: Sequence[Any], about: bytes) -> str:
        """Encrypt a position as a cursor, bound to `about`."""
        return _text(self._cipher.encrypt(orjson.dumps(list(position)), [about]))

    def open(self, cursor: str, about: bytes) -> tuple[Any, ...]:
        """The position in a cursor. Raises InvalidSearch."""
        try:
            sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            if _text(sealed) != cursor:  # the decoder ignores characters that are not base64
                raise InvalidSearch(BAD_CURSOR)
            return tuple(orjson.loads(self._cipher.decrypt(sealed, [about])))
        except (ValueError, InvalidTag):
            raise InvalidSearch(BAD_CURSOR) from None


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Page:
    """Which hits of a search are wanted: at most `first`, after a position. `about` binds its cursors.

    sealed: the cursors so far, by position: aliases of a cursor do not encrypt it again.
    """

    first: int
    after: tuple[Any, ...] | None
    about: bytes
    cursors: Cursors = field(compare=False, repr=False)
    sealed: dict[tuple[Any, ...], str] = field(default_factory=dict, compare=False, repr=False)

    def cursor(self, position: Sequence[Any]) -> str:
        """The cursor of the hits after a position."""
        key = tuple(position)
        if key not in self.sealed:
            self.sealed[key] = self.cursors.seal(position, self.about)
        return self.sealed[key]

    @staticmethod
    def of(first: int, after: str | None, cursors: Cursors, *about: object) -> Page:
        """The page that a client requests. Raises InvalidSearch."""
        if not 1 <= first <= LARGEST_PAGE:
            raise InvalidSearch(f"first must be from 1 to {LARGEST_PAGE}.")
        bound = sha256(repr(about).encode()).digest()
        return Page(first, cursors.open(after, bound) if after is not None else None, bound, cursors)
