"""JWKS URL: why keys could not be fetched, in one line, from real connections."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from api.auth.jwks import MAX_BYTES, InvalidJwks
from api.auth.key_providers import open_keys
from api.config.auth_settings import AuthSettings
from tests.api.public_keys import FIRST, SECOND, jwks, public
from tests.tls_files import Authority


@contextmanager
def listening(answer: bytes, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that sends these bytes on each connection, once it has read a request, and closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):  # once the listener is closed
                while True:
                    connection, _ = listener.accept()
                    with connection, suppress(OSError):
                        stream = connection if tls is None else tls.wrap_socket(connection, server_side=True)
                        with stream:
                            stream.recv(65_536)
                            stream.sendall(answer)

        thread = Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """An answer of HTTP with this body."""
    head = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers)
    return "\r\n".join((*head, "", "")).encode() + body


def tls(authority: Authority, address: str = "127.0.0.1") -> ssl.SSLContext:
    pair = authority.pair("issuer", address)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    return context


async def refusal(url: str, **settings: object) -> str:
    """Why keys of this URL cannot be used. It has a password and a query, which no message repeats."""
    scheme, _, rest = url.partition("://")
    settings = {"issuer": "x", "jwks": f"{scheme}://user:s3cret@{rest}?key=s3cret", **settings}
    with pytest.raises(InvalidJwks) as error:
        async with open_keys(AuthSettings(**settings)):  # type: ignore[arg-type]
            pass
    message = str(error.value)
    assert "s3cret" not in message
    assert "\n" not in message
    return message


KEYS = jwks(public(FIRST))


async def test_a_certificate_of_a_private_authority_is_trusted_if_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, other = Authority(tmp_path, "authority"), Authority(tmp_path, "other")
    with listening(http(KEYS), tls(authority)) as port:
        url = f"https://127.0.0.1:{port}/jwks"
        untrusted = await refusal(url)
        of_another = await refusal(url, jwks_ca=str(other.certificate))
        async with open_keys(AuthSettings(issuer="x", jwks=url, jwks_ca=str(authority.certificate))) as keys:
            assert await keys.find("first") is not None
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
        async with open_keys(AuthSettings(issuer="x", jwks=url)) as keys:
            assert await keys.find("first") is not None

    assert untrusted == of_another
    assert untrusted == (
        "The JWKS of 127.0.0.1 could not be fetched: its certificate is not trusted (unable to get local issuer "
        "certificate); NEEDTOKNOW_JWKS_CA must name a certificate authority of your own."
    )


async def test_a_certificate_of_another_host_is_not_trusted(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "authority")
    with listening(http(KEYS), tls(authority, "127.0.0.2")) as port:
        message = await refusal(f"https://127.0.0.1:{port}/jwks", jwks_ca=str(authority.certificate))

    why = "its certificate is not trusted (IP address mismatch, certificate is not valid for '127.0.0.1')"
    assert message == f"The JWKS of 127.0.0.1 could not be fetched: {why}."


async def test_a_refused_connection_is_named() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        message = await refusal(f"http://127.0.0.1:{bound.getsockname()[1]}/jwks")

    assert message == "The JWKS of 127.0.0.1 could not be fetched: the connection was refused."


async def test_a_host_that_has_no_address_is_named() -> None:
    message = await refusal("https://id.invalid/jwks")

    assert message == "The JWKS of id.invalid could not be fetched: its host name cannot be resolved."


async def test_a_port_that_speaks_no_tls_is_named() -> None:
    with listening(http(KEYS)) as port:
        message = await refusal(f"https://127.0.0.1:{port}/jwks")

    assert message.startswith("The JWKS of 127.0.0.1 could not be fetched: TLS failed (")
    assert message.endswith("); its port may not speak https.")


async def test_an_answer_that_is_no_http_is_named() -> None:
    with listening(b"SSH-2.0-OpenSSH_9.9\r\n") as port:
        message = await refusal(f"http://127.0.0.1:{port}/jwks")

    assert message == "The JWKS of 127.0.0.1 could not be fetched: its answer is not HTTP."


async def test_an_answer_that_does_not_come_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        message = await refusal(f"http://127.0.0.1:{listener.getsockname()[1]}/jwks", jwks_timeout_s=0.1)

    assert message == "The JWKS of 127.0.0.1 could not be fetched: it did not answer within 0.1 s."


async def test_a_connection_that_is_closed_without_an_answer_is_named() -> None:
    with listening(b"") as port:
        message = await refusal(f"http://127.0.0.1:{port}/jwks")

    assert message == "The JWKS of 127.0.0.1 could not be fetched: its answer is not HTTP."


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (http(b"", "404 Not Found"), " could not be fetched: status 404."),
        (
            http(b"", "302 Found", "Location: https://evil.example/s3cret"),
            " could not be fetched: status 302; a redirect is not followed.",
        ),
        (http(b"<html>"), ' is not a JWKS: a JSON object with a list of keys under "keys".'),
        (http(b" " * (MAX_BYTES + 1)), " is longer than 262144 bytes."),
        (http(KEYS, "200 OK", "Content-Encoding: br"), " is compressed, although that was not accepted."),
        (
            http(jwks(public(FIRST, kid=5), public(SECOND, kid=5))),
            " has no key with a kid for ES256, EdDSA or RS256 signatures: key 1 has no kid, key 2 has no kid.",
        ),
    ],
    ids=["404", "redirect", "no JSON", "too large", "compressed", "no usable key"],
)
async def test_an_answer_that_cannot_be_used_says_why(answer: bytes, why: str) -> None:
    with listening(answer) as port:
        assert await refusal(f"http://127.0.0.1:{port}/jwks") == f"The JWKS of 127.0.0.1{why}"


@pytest.mark.parametrize("content", [b"", b"\n", b"no certificate", b"-----BEGIN CERTIFICATE-----", b"\xff"])
async def test_an_authority_without_a_certificate_is_an_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "authority.pem"
    file.write_bytes(content)

    message = await refusal("https://127.0.0.1:1/jwks", jwks_ca=str(file))

    assert message == f"NEEDTOKNOW_JWKS_CA: {file} has no certificate in PEM."


async def test_an_authority_for_a_file_of_keys_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidJwks, match=r"^NEEDTOKNOW_JWKS_CA is for an https URL, and NEEDTOKNOW_JWKS is a file\.$"):
        async with open_keys(AuthSettings(issuer="x", jwks="keys.json", jwks_ca="ca.pem")):
            pass
