"""Authentication: a bearer token to a `Caller`, or an `AuthFailure`.

    async with open_authenticator(settings) as authenticator:
        caller = await authenticator.authenticate(request.headers.get("authorization"))

The client learns only that authentication failed; the reason goes to the journal. Nothing of a failed token is cached.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.auth.demo_issuer import DemoIssuer
from api.auth.failures import AuthFailure, Unauthenticated
from api.auth.jwks import PublicKey
from api.auth.key_providers import KeyProvider, LocalKeys, open_keys
from api.auth.published_changes import NOTHING_PUBLISHED, PublishedChanges
from api.auth.revocation import RevocationList, open_revocation_list
from api.auth.token_checks import (
    TokenRules,
    caller_of,
    check_claims,
    check_header,
    check_signature,
    parse_payload,
    parse_token,
    require_all,
    revoked_claim,
)
from api.config.settings import Settings
from policy.caller import Caller

TOKEN_LIMIT_BYTES = 8_192
"""Longer tokens are rejected before they are hashed; a typical token has about 700 bytes."""

CACHE_S = 60
CACHE_SIZE = 4_096


@asynccontextmanager
async def open_authenticator(
    settings: Settings, published: PublishedChanges = NOTHING_PUBLISHED
) -> AsyncIterator[Authenticator]:
    """The authenticator of a server, with its keys and its revocation list, and those that were published.

    Raises: InvalidJwks if there are no usable keys, InvalidRevocationList, InvalidSecretFile.
    """
    async with open_issuer_keys(settings, published) as keys:
        yield Authenticator(keys, token_rules(settings), revocation_lists(settings, published))


def token_rules(settings: Settings) -> TokenRules:
    """Rules for the tokens of the configured issuer, or of the demo issuer."""
    sign_in_max_age_s = settings.auth.sign_in_max_age_s
    if settings.demo:
        return TokenRules(DemoIssuer.name, DemoIssuer.audience, sign_in_max_age_s)
    return TokenRules(settings.auth.issuer, settings.auth.audience, sign_in_max_age_s, settings.claims.map)


def open_issuer_keys(settings: Settings, published: PublishedChanges) -> AbstractAsyncContextManager[KeyProvider]:
    """The keys of that issuer. Raises: InvalidJwks, InvalidSecretFile."""
    if settings.demo:
        demo = DemoIssuer.open(settings.data)
        return nullcontext(LocalKeys(lambda: demo.keys))
    return open_keys(settings.auth, lambda: published.keys)


def revocation_lists(settings: Settings, published: PublishedChanges) -> list[RevocationList]:
    """Revocations of the file, and published ones. Raises: InvalidRevocationList."""
    file = settings.auth.revoked
    return [published.revoked, *([open_revocation_list(Path(file))] if file else ())]


@dataclass(eq=False)
class Authenticator:
    """Validates the tokens of one issuer. Caches callers for at most a minute, and as long as their key is known.

    revoked: lists of what is revoked; a token that is on any of them is rejected.
    cache:   callers, their expiry and key by the hash of their token, so that no valid token is kept in memory.
    """

    keys: KeyProvider
    rules: TokenRules
    revoked: Sequence[RevocationList] = ()
    clock: Callable[[], float] = time.time
    cache: dict[bytes, tuple[Caller, float, PublicKey]] = field(default_factory=dict, init=False)

    async def authenticate(self, authorization: str | None) -> Caller:
        """The caller of an Authorization header.

        Raises: Unauthenticated; JournalUnavailable if it cannot be known who is revoked.
        """
        revoked = [each() for each in self.revoked]
        token = bearer_token(authorization)
        digest = hashlib.sha256(token).digest()
        try:
            caller = await self._authenticate(token, digest)
            # Cached callers are checked too.
            if (claim := revoked_claim(caller, revoked)) is not None:
                raise Unauthenticated(AuthFailure.ENDED, claim, caller)
        except Unauthenticated as failure:
            if failure.reason is not AuthFailure.MALFORMED:
                failure.token_sha256 = digest.hex()
            raise
        return caller

    async def _authenticate(self, token: bytes, digest: bytes) -> Caller:
        cached = self.cache.get(digest)
        if cached is not None and self.clock() < cached[1] and self.keys.is_current(cached[2]):
            return cached[0]
        parts = parse_token(token)
        header = parts.headers()
        require_all(check_header(header))
        key = await find_key(self.keys, header)
        require_all(check_signature(parts, key))
        assert key is not None
        now = self.clock()
        caller, expires = caller_of(require_all(check_claims(parse_payload(parts), self.rules, now)), self.rules, now)
        self.cache.pop(digest, None)
        if len(self.cache) >= CACHE_SIZE:
            # The oldest; a dict is in insertion order.
            del self.cache[next(iter(self.cache))]
        self.cache[digest] = caller, min(expires, now + CACHE_S), key
        return caller


async def find_key(keys: KeyProvider, header: Mapping[str, Any]) -> PublicKey | None:
    """The key that the header of a token names."""
    kid = header.get("kid")
    return await keys.find(kid) if isinstance(kid, str) else None


def bearer_token(authorization: str | None) -> bytes:
    if authorization is None:
        raise Unauthenticated(AuthFailure.MISSING)
    if len(authorization) > TOKEN_LIMIT_BYTES:
        raise Unauthenticated(AuthFailure.TOO_LONG)
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.isascii():
        raise Unauthenticated(AuthFailure.MALFORMED)
    return token.encode("ascii")
