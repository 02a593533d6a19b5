"""The issuer's public keys, from a JWKS file or a JWKS address. Knows nothing of claims or callers.

Without keys the server does not start: KeysWrong. Once it runs, a set that has gone bad or away never
takes the place of a good one: the last good keys stay, and the log says so.
"""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx
import orjson
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from api.config.loopback import is_loopback
from api.config.reloaded_file import ReloadedFile
from api.config.settings import AuthSettings

log = logging.getLogger("needtoknow.keys")

# Of a private key of any kind, and `k` of a shared secret.
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
RSA_BITS = 2_048
JWKS_LIMIT_BYTES = 262_144
# A key that its issuer takes away stops working within this time, even if no new key is ever used.
REFRESH_S = 600
STILL = "The keys of before stay in use."


class InvalidJwks(Exception):
    """The keys cannot be used. The message says whence they are and what is wrong, and holds none of them."""


class OurAlgorithms(jws.JWSRegistry):
    """joserfc's algorithms without its warning about the name EdDSA; `PublicKey` says which of them are ours."""

    def get_alg(self, name: str) -> JWSAlgModel:
        return self.algorithms[name]


OUR_ALGORITHMS = OurAlgorithms(strict_check_header=False)


@dataclass(frozen=True, slots=True)
class PublicKey:
    kid: str
    algorithms: frozenset[str]
    key: Key

    def signed(self, token: jws.CompactSignature) -> bool:
        """Whether this key made the token's signature; never by an algorithm that is not the key's."""
        if token.headers()["alg"] not in self.algorithms:
            return False
        try:
            return jws.validate_compact(token, self.key, registry=OUR_ALGORITHMS)
        except (JoseError, ValueError):
            return False


KeySet = Mapping[str, PublicKey]


class KeyProvider(Protocol):
    async def find(self, kid: str) -> PublicKey | None:
        """The issuer's key of that id, if it has one now."""
        ...


def read(text: bytes, origin: str) -> KeySet:
    """The keys of a JWKS that we can check signatures with, by kid; keys for other uses are passed over.

    Raises: KeysWrong for what is no JWKS, a private key or shared secret, two keys of one kid, no key at all.
    """
    try:
        members = orjson.loads(text)["keys"]
        if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
            raise TypeError
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise InvalidJwks(f'{origin} is not a JWKS: a JSON object with a list of keys under "keys".') from None
    found: dict[str, PublicKey] = {}
    for place, member in enumerate(members, start=1):
        if PRIVATE_MEMBERS & member.keys():
            raise InvalidJwks(
                f"{origin}: key {place} is private. Whoever has it can sign in as anyone: make a new one."
            )
        key = public_key(member, f"{origin}: key {place}")
        if key is None:
            continue
        if key.kid in found:
            raise InvalidJwks(f"{origin}: key {place} has the kid of another key.")
        found[key.kid] = key
    if not found:
        raise InvalidJwks(f"{origin} has no key with a kid to check signatures with, by ES256, EdDSA or RS256.")
    return found


def public_key(member: Mapping[str, Any], origin: str) -> PublicKey | None:
    """The key and what its tokens must be signed with; None if it is for something else than ours."""
    match member:
        case {"kty": "EC", "crv": "P-256", "kid": str(kid)}:
            kind: type[ECKey | OKPKey | RSAKey] = ECKey
            algorithms = {"ES256"}
        case {"kty": "OKP", "crv": "Ed25519", "kid": str(kid)}:
            kind = OKPKey
            # RFC 9864 calls Ed25519 what was EdDSA; issuers say either.
            algorithms = {"EdDSA", "Ed25519"}
        case {"kty": "RSA", "kid": str(kid)}:
            kind = RSAKey
            algorithms = {"RS256"}
        case _:
            return None
    algorithms = {name for name in algorithms if member.get("alg", name) == name}
    operations = member.get("key_ops", ["verify"])
    is_for_signatures = isinstance(operations, list) and "verify" in operations
    if not algorithms or not is_for_signatures or member.get("use", "sig") != "sig":
        return None
    key = whole_key(kind, member, origin)
    if isinstance(key, RSAKey) and key.public_key.key_size < RSA_BITS:
        raise InvalidJwks(f"{origin} is an RSA key of fewer than {RSA_BITS} bits.")
    return PublicKey(kid, frozenset(algorithms), key)


def whole_key(kind: type[ECKey | OKPKey | RSAKey], member: Mapping[str, Any], origin: str) -> Key:
    # Without the members that were judged already, and that joserfc would judge by its own lights.
    parts = {name: member[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in member}
    try:
        with warnings.catch_warnings():
            # A short RSA key is refused by us; to joserfc it is a warning.
            warnings.simplefilter("ignore", SecurityWarning)
            return kind.import_key(parts)
    except (JoseError, ValueError, TypeError, KeyError):
        raise InvalidJwks(f"{origin} is not a whole {member['kty']} key.") from None


class StaticKeys:
    """Keys that stay as they are."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    async def find(self, kid: str) -> PublicKey | None:
        return self._keys.get(kid)


class FileKeys:
    """Keys in a file, read again when the file has changed."""

    def __init__(self, path: Path) -> None:
        self._file = ReloadedFile(path, self._read, wrong=InvalidJwks, still=STILL)

    async def find(self, kid: str) -> PublicKey | None:
        return self._file.now().get(kid)

    @staticmethod
    def _read(path: Path) -> KeySet:
        try:
            return read(path.read_bytes(), str(path))
        except OSError:
            raise InvalidJwks(f"{path} cannot be read.") from None


class RemoteKeys:
    """Keys at an address, fetched again for a kid that is not among them, once in an interval at the most."""

    def __init__(
        self,
        url: httpx.URL,
        client: httpx.AsyncClient,
        *,
        timeout_s: float,
        interval_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._client = client
        self._timeout_s = timeout_s
        self._interval_s = interval_s
        self._clock = clock
        self._asked_at = float("-inf")
        self._keys: KeySet = {}
        self._fetching = asyncio.Lock()

    async def start(self) -> None:
        self._asked_at = self._clock()
        self._keys = await self._fetch()

    async def find(self, kid: str) -> PublicKey | None:
        if self._is_due(kid):
            async with self._fetching:
                # Of those who waited here for the first one's fetch, none asks again.
                if self._is_due(kid):
                    self._asked_at = self._clock()
                    try:
                        self._keys = await self._fetch()
                    except InvalidJwks as wrong:
                        log.warning("%s %s", STILL, wrong)
        elif kid not in self._keys and self._fetching.locked():
            async with self._fetching:
                pass
        return self._keys.get(kid)

    def _is_due(self, kid: str) -> bool:
        return self._clock() - self._asked_at >= (REFRESH_S if kid in self._keys else self._interval_s)

    async def _fetch(self) -> KeySet:
        # The host only: an address may hold a password.
        origin = f"The JWKS of {self._url.host}"
        try:
            async with asyncio.timeout(self._timeout_s), self._client.stream("GET", self._url) as reply:
                if reply.status_code != 200:
                    raise InvalidJwks(f"{origin} could not be fetched: status {reply.status_code}.")
                text = bytearray()
                async for part in reply.aiter_bytes():
                    text += part
                    if len(text) > JWKS_LIMIT_BYTES:
                        raise InvalidJwks(f"{origin} is longer than {JWKS_LIMIT_BYTES} bytes.")
        except (httpx.HTTPError, TimeoutError):
            raise InvalidJwks(f"{origin} could not be fetched.") from None
        return read(bytes(text), origin)


@asynccontextmanager
async def open_keys(settings: AuthSettings) -> AsyncIterator[KeyProvider]:
    """The keys that the settings name, for as long as the server runs.

    Raises: KeysWrong.
    """
    if not settings.issuer or not settings.jwks:
        raise InvalidJwks("Nobody can sign in: set NEEDTOKNOW_ISSUER and NEEDTOKNOW_JWKS, or try it out with --demo.")
    if "://" not in settings.jwks:
        yield FileKeys(Path(settings.jwks))
        return
    try:
        url = httpx.URL(settings.jwks)
    except httpx.InvalidURL:
        url = httpx.URL("")
    # Over plain http, whoever sits on the way could put in a key of their own.
    if not url.host or (url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host))):
        raise InvalidJwks("NEEDTOKNOW_JWKS must be a file or an https address.")
    async with httpx.AsyncClient() as client:
        keys = RemoteKeys(url, client, timeout_s=settings.jwks_timeout_s, interval_s=settings.jwks_interval_s)
        await keys.start()
        yield keys
