"""Key providers: the issuer's keys from memory, a JWKS file or a JWKS URL.

Without usable keys the server does not start. Later an invalid or unreachable key set is ignored: the previous keys
stay in use, and the log says so.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from api.auth.jwks import MAX_BYTES, InvalidJwks, KeySet, PublicKey, parse_jwks
from api.auth.jwks_url import fetch_jwks, open_client, parse_url
from api.config.auth_settings import AuthSettings
from api.config.reloaded_file import ReloadedFile
from api.config.setting import variable
from filesystem.regular_file import read_bounded

log = logging.getLogger("needtoknow.keys")

REFRESH_S = 600
"""Age at which a key set is fetched again even if no new kid is used, so that a withdrawn key stops working."""

ON_ERROR = "The previous keys stay in use."


class KeyProvider(Protocol):
    async def find(self, kid: str) -> PublicKey | None:
        """The issuer's key with that kid, if it has one now."""
        ...

    def is_current(self, key: PublicKey) -> bool:
        """Whether this very key, which `find` returned, is one of the known keys; nothing is fetched."""
        ...

    def kids(self) -> Collection[str]:
        """The kid of each known key; nothing is fetched."""
        ...


@dataclass(eq=False)
class LocalKeys:
    """Keys in memory, or in a file that `current` reloads on change."""

    current: Callable[[], KeySet]

    async def find(self, kid: str) -> PublicKey | None:
        return self.current().get(kid)

    def is_current(self, key: PublicKey) -> bool:
        return any(each is key for each in self.current().values())

    def kids(self) -> Collection[str]:
        return self.current().keys()


@dataclass(eq=False)
class PublishedKeys:
    """Keys that were published for all servers, or those of another provider until some were published.

    published: returns them; None if there are none.
    """

    published: Callable[[], KeySet | None]
    others: KeyProvider | None

    async def find(self, kid: str) -> PublicKey | None:
        keys = self.published()
        if keys is None:
            return None if self.others is None else await self.others.find(kid)
        return keys.get(kid)

    def is_current(self, key: PublicKey) -> bool:
        keys = self.published()
        if keys is None:
            return self.others is not None and self.others.is_current(key)
        return any(each is key for each in keys.values())

    def kids(self) -> Collection[str]:
        keys = self.published()
        if keys is None:
            return () if self.others is None else self.others.kids()
        return keys.keys()


def file_keys(path: Path) -> LocalKeys:
    """Keys in a JWKS file, reloaded on change. Raises: InvalidJwks."""
    return LocalKeys(ReloadedFile(path, read_jwks, error_type=InvalidJwks, on_error=ON_ERROR).current)


def read_jwks(path: Path) -> KeySet:
    try:
        return parse_jwks(read_bounded(path, MAX_BYTES), str(path))
    except OSError as error:
        raise InvalidJwks(f"{path} cannot be read: {error.strerror}.") from None


class RemoteKeys:
    """Keys at a URL, fetched again for an unknown kid, at most once per interval."""

    def __init__(
        self,
        keys: KeySet,
        fetch: Callable[[], Awaitable[KeySet]],
        *,
        interval_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`keys` is the set that `fetch` returned just now."""
        self._fetch = fetch
        self._interval_s = interval_s
        self._clock = clock
        self._fetched_at = clock()
        self._keys = keys
        self._lock = asyncio.Lock()

    async def find(self, kid: str) -> PublicKey | None:
        if self._is_due(kid) or (kid not in self._keys and self._lock.locked()):
            async with self._lock:
                # Requests that waited here for another's fetch do not fetch again.
                if self._is_due(kid):
                    self._fetched_at = self._clock()
                    try:
                        self._keys = await self._fetch()
                    except InvalidJwks as invalid:
                        log.warning("%s %s", ON_ERROR, invalid)
        return self._keys.get(kid)

    def is_current(self, key: PublicKey) -> bool:
        return any(each is key for each in self._keys.values())

    def kids(self) -> Collection[str]:
        return self._keys.keys()

    def _is_due(self, kid: str) -> bool:
        return self._clock() - self._fetched_at >= (REFRESH_S if kid in self._keys else self._interval_s)


@asynccontextmanager
async def open_keys(
    settings: AuthSettings, published: Callable[[], KeySet | None] = lambda: None
) -> AsyncIterator[KeyProvider]:
    """The keys of the configured issuer; `published` returns those that go before them. Raises: InvalidJwks."""
    if settings.issuer and not settings.jwks and published() is not None:
        yield PublishedKeys(published, None)
        return
    async with _open_configured_keys(settings) as keys:
        yield PublishedKeys(published, keys)


@asynccontextmanager
async def _open_configured_keys(settings: AuthSettings) -> AsyncIterator[KeyProvider]:
    missing = [variable(name) for name in ("issuer", "jwks") if not getattr(settings, name)]
    if missing:
        raise InvalidJwks(f"No token could be accepted: set {' and '.join(missing)}, or use --demo.")
    if "://" not in settings.jwks:
        if settings.jwks_ca:
            raise InvalidJwks(f"{variable('jwks_ca')} is for an https URL, and {variable('jwks')} is a file.")
        yield file_keys(Path(settings.jwks))
        return
    url = parse_url(settings.jwks)
    async with open_client(settings.jwks_ca) as client:
        fetch = partial(fetch_jwks, url, client, settings.jwks_timeout_s)
        yield RemoteKeys(await fetch(), fetch, interval_s=settings.jwks_interval_s)
