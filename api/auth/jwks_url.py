"""JWKS URL: the issuer's keys over HTTP, and why they could not be fetched.

Errors name the host only, because a URL may contain a password.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx

from api.auth.jwks import MAX_BYTES, InvalidJwks, KeySet, parse_jwks
from api.config.setting import variable
from filesystem.regular_file import read_bounded
from sources.loopback import is_loopback

NO_TIMEOUT = httpx.Timeout(None)  # a fetch has one as a whole
UNKNOWN_AUTHORITY = frozenset({18, 19, 20, 21})
"""Codes of OpenSSL for a certificate of an authority that is not known, or of none."""
UNCOMPRESSED = {"Accept-Encoding": "identity"}


def parse_url(text: str) -> httpx.URL:
    """The URL of a JWKS. Raises: InvalidJwks."""
    try:
        url = httpx.URL(text)
        host = url.host
    except (httpx.InvalidURL, UnicodeError):
        host = ""
    # Over plain http an attacker on the network could substitute a key; on this machine there is no network.
    if not host or (url.scheme != "https" and not (url.scheme == "http" and is_loopback(host))):
        raise InvalidJwks(f"{variable('jwks')} must be a file, an https URL, or an http URL on this machine.")
    return url


def open_client(authority: str) -> httpx.AsyncClient:
    """A client that trusts the certificate authorities in this file; "": those that are trusted by default.

    Raises: InvalidJwks.
    """
    if authority:
        return httpx.AsyncClient(verify=_trusting(Path(authority)), timeout=NO_TIMEOUT)
    try:
        return httpx.AsyncClient(timeout=NO_TIMEOUT)
    except (OSError, ValueError):
        raise InvalidJwks("SSL_CERT_FILE, SSL_CERT_DIR or a proxy variable of this environment is invalid.") from None


def _trusting(file: Path) -> ssl.SSLContext:
    try:
        # Without certificates, the context would trust those that are trusted by default.
        certificates = read_bounded(file, MAX_BYTES) or b"none"
        return ssl.create_default_context(cadata=certificates.decode("ascii"))
    except (ssl.SSLError, ValueError):
        raise InvalidJwks(f"{variable('jwks_ca')}: {file} has no certificate in PEM.") from None
    except OSError as error:
        raise InvalidJwks(f"{variable('jwks_ca')}: {file} cannot be read: {error.strerror}.") from None


async def fetch_jwks(url: httpx.URL, client: httpx.AsyncClient, timeout_s: float) -> KeySet:
    """The keys at a URL. Raises: InvalidJwks."""
    origin = f"The JWKS of {url.host}"
    try:
        async with asyncio.timeout(timeout_s), client.stream("GET", url, headers=UNCOMPRESSED) as response:
            if response.status_code != 200:
                hint = "; a redirect is not followed" if response.is_redirect else ""
                raise InvalidJwks(f"{origin} could not be fetched: status {response.status_code}{hint}.")
            # A compressed body could be a thousand times as long as it is on the wire.
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise InvalidJwks(f"{origin} is compressed, although that was not accepted.")
            text = bytearray()
            async for part in response.aiter_bytes():
                text += part
                if len(text) > MAX_BYTES:
                    raise InvalidJwks(f"{origin} is longer than {MAX_BYTES} bytes.")
    except (httpx.HTTPError, TimeoutError, OSError) as error:
        raise InvalidJwks(f"{origin} could not be fetched: {cause(error, timeout_s)}.") from None
    return parse_jwks(bytes(text), origin)


def cause(error: BaseException, timeout_s: float) -> str:
    """Why a request failed. A library wraps the exception that says it in others."""
    for each in _wrapped(error):
        match each:
            case ssl.SSLCertVerificationError():
                is_unknown = each.verify_code in UNKNOWN_AUTHORITY
                hint = f"; {variable('jwks_ca')} must name a certificate authority of your own" if is_unknown else ""
                return f"its certificate is not trusted ({each.verify_message.rstrip('.')}){hint}"
            case ssl.SSLError():
                return f"TLS failed ({each.reason or type(each).__name__}); its port may not speak https"
            case socket.gaierror():
                return "its host name cannot be resolved"
            case ConnectionRefusedError():
                return "the connection was refused"
            case TimeoutError() | httpx.TimeoutException():
                return f"it did not answer within {timeout_s:g} s"
            case httpx.ProxyError():
                return "the proxy of this environment does not pass it on"
            case httpx.RemoteProtocolError():
                return "its answer is not HTTP"
            case OSError() if each.strerror:
                return each.strerror.lower()
    return "the connection was lost"


def _wrapped(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and those that led to it, the innermost first."""
    if error is None:
        return
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _wrapped(each)
    yield from _wrapped(error.__cause__ or error.__context__)
    yield error
