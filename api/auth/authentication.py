"""Authentication: a bearer token to a `Caller`, or an `AuthFailure`.

    async with open_authenticator(settings) as authenticator:
        caller = await authenticator.authenticate(request.headers.get("authorization"))

The client learns only that authentication failed; the reason goes to the journal. Nothing of a failed token is cached.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import orjson
from joserfc import jws
from joserfc.errors import JoseError

from api.auth import claims
from api.auth.demo_issuer import DemoIssuer
from api.auth.jwks import PublicKey
from api.auth.key_providers import KeyProvider, LocalKeys, open_keys
from api.auth.published_changes import NOTHING_PUBLISHED, PublishedChanges
from api.auth.revocation import RevocationList, open_revocation_list
from api.config.settings import Settings
from policy.caller import Assurance, Caller
from policy.roles import Role

TOKEN_LIMIT_BYTES = 8_192
"""Longer tokens are rejected before they are hashed; a typical token has about 700 bytes."""

CLOCK_LEEWAY_S = 30
"""How far an issuer's clock may be ahead of ours. An expiry gets no leeway."""

CACHE_S = 60
CACHE_SIZE = 4_096
TOKEN_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})


class AuthFailure(Enum):
    """Reason of a failed authentication; the journal has its name as a flag."""

    MISSING = "there is no Authorization header"
    MALFORMED = "the header is not one Bearer token in the compact form of a signed JWT"
    TOO_LONG = "the token is longer than 8,192 bytes"
    WRONG_TYPE = "the header's typ is not that of an access token, or it has crit"
    WRONG_ALGORITHM = "the algorithm is not one of the key's"
    UNKNOWN_KEY = "the issuer has no key with that kid"
    BAD_SIGNATURE = "the signature is not valid"
    WRONG_ISSUER = "iss is another issuer"
    WRONG_AUDIENCE = "aud is another audience"
    EXPIRED = "exp is in the past"
    NOT_YET = "nbf, iat or auth_time is in the future"
    BAD_CLAIM = "a claim is missing or invalid"
    ENDED = "the account or the token is revoked"


class Unauthenticated(Exception):
    """Authentication failed. `reason` and the claim's name are for the journal, not for the client.

    caller: set only if the token is genuine but revoked.
    """

    def __init__(self, reason: AuthFailure, claim: str | None = None, caller: Caller | None = None) -> None:
        super().__init__(reason.name if claim is None else f"{reason.name} {claim}")
        self.reason = reason
        self.claim = claim
        self.caller = caller


@asynccontextmanager
async def open_authenticator(
    settings: Settings, published: PublishedChanges = NOTHING_PUBLISHED
) -> AsyncIterator[Authenticator]:
    """The authenticator of a server, with its keys and its revocation list, and those that were published.

    Raises: InvalidJwks if there are no usable keys, InvalidRevocationList, InvalidSecretFile.
    """
    revoked: list[RevocationList] = [published.revoked]
    if settings.auth.revoked:
        revoked.append(open_revocation_list(Path(settings.auth.revoked)))
    demo = DemoIssuer.open(settings.data) if settings.demo else None
    async with (
        open_keys(settings.auth, lambda: published.keys)
        if demo is None
        else nullcontext(LocalKeys(lambda: demo.keys)) as keys
    ):
        yield Authenticator(
            keys,
            issuer=settings.auth.issuer if demo is None else demo.name,
            audience=settings.auth.audience if demo is None else demo.audience,
            sign_in_max_age_s=settings.auth.sign_in_max_age_s,
            revoked=tuple(revoked),
        )


@dataclass(eq=False)
class Authenticator:
    """Validates the tokens of one issuer. Caches callers for at most a minute, and as long as their key is known.

    revoked: lists of what is revoked; a token that is on any of them is rejected.
    cache:   callers, their expiry and key by the hash of their token, so that no valid token is kept in memory.
    """

    keys: KeyProvider
    issuer: str
    audience: str
    sign_in_max_age_s: int
    revoked: Sequence[RevocationList] = ()
    clock: Callable[[], float] = time.time
    cache: dict[bytes, tuple[Caller, float, PublicKey]] = field(default_factory=dict, init=False)

    async def authenticate(self, authorization: str | None) -> Caller:
        """The caller of an Authorization header.

        Raises: Unauthenticated; JournalUnavailable if it cannot be known who is revoked.
        """
        revoked = [each() for each in self.revoked]
        caller = await self._authenticate(bearer_token(authorization))
        # Cached callers are checked too.
        if any(not each.isdisjoint((caller.user, caller.token_id)) for each in revoked):
            raise Unauthenticated(AuthFailure.ENDED, caller=caller)
        return caller

    async def _authenticate(self, token: bytes) -> Caller:
        digest = hashlib.sha256(token).digest()
        cached = self.cache.get(digest)
        if cached is not None and self.clock() < cached[1] and self.keys.is_current(cached[2]):
            return cached[0]
        try:
            payload, key = await self._verify_signature(token)
            caller, expires = self._validate(payload)
        except claims.InvalidClaim as invalid:
            raise Unauthenticated(AuthFailure.BAD_CLAIM, str(invalid)) from None
        self.cache.pop(digest, None)
        if len(self.cache) >= CACHE_SIZE:
            # The oldest; a dict is in insertion order.
            del self.cache[next(iter(self.cache))]
        self.cache[digest] = caller, expires, key
        return caller

    async def _verify_signature(self, token: bytes) -> tuple[claims.Claims, PublicKey]:
        """The claims of a token with a valid header and signature, and its key, which determines the algorithm."""
        try:
            parts = jws.extract_compact(token)
        except (JoseError, ValueError, TypeError, RecursionError):
            raise Unauthenticated(AuthFailure.MALFORMED) from None
        header = parts.headers()
        if not isinstance(header, dict):
            raise Unauthenticated(AuthFailure.MALFORMED)
        token_type, kid = header.get("typ"), header.get("kid")
        if not isinstance(token_type, str) or token_type.lower() not in TOKEN_TYPES or "crit" in header:
            raise Unauthenticated(AuthFailure.WRONG_TYPE)
        key = await self.keys.find(kid) if isinstance(kid, str) else None
        if key is None:
            raise Unauthenticated(AuthFailure.UNKNOWN_KEY)
        if not key.verifies(parts):
            is_allowed = header["alg"] in key.algorithms
            raise Unauthenticated(AuthFailure.BAD_SIGNATURE if is_allowed else AuthFailure.WRONG_ALGORITHM)
        try:
            payload = orjson.loads(parts.payload)
        except orjson.JSONDecodeError:
            payload = None
        if not isinstance(payload, dict):
            raise Unauthenticated(AuthFailure.MALFORMED)
        return payload, key

    def _validate(self, token: claims.Claims) -> tuple[Caller, float]:
        now = self.clock()
        if token.get("iss") != self.issuer:
            raise Unauthenticated(AuthFailure.WRONG_ISSUER)
        audience = token.get("aud")
        if self.audience not in (audience if isinstance(audience, list) else [audience]):
            raise Unauthenticated(AuthFailure.WRONG_AUDIENCE)
        expires = claims.timestamp_claim(token, "exp")
        if expires <= now:
            raise Unauthenticated(AuthFailure.EXPIRED)
        for name in ("iat", "auth_time", "nbf"):
            # Only nbf is optional.
            if (name != "nbf" or name in token) and claims.timestamp_claim(token, name) > now + CLOCK_LEEWAY_S:
                raise Unauthenticated(AuthFailure.NOT_YET, name)
        assurance = claims.enum_claim(token, "acr", Assurance)
        sign_in_expires = claims.timestamp_claim(token, "auth_time") + self.sign_in_max_age_s
        caller = Caller(
            user=claims.string_claim(token, "sub"),
            name=claims.string_claim(token, "name"),
            surname=claims.surname(token),
            ori=claims.agency(token),
            role=claims.enum_claim(token, "role", Role),
            sworn=claims.bool_claim(token, "sworn"),
            certified_until=claims.date_claim(token, "certified_until"),
            assurance=assurance if now < sign_in_expires else Assurance.AAL1,
            token_id=claims.string_claim(token, "jti"),
        )
        expires = min(expires, now + CACHE_S)
        return caller, min(expires, sign_in_expires) if caller.assurance is Assurance.AAL2 else expires


def bearer_token(authorization: str | None) -> bytes:
    if authorization is None:
        raise Unauthenticated(AuthFailure.MISSING)
    if len(authorization) > TOKEN_LIMIT_BYTES:
        raise Unauthenticated(AuthFailure.TOO_LONG)
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.isascii():
        raise Unauthenticated(AuthFailure.MALFORMED)
    return token.encode("ascii")
