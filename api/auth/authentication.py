"""Who is calling: a bearer token to a `Caller`, or the word why not. Knows nothing of what a caller may know.

    async with authenticator(settings) as door:
        caller = await door.authenticate(request.headers.get("authorization"))

Whoever is refused learns only that; the word is for the journal. Nothing of a token that failed is kept.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import orjson
from joserfc import jws
from joserfc.errors import JoseError

from api.auth import claims
from api.auth.demo_issuer import DemoIssuer
from api.auth.jwks import KeyProvider, StaticKeys, open_keys
from api.auth.revocation import RevocationList, open_revocation_list
from api.config.settings import Settings
from policy.caller import Assurance, Caller

# A token of ours has about 700 bytes. Nothing longer is worth hashing.
TOKEN_LIMIT = 8_192
# Issuers' clocks run ahead of ours a little; an expiry gets no such grace.
CLOCK_LEEWAY_S = 30
CACHE_S = 60
CACHE_SIZE = 4_096

TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})


class AuthFailure(Enum):
    """Why a caller was not let in, in the journal's words."""

    MISSING = "there is no Authorization header"
    MALFORMED = "it is not one Bearer token in the compact form of a signed JWT"
    TOO_LONG = "it is longer than any token of ours"
    WRONG_TYPE = "the header's typ is not that of an access token, or it has crit"
    WRONG_ALGORITHM = "the algorithm is not the one that the key is for"
    UNKNOWN_KEY = "the issuer has no key of that kid"
    BAD_SIGNATURE = "the signature is not the key's"
    WRONG_ISSUER = "iss is someone else"
    WRONG_AUDIENCE = "aud is someone else"
    EXPIRED = "exp is past"
    NOT_YET = "nbf, iat or auth_time is in the future"
    BAD_CLAIM = "a claim is missing or is not what it should be"
    ENDED = "the account or the token has ended"


class Unauthenticated(Exception):
    """Not a caller of ours. `reason` and `claim` are fixed words, for the journal and not for the client.

    caller: who it was, where that is certain: whoever has ended.
    """

    def __init__(self, reason: AuthFailure, claim: str | None = None, caller: Caller | None = None) -> None:
        super().__init__(reason.name if claim is None else f"{reason.name} {claim}")
        self.reason = reason
        self.claim = claim
        self.caller = caller


@dataclass(frozen=True, slots=True)
class CachedCaller:
    caller: Caller
    until: float


@asynccontextmanager
async def authenticator(settings: Settings) -> AsyncIterator[Authenticator]:
    """The door for as long as the server runs.

    Raises, before anything is served: KeysWrong when there are no keys to check a token with, AccountsWrong.
    """
    gone = open_revocation_list(Path(settings.auth.revoked)) if settings.auth.revoked else frozenset[str]
    demo = DemoIssuer.open(settings.data) if settings.demo else None
    async with open_keys(settings.auth) if demo is None else nullcontext(StaticKeys(demo.keys())) as keys:
        yield Authenticator(
            keys,
            issuer=settings.auth.issuer if demo is None else demo.name,
            audience=settings.auth.audience if demo is None else demo.audience,
            sign_in_max_age_s=settings.auth.sign_in_max_age_s,
            ended=gone,
        )


class Authenticator:
    """Checks tokens of one issuer and remembers, for a minute at most, whom it let in."""

    def __init__(
        self,
        keys: KeyProvider,
        *,
        issuer: str,
        audience: str,
        sign_in_max_age_s: int,
        ended: RevocationList = frozenset[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._sign_in_max_age_s = sign_in_max_age_s
        self._ended = ended
        self._clock = clock
        self._admitted: dict[bytes, CachedCaller] = {}

    async def authenticate(self, authorization: str | None) -> Caller:
        """The caller whom an Authorization header names.

        Raises: Unauthenticated.
        """
        caller = await self._known(bearer(authorization))
        # Each time, whoever was let in a moment ago too.
        if not self._ended().isdisjoint((caller.user, caller.token_id)):
            raise Unauthenticated(AuthFailure.ENDED, caller=caller)
        return caller

    async def _known(self, token: bytes) -> Caller:
        # By its hash, so that no live token lies about in memory.
        digest = hashlib.sha256(token).digest()
        known = self._admitted.get(digest)
        if known is not None and self._clock() < known.until:
            return known.caller
        try:
            admitted = self._admit(await self._verified(token))
        except claims.InvalidClaim as wrong:
            raise Unauthenticated(AuthFailure.BAD_CLAIM, str(wrong)) from None
        self._remember(digest, admitted)
        return admitted.caller

    async def _verified(self, token: bytes) -> claims.Claims:
        """The claims, once header and signature are right. The algorithm is the key's; the token agrees."""
        try:
            parts = jws.extract_compact(token)
        except (JoseError, ValueError, TypeError, RecursionError):
            raise Unauthenticated(AuthFailure.MALFORMED) from None
        header = parts.headers()
        if not isinstance(header, dict):
            raise Unauthenticated(AuthFailure.MALFORMED)
        kind, name = header.get("typ"), header.get("kid")
        if not isinstance(kind, str) or kind.lower() not in TYPES or "crit" in header:
            raise Unauthenticated(AuthFailure.WRONG_TYPE)
        key = await self._keys.find(name) if isinstance(name, str) else None
        if key is None:
            raise Unauthenticated(AuthFailure.UNKNOWN_KEY)
        if not isinstance(header["alg"], str) or header["alg"] not in key.algorithms:
            raise Unauthenticated(AuthFailure.WRONG_ALGORITHM)
        if not key.signed(parts):
            raise Unauthenticated(AuthFailure.BAD_SIGNATURE)
        try:
            payload = orjson.loads(parts.payload)
        except orjson.JSONDecodeError:
            payload = None
        if not isinstance(payload, dict):
            raise Unauthenticated(AuthFailure.MALFORMED)
        return payload

    def _admit(self, token: claims.Claims) -> CachedCaller:
        now = self._clock()
        if token.get("iss") != self._issuer:
            raise Unauthenticated(AuthFailure.WRONG_ISSUER)
        audience = token.get("aud")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise Unauthenticated(AuthFailure.WRONG_AUDIENCE)
        expires = claims.timestamp_claim(token, "exp")
        if expires <= now:
            raise Unauthenticated(AuthFailure.EXPIRED)
        for name in ("iat", "auth_time", "nbf"):
            # Alone of the claims, nbf may be left out.
            if (name != "nbf" or name in token) and claims.timestamp_claim(token, name) > now + CLOCK_LEEWAY_S:
                raise Unauthenticated(AuthFailure.NOT_YET, name)
        assurance, weakens = (
            claims.assurance(token),
            claims.timestamp_claim(token, "auth_time") + self._sign_in_max_age_s,
        )
        caller = Caller(
            user=claims.string_claim(token, "sub"),
            name=claims.string_claim(token, "name"),
            surname=claims.surname(token),
            ori=claims.agency(token),
            role=claims.role(token),
            sworn=claims.bool_claim(token, "sworn"),
            certified_until=claims.date_claim(token, "certified_until"),
            assurance=assurance if now < weakens else Assurance.AAL1,
            token_id=claims.string_claim(token, "jti"),
        )
        until = min(expires, now + CACHE_S)
        return CachedCaller(caller, min(until, weakens) if caller.assurance is Assurance.AAL2 else until)

    def _remember(self, digest: bytes, admitted: CachedCaller) -> None:
        if len(self._admitted) >= CACHE_SIZE:
            # The longest remembered goes; a dict keeps the order in which it was filled.
            del self._admitted[next(iter(self._admitted))]
        self._admitted.pop(digest, None)
        self._admitted[digest] = admitted


def bearer(authorization: str | None) -> bytes:
    if authorization is None:
        raise Unauthenticated(AuthFailure.MISSING)
    if len(authorization) > TOKEN_LIMIT:
        raise Unauthenticated(AuthFailure.TOO_LONG)
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.isascii():
        raise Unauthenticated(AuthFailure.MALFORMED)
    return token.encode("ascii")
