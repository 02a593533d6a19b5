"""Pages of a search: keyset positions, sealed so that a cursor tells nothing and serves only its own search."""

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
BAD_CURSOR = "This cursor is not from this search: start again without it."


class Cursors:
    """Seals positions with a key of 32 bytes that the server keeps.

    A position holds a record's number, so it is encrypted, and bound to the search and the caller: a cursor from
    another search, another caller or another server opens nothing. The cipher takes no nonce: a position always has the
    same cursor, so that the same question has the same answer, and no number of cursors wears the key out.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)

    def seal(self, position: Sequence[Any], about: bytes) -> str:
        """A position as a cursor."""
        return _text(self._cipher.encrypt(orjson.dumps(list(position)), [about]))

    def open(self, cursor: str, about: bytes) -> tuple[Any, ...]:
        """The position of a cursor. Raises BadKey."""
        try:
            sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            if _text(sealed) != cursor:  # base64 reads over what is not base64
                raise InvalidSearch(BAD_CURSOR)
            return tuple(orjson.loads(self._cipher.decrypt(sealed, [about])))
        except (ValueError, InvalidTag):
            raise InvalidSearch(BAD_CURSOR) from None


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a search is wanted: at most `first` hits after a position. `about` binds its cursors."""

    first: int
    after: tuple[Any, ...] | None
    about: bytes
    cursors: Cursors = field(compare=False, repr=False)

    def cursor(self, position: Sequence[Any]) -> str:
        """The cursor that reads on from a position."""
        return self.cursors.seal(position, self.about)

    @staticmethod
    def of(first: int, after: str | None, cursors: Cursors, *about: object) -> Page:
        """Check what was asked. Raises BadKey."""
        if not 1 <= first <= LARGEST_PAGE:
            raise InvalidSearch(f"first must be from 1 to {LARGEST_PAGE}.")
        bound = sha256(repr(about).encode()).digest()
        return Page(first, cursors.open(after, bound) if after is not None else None, bound, cursors)
