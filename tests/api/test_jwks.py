"""JWKS parsing, and keys from files and URLs that change or fail."""

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
from api.auth.key_providers import JWKS_LIMIT_BYTES, REFRESH_S, FileKeys, RemoteKeys, fetch_jwks, open_keys
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


async def test_a_rotated_file_is_reloaded(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_bytes(jwks(public(FIRST)))
    keys = FileKeys(file)
    assert await keys.find("second") is None

    replace(file, jwks(public(SECOND)))

    assert await keys.find("second") is not None
    assert await keys.find("first") is None


@pytest.mark.parametrize("broken", [b'{"keys": [', jwks(), jwks(SECOND.as_dict(private=True)), None])
async def test_an_invalid_file_is_ignored_until_it_is_valid_again(
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
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidJwks, match="cannot be read"):
        FileKeys(tmp_path / name)


def replace(file: Path, content: bytes) -> None:
    draft = file.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(file)


@dataclass
class Issuer:
    """The issuer's JWKS URL: its response, and how often it was fetched."""

    answer: Callable[[], httpx.Response]
    fetches: int = 0
    now: float = 1_000.0
    unblocked: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.unblocked.set()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.fetches += 1
        await self.unblocked.wait()
        return self.answer()

    def publish(self, *keys: Key) -> None:
        self.answer = lambda: httpx.Response(200, content=jwks(*(public(key) for key in keys)))

    def fail(self, status: int = 500) -> None:
        self.answer = lambda: httpx.Response(status)

    @asynccontextmanager
    async def keys(self, timeout_s: float = 5) -> AsyncIterator[RemoteKeys]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(self)) as client:
            keys = await fetch_jwks(URL, client, timeout_s)
            yield RemoteKeys(URL, client, keys, timeout_s=timeout_s, interval_s=60, clock=lambda: self.now)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer(lambda: httpx.Response(200, content=jwks(public(FIRST))))


async def test_an_unknown_kid_is_fetched_at_most_once_per_interval(issuer: Issuer) -> None:
    async with issuer.keys() as keys:
        issuer.publish(FIRST, SECOND)
        assert await keys.find("second") is None
        assert issuer.fetches == 1

        issuer.now += 60
        assert await keys.find("second") is not None
        for number in range(100):
            assert await keys.find(f"made-up-{number}") is None
        assert issuer.fetches == 2


async def test_concurrent_requests_for_a_new_key_share_one_fetch(issuer: Issuer) -> None:
    async with issuer.keys() as keys:
        issuer.publish(SECOND)
        issuer.now += 60
        issuer.unblocked.clear()
        waiting = [asyncio.create_task(keys.find("second")) for _ in range(5)]
        while issuer.fetches < 2:
            await asyncio.sleep(0)
        assert await keys.find("first") is not None  # a known key does not wait for the fetch
        issuer.unblocked.set()

        assert [key is not None for key in await asyncio.gather(*waiting)] == [True] * 5
        assert issuer.fetches == 2


async def test_a_withdrawn_key_stops_working(issuer: Issuer) -> None:
    async with issuer.keys() as keys:
        issuer.publish(SECOND)
        issuer.now += REFRESH_S - 1
        assert await keys.find("first") is not None

        issuer.now += 1
        assert await keys.find("first") is None


async def test_the_previous_keys_stay_in_use_while_the_issuer_is_down(
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
    ("answer", "message"),
    [
        (hang_up, "could not be fetched"),
        (lambda: httpx.Response(500), "status 500"),
        (lambda: httpx.Response(302, headers={"Location": "https://evil.example"}), "status 302"),
        (lambda: httpx.Response(200, content=b"<html>"), "is not a JWKS"),
        (lambda: httpx.Response(200, content=b" " * (JWKS_LIMIT_BYTES + 1)), "longer than"),
    ],
)
async def test_a_url_without_keys_is_an_error_without_its_password(
    answer: Callable[[], httpx.Response], message: str
) -> None:
    with pytest.raises(InvalidJwks, match=message) as error:
        async with Issuer(answer).keys():
            pass

    assert "id.county.example" in str(error.value)
    assert "s3cret" not in str(error.value)


async def test_a_fetch_that_never_ends_times_out(issuer: Issuer) -> None:
    issuer.unblocked.clear()

    with pytest.raises(InvalidJwks, match="could not be fetched"):
        async with issuer.keys(timeout_s=0.01):
            pass


@pytest.mark.parametrize(
    ("settings", "message"),
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
async def test_settings_without_usable_keys_are_an_error(settings: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidJwks, match=message):
        async with open_keys(AuthSettings(**settings)):  # type: ignore[arg-type]
            pass


async def test_keys_are_fetched_over_a_real_connection() -> None:
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
