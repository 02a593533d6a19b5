"""Keyed hashes of search terms: the journal tells which names and numbers were searched for, and holds none of them.

    plate=2Zl0bV8kR1xQ

The kind is plain; the rest is the start of an HMAC-SHA-256 of kind and term, in base64url. Anyone with the key can
compute the hash of a term and look for it, or try every number of a kind: the key is as secret as the terms are.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

HASH_BYTES = 9
"""72 bits: among a thousand million different terms, the chance that one has the hash of another given one is 2e-13."""


class TermHashes:
    """Keyed hashes of one key.

    key_id: eight hex digits that tell keys apart. Each entry with hashes names it: hashes of another key find nothing.
    """

    __slots__ = ("_key", "key_id")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.key_id = hmac.digest(key, b"key id", "sha256")[:4].hex()

    def of(self, kind: str, term: str) -> str:
        """The hash of a term in normal form, with its kind."""
        digest = hmac.digest(self._key, f"{kind}\0{term}".encode(), "sha256")
        return f"{kind}={urlsafe_b64encode(digest[:HASH_BYTES]).decode()}"
