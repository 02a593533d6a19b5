"""JWKS parsing."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest
from joserfc.jwk import ECKey, OKPKey

from api.auth.jwks import InvalidJwks, parse_jwks
from tests.api.public_keys import ED, FIRST, RSA, SECOND, jwks, public


def test_a_key_determines_the_algorithms_of_its_tokens() -> None:
    keys = parse_jwks(jwks(public(FIRST), public(ED), public(RSA)), "test")

    assert {kid: set(key.algorithms) for kid, key in keys.items()} == {
        "first": {"ES256"},
        "ed": {"EdDSA", "Ed25519"},
        "rs": {"RS256"},
    }


@pytest.mark.parametrize(
    "member",
    [
        public(SECOND, use="enc"),
        public(SECOND, key_ops=["encrypt"]),
        public(SECOND, alg="ES512"),
        public(RSA, alg="RSA-OAEP"),
        public(RSA, alg="RS512"),
        public(ECKey.generate_key("P-384", {"kid": "p384"})),
        public(OKPKey.generate_key("X25519", {"kid": "x"})),
        public(OKPKey.generate_key("Ed448", {"kid": "ed448"})),
        public(ECKey.generate_key("P-256")),
        {"kty": "unheard-of", "kid": "new"},
        {"kty": ["EC"], "kid": "list"},
        {"kty": "EC", "crv": {"P-256": 1}, "kid": "object"},
        public(SECOND, kid=5),
        public(SECOND, alg=["ES256"]),
        public(SECOND, key_ops=5),
        {},
    ],
)
def test_a_key_for_another_use_is_ignored(member: dict[str, Any]) -> None:
    assert parse_jwks(jwks(member, public(FIRST)), "test").keys() == {"first"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is not a JWKS"),
        (b"{", "is not a JWKS"),
        (b"[]", "is not a JWKS"),
        (b"5", "is not a JWKS"),
        (b"{}", "is not a JWKS"),
        (b"\xff", "is not a JWKS"),
        (b'{"keys": {}}', "is not a JWKS"),
        (b'{"keys": [5]}', "is not a JWKS"),
        (b'{"keys": null}', "is not a JWKS"),
        (orjson.dumps(public(FIRST)), "is not a JWKS"),
        (jwks(), "no key with a kid"),
        (jwks(public(SECOND, use="enc")), "no key with a kid"),
        (jwks(public(FIRST), public(FIRST)), "key 2 has the kid of another key"),
        (jwks(public(FIRST), SECOND.as_dict(private=True)), "key 2 is private"),
        (jwks(RSA.as_dict(private=True)), "key 1 is private"),
        (jwks({"kty": "oct", "k": "c2VjcmV0", "kid": "oct"}), "key 1 is private"),
        (jwks(public(FIRST, x="AAAA")), "key 1 is not a complete EC key"),
        (jwks(public(FIRST, x=5)), "key 1 is not a complete EC key"),
        (jwks({"kty": "EC", "crv": "P-256", "kid": "none"}), "key 1 is not a complete EC key"),
        (jwks({"kty": "RSA", "n": "", "e": "", "kid": "none"}), "key 1 is not a complete RSA key"),
        (jwks({"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "short"}), "key 1 is not a complete OKP key"),
    ],
)
def test_an_invalid_key_set_is_a_one_line_error(text: bytes, message: str) -> None:
    with pytest.raises(InvalidJwks, match=message) as error:
        parse_jwks(text, "jwks.json")

    assert str(error.value).startswith("jwks.json")
    assert "\n" not in str(error.value)


def test_without_a_usable_key_the_error_says_why_each_was_ignored() -> None:
    members = (
        public(ECKey.generate_key("P-384", {"kid": "s3cret"})),
        public(SECOND, kid=None),
        public(SECOND, use="s3cret"),
        public(SECOND, key_ops=["s3cret"]),
        public(SECOND, alg="s3cret"),
        public(RSA, alg="RSA-OAEP"),
    )
    with pytest.raises(InvalidJwks) as error:
        parse_jwks(jwks(*members), "test")

    assert str(error.value) == (
        "test has no key with a kid for ES256, EdDSA or RS256 signatures: "
        "key 1 is not EC P-256, Ed25519 or RSA, key 2 has no kid, "
        "key 3 is not for signatures: use is not sig, key 4 is not for signatures: key_ops has no verify, "
        "key 5 is for another alg than ES256."
    )


def test_the_error_does_not_repeat_a_private_key() -> None:
    secret = FIRST.as_dict(private=True)

    with pytest.raises(InvalidJwks) as error:
        parse_jwks(jwks(secret), "test")

    assert str(secret["d"]) not in str(error.value)


def test_an_rsa_key_of_1024_bits_is_rejected() -> None:
    # joserfc warns when it generates so short a key, so the modulus is given.
    modulus = base64.urlsafe_b64encode(b"\xff" * 128).rstrip(b"=").decode()

    with pytest.raises(InvalidJwks, match="key 1 is an RSA key of fewer than 2048 bits"):
        parse_jwks(jwks({"kty": "RSA", "n": modulus, "e": "AQAB", "kid": "short"}), "test")
