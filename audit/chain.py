"""Hash chain of the journal: its links, and the columns that repeat a part of each entry.

The chain shows that no entry was changed, removed or inserted. It cannot show that entries were cut off the end, or
that everything from some entry on was rewritten. For that, give `verify` anchors: receipts that were stored elsewhere.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from hashlib import sha256
from typing import NamedTuple, Protocol

import orjson

GENESIS = bytes(32)  # the previous hash of the first entry
COLUMNS = ("id", "kind", "at", "user", "agency", "case_number")


class Receipt(NamedTuple):
    """Position of an entry in the chain, counted from 1, and the entry's hash."""

    sequence: int
    hash: bytes


class Anchor(NamedTuple):
    """A receipt that was stored elsewhere, and its name in messages."""

    receipt: Receipt
    name: str = "the anchor"


class ChainReader(Protocol):
    """An open, read-only chain."""

    def head(self) -> Receipt:
        """Receipt of the last entry. Raises: JournalBroken if its hash does not match its text."""

    def hash_of(self, sequence: int) -> bytes | None:
        """Hash of an entry; None if there is no such entry."""

    def first(self) -> int:
        """Sequence of the first entry: 1, unless entries before it were archived and removed."""


class LinkedEntry(NamedTuple):
    """An entry as it is stored: its sequence, the hash before it, its bytes, and its hash."""

    sequence: int
    previous: bytes
    body: bytes
    hash: bytes


class ReadableChain(Protocol):
    """A journal whose chain can be read while it is written. `str` of it names its place."""

    def read_chain(self) -> AbstractContextManager[ChainReader]:
        """The chain, to be read in one thread.

        Raises: JournalUnreadable if it cannot be read now; JournalBroken if it is missing or damaged.
        """


def chain_hash(previous: bytes, sequence: int, body: bytes) -> bytes:
    """Hash of an entry: SHA-256 of the previous hash, the sequence (8 bytes, big-endian) and the entry's bytes."""
    return sha256(previous + sequence.to_bytes(8) + body).digest()


def columns_of(body: bytes) -> tuple[object, ...]:
    """The COLUMNS of an entry with this text; None for what it does not say. Raises: ValueError if it is no object."""
    entry = orjson.loads(body)
    if not isinstance(entry, dict):
        raise ValueError("an entry is a JSON object")
    return tuple(map(entry.get, COLUMNS))
