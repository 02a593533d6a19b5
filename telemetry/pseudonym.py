"""What a document is called where it may not be read: a hash under a key. Knows nothing of who is told.

A plain hash would give away what it hides: whoever guesses a document, and a name or number in it, can try them all.
"""

from __future__ import annotations

import hmac
from functools import lru_cache


class DocumentPseudonym:
    """The same name for the same document, as long as the key is the same."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._of = lru_cache(maxsize=1_024)(self._made)

    def __call__(self, digest: str) -> str:
        """32 hexadecimal digits for a document's SHA-256."""
        return self._of(digest)

    def _made(self, digest: str) -> str:
        return hmac.digest(self._key, digest.encode(), "sha256").hex()[:32]
