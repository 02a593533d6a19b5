"""JWKS: the public keys of an issuer, parsed and checked."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""JWK members of private keys of any type, and `k` of a shared secret."""

MIN_RSA_BITS = 2_048
MAX_BYTES = 262_144

MAX_NAMED = 5
"""Ignored keys that an error names."""


class InvalidJwks(Exception):
    """The keys cannot be used. The message names their origin and the fault, and contains no key."""


class UnsuitableKey(Exception):
    """A key is for another use or of another type. The message says why, and repeats nothing of it."""


class SupportedAlgorithms(jws.JWSRegistry):
    """joserfc's algorithms without its warning about the name EdDSA; `PublicKey` restricts them."""

    def get_alg(self, name: str) -> JWSAlgModel:
        return self.algorithms[name]


SUPPORTED_ALGORITHMS = SupportedAlgorithms(strict_check_header=False)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key and the algorithms that its tokens may use."""

    key: Key
    algorithms: Sequence[str]

    def verifies(self, token: jws.CompactSignature) -> bool:
        """Whether the token has a valid signature of this key by one of its algorithms."""
        if token.headers()["alg"] not in self.algorithms:
            return False
        try:
            return jws.validate_compact(token, self.key, registry=SUPPORTED_ALGORITHMS)
        except (JoseError, ValueError, TypeError):
            return False


KeySet = Mapping[str, PublicKey]
"""Public keys by their kid."""


def parse_jwks(text: bytes, origin: str) -> KeySet:
    """The signature keys of a JWKS; keys for other uses are ignored.

    Raises: InvalidJwks if it is not a JWKS, has a private key or a shared secret, has two keys with one kid, or has no
    usable key.
    """
    try:
        members = orjson.loads(text)["keys"]
        if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
            raise TypeError
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise InvalidJwks(f'{origin} is not a JWKS: a JSON object with a list of keys under "keys".') from None
    keys: dict[str, PublicKey] = {}
    ignored: list[str] = []
    for number, member in enumerate(members, start=1):
        if PRIVATE_MEMBERS & member.keys():
            raise InvalidJwks(
                f"{origin}: key {number} is private. Anyone who has it can sign in as anyone: create a new one."
            )
        try:
            key = public_key(member, f"{origin}: key {number}")
        except UnsuitableKey as unsuitable:
            ignored.append(f"key {number} {unsuitable}")
            continue
        if keys.setdefault(member["kid"], key) is not key:
            raise InvalidJwks(f"{origin}: key {number} has the kid of another key.")
    if not keys:
        why = f": {', '.join(ignored[:MAX_NAMED])}" if ignored else ""
        raise InvalidJwks(f"{origin} has no key with a kid for ES256, EdDSA or RS256 signatures{why}.")
    return keys


def public_key(member: Mapping[str, Any], origin: str) -> PublicKey:
    """The key with its algorithms. Raises: UnsuitableKey if it is to be ignored, InvalidJwks."""
    match member:
        case {"kty": "EC", "crv": "P-256"}:
            key_class: type[ECKey | OKPKey | RSAKey] = ECKey
            supported = ["ES256"]
        case {"kty": "OKP", "crv": "Ed25519"}:
            key_class = OKPKey
            # RFC 9864 renamed EdDSA to Ed25519; issuers use either.
            supported = ["EdDSA", "Ed25519"]
        case {"kty": "RSA"}:
            key_class = RSAKey
            supported = ["RS256"]
        case _:
            raise UnsuitableKey("is not EC P-256, Ed25519 or RSA")
    if not isinstance(member.get("kid"), str):
        raise UnsuitableKey("has no kid")
    if member.get("use", "sig") != "sig":
        raise UnsuitableKey("is not for signatures: use is not sig")
    operations = member.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise UnsuitableKey("is not for signatures: key_ops has no verify")
    algorithms = [name for name in supported if member.get("alg", name) == name]
    if not algorithms:
        raise UnsuitableKey(f"is for another alg than {' or '.join(supported)}")
    # Only the key itself: `use`, `key_ops` and `alg` are checked above, and joserfc would check them differently.
    parts = {name: member[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in member}
    try:
        with warnings.catch_warnings():
            # joserfc only warns of a short RSA key; it is rejected below.
            warnings.simplefilter("ignore", SecurityWarning)
            key = key_class.import_key(parts)
    except (JoseError, ValueError, TypeError, KeyError):
        raise InvalidJwks(f"{origin} is not a complete {member['kty']} key.") from None
    if isinstance(key, RSAKey) and key.public_key.key_size < MIN_RSA_BITS:
        raise InvalidJwks(f"{origin} is an RSA key of fewer than {MIN_RSA_BITS} bits.")
    return PublicKey(key, algorithms)
