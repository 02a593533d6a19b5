"""Key providers: keys from files and URLs that change or fail."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import Key

from api.auth.jwks import MAX_BYTES, InvalidJwks
from api.auth.jwks_url import fetch_jwks
from api.auth.key_providers import REFRESH_S, RemoteKeys, file_keys, open_keys
from api.config.auth_settings import AuthSettings
from tests.api.public_keys import FIRST, SECOND, URL, jwks, public


async def test_a_rotated_file_is_reloaded(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_bytes(jwks(public(FIRST)))
    keys = file_keys(file)
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
    keys = file_keys(file)

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
        file_keys(tmp_path / name)


def replace(file: Path, content: bytes) -> None:
    draft = file.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(file)


@dataclass
class Issuer:
    """The issuer's JWKS URL: its response, and how often it was fetched."""

    respond: Callable[[], httpx.Response]
    fetches: int = 0
    now: float = 1_000.0
    unblocked: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.unblocked.set()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.fetches += 1
        await self.unblocked.wait()
        return self.respond()

    def publish(self, *keys: Key) -> None:
        self.respond = lambda: httpx.Response(200, content=jwks(*(public(key) for key in keys)))

    def fail(self, status: int = 500) -> None:
        self.respond = lambda: httpx.Response(status)

    @asynccontextmanager
    async def keys(self, timeout_s: float = 5) -> AsyncIterator[RemoteKeys]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(self)) as client:
            fetch = partial(fetch_jwks, URL, client, timeout_s)
            yield RemoteKeys(await fetch(), fetch, interval_s=60, clock=lambda: self.now)


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


BOMB = gzip.compress(bytes(1 << 24))


def hang_up() -> httpx.Response:
    raise httpx.ConnectError("refused, user:s3cret")


@pytest.mark.parametrize(
    ("respond", "message"),
    [
        (hang_up, "could not be fetched"),
        (lambda: httpx.Response(500), "status 500"),
        (lambda: httpx.Response(302, headers={"Location": "https://evil.example"}), "status 302"),
        (lambda: httpx.Response(200, content=b"<html>"), "is not a JWKS"),
        (lambda: httpx.Response(200, content=b" " * (MAX_BYTES + 1)), "longer than"),
        (lambda: httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=BOMB), "is compressed"),
    ],
)
async def test_a_url_without_keys_is_an_error_without_its_password(
    respond: Callable[[], httpx.Response], message: str
) -> None:
    with pytest.raises(InvalidJwks, match=message) as error:
        async with Issuer(respond).keys():
            pass

    assert "id.county.example" in str(error.value)
    assert "s3cret" not in str(error.value)


async def test_a_fetch_that_never_ends_times_out(issuer: Issuer) -> None:
    issuer.unblocked.clear()

    with pytest.raises(InvalidJwks, match=r"could not be fetched: it did not answer within 0\.01 s\.$"):
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
        ({"issuer": "x", "jwks": "https://xn--/"}, "must be a file, an https URL, or"),
        ({"issuer": "x", "jwks": "http://127.0.0.1:1/jwks"}, "could not be fetched"),
        ({"issuer": "x", "jwks": f"https://{'a' * 300}.example/jwks"}, "could not be fetched"),
    ],
)
async def test_settings_without_usable_keys_are_an_error(settings: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidJwks, match=message):
        async with open_keys(AuthSettings(**settings)):  # type: ignore[arg-type]
            pass


async def test_certificates_that_cannot_be_read_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))

    with pytest.raises(InvalidJwks, match="SSL_CERT_FILE, SSL_CERT_DIR or a proxy variable"):
        async with open_keys(AuthSettings(issuer="x", jwks="https://127.0.0.1:1/jwks")):
            pass


async def test_keys_are_fetched_over_a_real_connection() -> None:
    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = jwks(public(FIRST))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(respond, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with open_keys(AuthSettings(issuer="x", jwks=f"http://127.0.0.1:{port}/jwks")) as keys:
            assert await keys.find("first") is not None
