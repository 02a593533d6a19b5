"""Token check of the Python peers: an ES256 signature and the claims, and a cache by the hash of the token."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from bench.peers.peer_settings import PeerSettings

CACHE_S, CACHE_SIZE = 60, 4_096
REQUIRED = {"sub", "role", "ori", "acr"}

Claims = dict[str, Any]


class Tokens:
    """Tokens of one issuer with one key."""

    def __init__(self, settings: PeerSettings) -> None:
        self._settings = settings
        self._key = ECKey.import_key(settings.key)
        self._cache: dict[bytes, tuple[Claims, float]] = {}

    def claims(self, authorization: str | None) -> Claims | None:
        """The claims of a valid token; None if it is not valid."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme != "Bearer":
            return None
        digest, now = sha256(token.encode()).digest(), time.time()
        cached = self._cache.get(digest)
        if cached is not None and now < cached[1]:
            return cached[0]
        claims = self._checked(token, now)
        if claims is not None:
            if len(self._cache) >= CACHE_SIZE:
                del self._cache[next(iter(self._cache))]
            self._cache[digest] = claims, min(claims["exp"], now + CACHE_S)
        return claims

    def _checked(self, token: str, now: float) -> Claims | None:
        try:
            claims = orjson.loads(jws.deserialize_compact(token, self._key, algorithms=["ES256"]).payload)
        except (JoseError, ValueError):
            return None
        is_valid = (
            (claims.get("iss"), claims.get("aud")) == (self._settings.issuer, self._settings.audience)
            and claims.keys() >= REQUIRED
            and claims.get("exp", 0) > now
        )
        return claims if is_valid else None
