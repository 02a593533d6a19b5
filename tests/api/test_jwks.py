"""Where the issuer's keys come from, what is no set of keys, and what happens when they are changed."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from api.auth.jwks import InvalidJwks, parse_jwks
from api.auth.key_providers import JWKS_LIMIT_BYTES, REFRESH_S, FileKeys, RemoteKeys, open_keys
from api.config.settings import AuthSettings

URL = httpx.URL("https://user:s3cret@id.county.example/jwks")
FIRST = ECKey.generate_key("P-256", {"kid": "first"})
SECOND = ECKey.generate_key("P-256", {"kid": "second"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
RSA = RSAKey.generate_key(2048, {"kid": "rs"})


def public(key: Key, **members: Any) -> dict[str, Any]:
    return {**key.as_dict(private=False), **members}


def jwks(*members: Any) -> bytes:
    return orjson.dumps({"keys": list(members)})


def test_a_key_says_which_algorithm_a_token_must_have() -> None:
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
def test_a_key_for_something_else_is_passed_over(member: dict[str, Any]) -> None:
    assert parse_jwks(jwks(member, public(FIRST)), "test").keys() == {"first"}


@pytest.mark.parametrize(
    ("text", "complaint"),
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
def test_what_is_no_set_of_public_keys_is_refused_in_one_line(text: bytes, complaint: str) -> None:
    with pytest.raises(InvalidJwks, match=complaint) as wrong:
        parse_jwks(text, "jwks.json")

    assert str(wrong.value).startswith("jwks.json")
    assert "\n" not in str(wrong.value)


def test_a_private_key_is_not_repeated_in_the_complaint() -> None:
    secret = FIRST.as_dict(private=True)

    with pytest.raises(InvalidJwks) as wrong:
        parse_jwks(jwks(secret), "test")

    assert str(secret["d"]) not in str(wrong.value)


def test_an_rsa_key_of_1024_bits_is_refused() -> None:
    # A modulus by hand, because joserfc warns when it makes a key so short.
    modulus = base64.urlsafe_b64encode(b"\xff" * 128).rstrip(b"=").decode()

    with pytest.raises(InvalidJwks, match="key 1 is an RSA key of fewer than 2048 bits"):
        parse_jwks(jwks({"kty": "RSA", "n": modulus, "e": "AQAB", "kid": "short"}), "test")


async def test_a_rotated_file_is_read_when_it_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_bytes(jwks(public(FIRST)))
    keys = FileKeys(file)
    assert await keys.find("second") is None

    replace(file, jwks(public(SECOND)))

    assert await keys.find("second") is not None
    assert await keys.find("first") is None


@pytest.mark.parametrize("broken", [b'{"keys": [', jwks(), jwks(SECOND.as_dict(private=True)), None])
async def test_a_file_gone_bad_changes_nothing_until_it_is_good_again(
    tmp_path: Path, broken: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "jwks.json"
    file.write_bytes(jwks(public(FIRST)))
    keys = FileKeys(file)

    if broken is None:
        file.unlink()
    else:
        replace(file, broken)
    assert await keys.find("first") is not None
    assert "The previous keys stay in use" in caplog.text

    replace(file, jwks(public(SECOND)))
    assert await keys.find("second") is not None


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidJwks, match="cannot be read"):
        FileKeys(tmp_path / name)


def replace(file: Path, content: bytes) -> None:
    draft = file.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(file)


@dataclass
class Issuer:
    """The issuer's address: what it answers, and how often it was asked."""

    answer: Callable[[], httpx.Response]
    asked: int = 0
    now: float = 1_000.0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        await self.gate.wait()
        return self.answer()

    def publish(self, *keys: Key) -> None:
        self.answer = lambda: httpx.Response(200, content=jwks(*(public(key) for key in keys)))

    def fail(self, status: int = 500) -> None:
        self.answer = lambda: httpx.Response(status)

    @asynccontextmanager
    async def keys(self, timeout_s: float = 5) -> AsyncIterator[RemoteKeys]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(self)) as client:
            keys = RemoteKeys(URL, client, timeout_s=timeout_s, interval_s=60, clock=lambda: self.now)
            await keys.start()
            yield keys


@pytest.fixture
def issuer() -> Issuer:
    return Issuer(lambda: httpx.Response(200, content=jwks(public(FIRST))))


async def test_a_new_kid_is_fetched_once_in_an_interval_whoever_asks(issuer: Issuer) -> None:
    async with issuer.keys() as keys:
        issuer.publish(FIRST, SECOND)
        assert await keys.find("second") is None
        assert issuer.asked == 1

        issuer.now += 60
        assert await keys.find("second") is not None
        for number in range(100):
            assert await keys.find(f"made-up-{number}") is None
        assert issuer.asked == 2


async def test_those_who_wait_for_the_same_new_key_share_one_fetch(issuer: Issuer) -> None:
    async with issuer.keys() as keys:
        issuer.publish(SECOND)
        issuer.now += 60
        issuer.gate.clear()
        waiting = [asyncio.create_task(keys.find("second")) for _ in range(5)]
        while issuer.asked < 2:
            await asyncio.sleep(0)
        assert await keys.find("first") is not None  # who has a key waits for nobody
        issuer.gate.set()

        assert [key is not None for key in await asyncio.gather(*waiting)] == [True] * 5
        assert issuer.asked == 2


async def test_a_key_that_its_issuer_took_away_stops_working(issuer: Issuer) -> None:
    async with issuer.keys() as keys:
        issuer.publish(SECOND)
        issuer.now += REFRESH_S - 1
        assert await keys.find("first") is not None

        issuer.now += 1
        assert await keys.find("first") is None


async def test_the_last_good_keys_stay_while_the_issuer_is_down(
    issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    async with issuer.keys() as keys:
        issuer.fail()
        issuer.now += REFRESH_S

        assert await keys.find("first") is not None
        assert "The previous keys stay in use" in caplog.text
        assert "s3cret" not in caplog.text


def hang_up() -> httpx.Response:
    raise httpx.ConnectError("refused, user:s3cret")


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (hang_up, "could not be fetched"),
        (lambda: httpx.Response(500), "status 500"),
        (lambda: httpx.Response(302, headers={"Location": "https://evil.example"}), "status 302"),
        (lambda: httpx.Response(200, content=b"<html>"), "is not a JWKS"),
        (lambda: httpx.Response(200, content=b" " * (JWKS_LIMIT_BYTES + 1)), "longer than"),
    ],
)
async def test_an_address_without_keys_is_a_start_up_error_that_hides_the_password(
    answer: Callable[[], httpx.Response], complaint: str
) -> None:
    with pytest.raises(InvalidJwks, match=complaint) as wrong:
        async with Issuer(answer).keys():
            pass

    assert "id.county.example" in str(wrong.value)
    assert "s3cret" not in str(wrong.value)


async def test_an_issuer_that_never_answers_is_given_up(issuer: Issuer) -> None:
    issuer.gate.clear()

    with pytest.raises(InvalidJwks, match="could not be fetched"):
        async with issuer.keys(timeout_s=0.01):
            pass


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({}, "set NEEDTOKNOW_ISSUER and NEEDTOKNOW_JWKS, or"),
        ({"issuer": "x"}, "set NEEDTOKNOW_JWKS, or"),
        ({"jwks": "x"}, "set NEEDTOKNOW_ISSUER, or"),
        ({"issuer": "x", "jwks": "absent.json"}, "cannot be read"),
        (
            {"issuer": "x", "jwks": "http://id.county.example/jwks"},
            "a file, an https URL, or an http URL on this machine",
        ),
        (
            {"issuer": "x", "jwks": "ftp://id.county.example/jwks"},
            "a file, an https URL, or an http URL on this machine",
        ),
        (
            {"issuer": "x", "jwks": "https://id.county.example:port/jwks"},
            "a file, an https URL, or an http URL on this machine",
        ),
        ({"issuer": "x", "jwks": "https://"}, "must be a file, an https URL, or"),
        ({"issuer": "x", "jwks": "http://127.0.0.1:1/jwks"}, "could not be fetched"),
    ],
)
async def test_settings_that_lead_to_no_keys_do_not_start(settings: dict[str, str], complaint: str) -> None:
    with pytest.raises(InvalidJwks, match=complaint):
        async with open_keys(AuthSettings(**settings)):  # type: ignore[arg-type]
            pass


async def test_keys_come_over_a_real_connection() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = jwks(public(FIRST))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with open_keys(AuthSettings(issuer="x", jwks=f"http://127.0.0.1:{port}/jwks")) as keys:
            assert await keys.find("first") is not None
