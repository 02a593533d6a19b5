"""Document pseudonyms: a keyed hash that names a document in telemetry.

A plain hash could be reversed by trying: guess a document with a name or number in it, and compare the hashes.
"""

from __future__ import annotations

import hmac
from functools import lru_cache


class DocumentPseudonym:
    """Maps a document's SHA-256 to 32 hexadecimal digits, the same for as long as the key is the same."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cached = lru_cache(maxsize=1_024)(self._compute)

    def __call__(self, digest: str) -> str:
        return self._cached(digest)

    def _compute(self, digest: str) -> str:
        return hmac.digest(self._key, digest.encode(), "sha256").hex()[:32]
