"""Tokens of tests: signed and forged with real keys, and an authenticator that a test controls."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from api.auth.authentication import Authenticator
from api.auth.failures import Unauthenticated
from api.auth.jwks import PublicKey, parse_jwks
from api.auth.key_providers import LocalKeys
from api.auth.token_checks import TokenRules
from api.config.claim_settings import ClaimSettings
from policy.caller import Caller

NOW = 1_800_000_000
ISSUER = "https://id.county.example"
ES256 = ECKey.generate_key("P-256", {"kid": "es"})
EDDSA = OKPKey.generate_key("Ed25519", {"kid": "ed"})
RS256 = RSAKey.generate_key(2048, {"kid": "rs"})
FORGER = ECKey.generate_key("P-256", {"kid": "es"})
ABSENT = object()
REGISTRY = jws.JWSRegistry(algorithms=["ES256", "Ed25519", "RS256", "HS256"], strict_check_header=False)

CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": "needtoknow",
    "iat": NOW - 10,
    "exp": NOW + 600,
    "auth_time": NOW - 20,
    "jti": "4f1c",
    "acr": "aal2",
    "sub": "u-4417",
    "name": "Sam Lee",
    "ori": "CA9194200",
    "role": "patrol",
    "sworn": True,
    "certified_until": "2027-06-30",
}


@dataclass
class Clock:
    now: float = NOW

    def __call__(self) -> float:
        return self.now


class CountingKeys(LocalKeys):
    """Keys that record each lookup; each lookup is one signature check."""

    def __init__(self, *keys: Key) -> None:
        jwks = {"keys": [key.as_dict(private=False) for key in keys]}
        parsed = parse_jwks(orjson.dumps(jwks), "test")
        super().__init__(lambda: parsed)
        self.lookups: list[str] = []

    async def find(self, kid: str) -> PublicKey | None:
        self.lookups.append(kid)
        return await super().find(kid)


@dataclass
class Harness:
    """An authenticator with a clock and keys that a test controls."""

    clock: Clock = field(default_factory=Clock)
    keys: CountingKeys = field(default_factory=lambda: CountingKeys(ES256, EDDSA, RS256))
    sign_in_max_age_s: int = 3_600
    claims: ClaimSettings = field(default_factory=ClaimSettings)

    def __post_init__(self) -> None:
        self.rules = TokenRules(ISSUER, "needtoknow", self.sign_in_max_age_s, self.claims.map)
        self.authenticator = Authenticator(self.keys, self.rules, clock=self.clock)

    async def authenticate(self, token: str) -> Caller:
        return await self.authenticator.authenticate(f"Bearer {token}")

    async def rejection(self, authorization: str | None) -> Unauthenticated:
        with pytest.raises(Unauthenticated) as error:
            await self.authenticator.authenticate(authorization)
        return error.value


def signed(key: Key = ES256, algorithm: str = "ES256", header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A signed token; a claim or header with the value ABSENT is omitted."""
    head = {"alg": algorithm, "typ": "at+jwt", "kid": key.kid, **(header or {})}
    body = {**CLAIMS, **claims}
    return jws.serialize_compact(
        {name: value for name, value in head.items() if value is not ABSENT},
        orjson.dumps({name: value for name, value in body.items() if value is not ABSENT}),
        key,
        registry=REGISTRY,
    )


def segment(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unsigned(header: dict[str, Any], signature: str = "", payload: bytes | None = None) -> str:
    return f"{segment(orjson.dumps(header))}.{segment(payload or orjson.dumps(CLAIMS))}.{signature}"
