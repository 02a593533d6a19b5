"""Document pseudonyms: a keyed hash that names a document in telemetry.

A plain hash could be reversed by trying: guess a document with a name or number in it, and compare the hashes.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import lru_cache


def document_pseudonyms(key: bytes) -> Callable[[str], str]:
    """Maps a document's SHA-256 to 32 hexadecimal digits, the same for as long as the key is the same."""
    return lru_cache(maxsize=1_024)(lambda digest: hmac.digest(key, digest.encode(), "sha256").hex()[:32])
