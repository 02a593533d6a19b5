"""The record systems of an installation: each at its address, or else in a file of the data folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from api.config.setting import TEXT_LIMIT, InvalidSettings, variable
from resolvers.catalogue import NAMES, open_file
from sources.postgres.address import SCHEMES, Address, InvalidAddress
from sources.source import Source
from sources.sqlite.pool import WorkerPool


def open_sources(data: Path, addresses: Mapping[str, str], *, connections: int, deadline_s: float) -> dict[str, Source]:
    """Each source by name. Nothing is opened before its first use.

    Raises: InvalidSettings if an address cannot be used; its message never repeats it.
    """
    pool = WorkerPool()
    sources: dict[str, Source] = {}
    for name in NAMES:
        place = place_of(name, data, addresses.get(name, ""))
        if isinstance(place, Path):
            sources[name] = open_file(name, place, connections=connections, deadline_s=deadline_s, pool=pool)
        else:
            sources[name] = _open_database(name, place, connections=connections, deadline_s=deadline_s)
    return sources


def place_of(name: str, data: Path, address: str) -> Path | Address:
    """Where a source is: a file or a database. Without an address it is its own file of the data folder.

    sqlite:////var/lib/warrants.db is a file; sqlite:///warrants.db is one in the current folder.
    Raises: InvalidSettings.
    """
    if not address:
        return data / f"{name}.db"
    if len(address) > TEXT_LIMIT or not address.isprintable():
        raise _unusable(name, f"it must be at most {TEXT_LIMIT:,} printable characters")
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        if parts.netloc or parts.query or parts.fragment or not parts.path.strip("/"):
            raise _unusable(name, "it must be sqlite:/// and a path")
        return Path(parts.path[1:])
    if parts.scheme not in SCHEMES:
        raise _unusable(name, "it must begin with postgresql:// or sqlite:///")
    try:
        return Address.parse(address, "prefer-standby")
    except InvalidAddress as invalid:
        raise _unusable(name, str(invalid)) from None


def _open_database(name: str, address: Address, *, connections: int, deadline_s: float) -> Source:
    try:
        from sources.postgres.source import PostgresSource
    except ModuleNotFoundError as missing:
        raise _unusable(name, f"it needs the package {missing.name}: pip install 'needtoknow[postgres]'") from None
    return PostgresSource(name, address, connections=connections, deadline_s=deadline_s)


def _unusable(name: str, why: str) -> InvalidSettings:
    return InvalidSettings(f"{variable(f'source_{name}')} cannot be used: {why}.")
