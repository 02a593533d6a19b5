"""Authentication: which tokens are accepted, and why others are rejected. All are signed or forged with real keys."""

from __future__ import annotations

import hashlib
import hmac
import time
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, Key, RSAKey

from api.auth.authentication import TOKEN_LIMIT_BYTES, Authenticator, open_authenticator
from api.auth.demo_issuer import DemoIssuer
from api.auth.failures import AuthFailure, Unauthenticated
from api.auth.token_checks import TokenRules
from api.config.settings import Settings
from policy.caller import Assurance, Caller
from policy.clearance import Clearance
from policy.roles import Role
from tests.api.tokens import (
    ABSENT,
    CLAIMS,
    EDDSA,
    ES256,
    FORGER,
    ISSUER,
    NOW,
    RS256,
    Harness,
    segment,
    signed,
    unsigned,
)


async def test_a_caller_has_every_claim_of_the_token(harness: Harness) -> None:
    assert await harness.authenticate(signed()) == Caller(
        user="u-4417",
        name="Sam Lee",
        surname="LEE",
        ori="CA9194200",
        role=Role.PATROL,
        sworn=True,
        clearance=Clearance(certified_until=date(2027, 6, 30)),
        assurance=Assurance.AAL2,
        token_id="4f1c",
    )


@pytest.mark.parametrize(("key", "algorithm"), [(ES256, "ES256"), (EDDSA, "Ed25519"), (RS256, "RS256")])
async def test_each_supported_algorithm_is_accepted(harness: Harness, key: Key, algorithm: str) -> None:
    assert (await harness.authenticate(signed(key, algorithm))).user == "u-4417"


async def test_ed25519_is_accepted_by_its_old_name_too(harness: Harness) -> None:
    head = segment(orjson.dumps({"alg": "EdDSA", "typ": "at+jwt", "kid": "ed"}))
    message = f"{head}.{segment(orjson.dumps(CLAIMS))}"
    private = EDDSA.private_key
    assert private is not None

    assert (await harness.authenticate(f"{message}.{segment(private.sign(message.encode()))}")).user == "u-4417"  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["JWT", "jwt", "at+jwt", "application/at+jwt", "AT+JWT"])
async def test_each_access_token_type_is_accepted(harness: Harness, kind: str) -> None:
    assert (await harness.authenticate(signed(header={"typ": kind}))).user == "u-4417"


async def test_an_unknown_header_parameter_is_ignored(harness: Harness) -> None:
    assert (await harness.authenticate(signed(header={"nonce": "1"}))).user == "u-4417"


async def test_our_audience_may_be_one_of_several(harness: Harness) -> None:
    assert (await harness.authenticate(signed(aud=["billing", "needtoknow"]))).user == "u-4417"


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        (None, AuthFailure.MISSING),
        ("", AuthFailure.MALFORMED),
        ("Bearer", AuthFailure.MALFORMED),
        ("Bearer ", AuthFailure.MALFORMED),
        ("Basic dXNlcjpwYXNz", AuthFailure.MALFORMED),
        ("Bearer a.b", AuthFailure.MALFORMED),
        ("Bearer a.b.c", AuthFailure.MALFORMED),
        ("Bearer a.b.c.d.e", AuthFailure.MALFORMED),
        ("Bearer ..", AuthFailure.MALFORMED),
        ("Bearer tökén.a.b", AuthFailure.MALFORMED),
        (f"Bearer {signed()} {signed()}", AuthFailure.MALFORMED),
        (f"Bearer  {signed()}", AuthFailure.MALFORMED),
        (f"Bearer {signed()}, Bearer {signed()}", AuthFailure.MALFORMED),
        (f"Bearer {segment(b'5')}.{segment(b'{}')}.AA", AuthFailure.MALFORMED),
        (f"Bearer {segment(b'[1]')}.{segment(b'{}')}.AA", AuthFailure.MALFORMED),
        (f"""Bearer {segment(b'"alg b64"')}.{segment(b"{}")}.AA""", AuthFailure.MALFORMED),
        (f"Bearer {segment(b'{}')}.{segment(b'{}')}.AA", AuthFailure.MALFORMED),
        (f"Bearer {segment(b'[' * 300)}.{segment(b'{}')}.AA", AuthFailure.MALFORMED),
        (f"Bearer {'a' * TOKEN_LIMIT_BYTES}", AuthFailure.TOO_LONG),
        (f"Bearer {signed(name='x' * TOKEN_LIMIT_BYTES)}", AuthFailure.TOO_LONG),
    ],
)
async def test_anything_but_one_bearer_token_is_rejected(
    harness: Harness, authorization: str | None, reason: AuthFailure
) -> None:
    assert (await harness.rejection(authorization)).reason is reason
    assert harness.keys.lookups == []


async def test_the_scheme_is_case_insensitive(harness: Harness) -> None:
    assert (await harness.authenticator.authenticate(f"bearer {signed()}")).user == "u-4417"


HEAD = {"alg": "ES256", "typ": "at+jwt", "kid": "es"}


@pytest.mark.parametrize(
    ("forged", "reason"),
    [
        pytest.param(unsigned({**HEAD, "alg": "none"}), AuthFailure.WRONG_ALGORITHM, id="alg none"),
        pytest.param(unsigned({**HEAD, "alg": "None"}), AuthFailure.WRONG_ALGORITHM, id="alg None"),
        pytest.param(unsigned({**HEAD, "alg": "nOnE"}), AuthFailure.WRONG_ALGORITHM, id="alg nOnE"),
        pytest.param(unsigned({**HEAD, "alg": 5}), AuthFailure.WRONG_ALGORITHM, id="alg number"),
        pytest.param(unsigned({**HEAD, "alg": ["ES256"]}), AuthFailure.WRONG_ALGORITHM, id="alg list"),
        pytest.param(unsigned({**HEAD, "alg": "ES512"}, "AA"), AuthFailure.WRONG_ALGORITHM, id="alg of another curve"),
        pytest.param(unsigned({**HEAD, "alg": "RS256"}, "AA"), AuthFailure.WRONG_ALGORITHM, id="alg of another key"),
        pytest.param(unsigned({**HEAD, "alg": "PS256", "kid": "rs"}, "AA"), AuthFailure.WRONG_ALGORITHM, id="PS256"),
        pytest.param(unsigned(HEAD), AuthFailure.BAD_SIGNATURE, id="no signature"),
        pytest.param(unsigned(HEAD, "AAAA"), AuthFailure.BAD_SIGNATURE, id="short signature"),
        pytest.param(unsigned(HEAD, "A" * 86), AuthFailure.BAD_SIGNATURE, id="signature of zeros"),
        pytest.param(unsigned(HEAD, "!!!!"), AuthFailure.BAD_SIGNATURE, id="signature not base64"),
        pytest.param(signed(FORGER), AuthFailure.BAD_SIGNATURE, id="another key of the same kid"),
        pytest.param(signed(header={"kid": "ed"}, algorithm="ES256"), AuthFailure.WRONG_ALGORITHM, id="another's kid"),
        pytest.param(signed(header={"kid": "es2"}), AuthFailure.UNKNOWN_KEY, id="unknown kid"),
        pytest.param(signed(header={"kid": ABSENT}), AuthFailure.UNKNOWN_KEY, id="no kid"),
        pytest.param(unsigned({**HEAD, "kid": 5}, "AA"), AuthFailure.UNKNOWN_KEY, id="kid number"),
        pytest.param(unsigned({**HEAD, "kid": ["es"]}, "AA"), AuthFailure.UNKNOWN_KEY, id="kid list"),
        pytest.param(signed(header={"kid": "../es"}), AuthFailure.UNKNOWN_KEY, id="kid path"),
        pytest.param(signed(header={"typ": ABSENT}), AuthFailure.WRONG_TYPE, id="no typ"),
        pytest.param(signed(header={"typ": "secevent+jwt"}), AuthFailure.WRONG_TYPE, id="another typ"),
        pytest.param(unsigned({**HEAD, "typ": ["JWT"]}, "AA"), AuthFailure.WRONG_TYPE, id="typ list"),
        pytest.param(unsigned({**HEAD, "crit": ["exp"]}, "AA"), AuthFailure.WRONG_TYPE, id="crit"),
        pytest.param(unsigned({**HEAD, "crit": []}, "AA"), AuthFailure.WRONG_TYPE, id="empty crit"),
        pytest.param(unsigned({**HEAD, "b64": False}, "AA"), AuthFailure.MALFORMED, id="b64 without crit"),
        pytest.param(unsigned({**HEAD, "b64": False, "crit": ["b64"]}, "AA"), AuthFailure.WRONG_TYPE, id="b64"),
        pytest.param(
            signed(FORGER, header={"jwk": FORGER.as_dict(private=False)}), AuthFailure.BAD_SIGNATURE, id="jwk"
        ),
        pytest.param(signed(FORGER, header={"jku": "https://evil.example"}), AuthFailure.BAD_SIGNATURE, id="jku"),
        pytest.param(signed(FORGER, header={"x5u": "https://evil.example"}), AuthFailure.BAD_SIGNATURE, id="x5u"),
    ],
)
async def test_a_forged_token_is_rejected(harness: Harness, forged: str, reason: AuthFailure) -> None:
    assert (await harness.rejection(f"Bearer {forged}")).reason is reason


@pytest.mark.parametrize("key", [ES256, RS256], ids=["es", "rs"])
@pytest.mark.parametrize("encoding", ["PEM", "DER"])
async def test_the_public_key_is_not_accepted_as_a_shared_secret(
    harness: Harness, key: ECKey | RSAKey, encoding: Any
) -> None:
    head = {"alg": "HS256", "typ": "at+jwt", "kid": key.kid}
    message = f"{segment(orjson.dumps(head))}.{segment(orjson.dumps(CLAIMS))}"
    secret = key.as_bytes(encoding, private=False)
    forged = f"{message}.{segment(hmac.digest(secret, message.encode(), hashlib.sha256))}"

    assert (await harness.rejection(f"Bearer {forged}")).reason is AuthFailure.WRONG_ALGORITHM


async def test_a_token_with_any_changed_byte_is_rejected(harness: Harness) -> None:
    head, body, signature = signed().split(".")
    promoted = segment(orjson.dumps({**CLAIMS, "role": "records"}))

    assert (await harness.rejection(f"Bearer {head}.{promoted}.{signature}")).reason is AuthFailure.BAD_SIGNATURE
    for cut in range(1, len(signature), 7):
        assert (await harness.rejection(f"Bearer {head}.{body}.{signature[:-cut]}")).reason is AuthFailure.BAD_SIGNATURE


@pytest.mark.parametrize("payload", [b"5", b"[]", b"null", b'"x"', b"{", b"\xff", b'{"exp":NaN}', b"[" * 2000])
async def test_claims_that_are_not_an_object_are_rejected(harness: Harness, payload: bytes) -> None:
    token = jws.serialize_compact({"alg": "ES256", "typ": "JWT", "kid": "es"}, payload, ES256)

    assert (await harness.rejection(f"Bearer {token}")).reason is AuthFailure.MALFORMED


@pytest.mark.parametrize(
    ("claim", "value", "reason"),
    [
        ("iss", "https://evil.example", AuthFailure.WRONG_ISSUER),
        ("iss", ISSUER + "/", AuthFailure.WRONG_ISSUER),
        ("iss", [ISSUER], AuthFailure.WRONG_ISSUER),
        ("iss", ABSENT, AuthFailure.WRONG_ISSUER),
        ("aud", "billing", AuthFailure.WRONG_AUDIENCE),
        ("aud", ["billing"], AuthFailure.WRONG_AUDIENCE),
        ("aud", [["needtoknow"]], AuthFailure.WRONG_AUDIENCE),
        ("aud", {"needtoknow": 1}, AuthFailure.WRONG_AUDIENCE),
        ("aud", "not needtoknow", AuthFailure.WRONG_AUDIENCE),
        ("aud", ABSENT, AuthFailure.WRONG_AUDIENCE),
        ("exp", NOW, AuthFailure.EXPIRED),
        ("exp", NOW - 1, AuthFailure.EXPIRED),
        ("exp", 0, AuthFailure.EXPIRED),
        ("iat", NOW + 31, AuthFailure.NOT_YET),
        ("auth_time", NOW + 31, AuthFailure.NOT_YET),
        ("nbf", NOW + 31, AuthFailure.NOT_YET),
    ],
)
async def test_a_token_of_another_time_issuer_or_audience_is_rejected(
    harness: Harness, claim: str, value: Any, reason: AuthFailure
) -> None:
    assert (await harness.rejection(f"Bearer {signed(**{claim: value})}")).reason is reason


@pytest.mark.parametrize("claim", ["iat", "auth_time", "nbf"])
async def test_an_issuers_clock_may_be_30_seconds_ahead(harness: Harness, claim: str) -> None:
    ahead: dict[str, Any] = {claim: NOW + 30}

    assert (await harness.authenticate(signed(**ahead))).user == "u-4417"


async def test_a_token_of_another_issuer_with_the_same_key_is_rejected(harness: Harness) -> None:
    other = Authenticator(harness.keys, TokenRules("https://other", "needtoknow", 1), clock=harness.clock)

    with pytest.raises(Unauthenticated):
        await other.authenticate(f"Bearer {signed()}")


async def test_a_configured_server_accepts_its_issuer_and_not_the_demo(tmp_path: Path) -> None:
    jwks = tmp_path / "jwks.json"
    jwks.write_bytes(orjson.dumps({"keys": [ES256.as_dict(private=False)]}))
    now = int(time.time())
    token = signed(iat=now, exp=now + 60, auth_time=now)

    async with open_authenticator(Settings.of(data=tmp_path, issuer=ISSUER, jwks=str(jwks))) as harness:
        assert (await harness.authenticate(f"Bearer {token}")).user == "u-4417"
        with pytest.raises(Unauthenticated) as rejected:
            await harness.authenticate(f"Bearer {DemoIssuer.open(tmp_path).token(Role.RECORDS)}")

    assert rejected.value.reason is AuthFailure.UNKNOWN_KEY
