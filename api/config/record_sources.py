"""The record systems of an installation: each at its address, or else in a file of the data folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from api.config.setting import TEXT_LIMIT
from api.config.source_credentials import bearer_token, credential_files, tls_context, unusable
from resolvers.catalogue import NAMES, open_file, spec_of
from resolvers.remote_tables import open_remote
from sources.errors import InvalidAddress, NotRemote
from sources.postgres.address import SCHEMES, Address
from sources.remote.address import SCHEMES as REMOTE_SCHEMES
from sources.remote.address import RemoteAddress
from sources.remote.source import RemoteSource
from sources.source import Source
from sources.sqlite.pool import WorkerPool

Place = Path | Address | RemoteAddress
"""Where a source is: a file, a database or an agency's own system."""


def open_sources(data: Path, addresses: Mapping[str, str], *, connections: int, deadline_s: float) -> dict[str, Source]:
    """Each source by name. Nothing is opened before its first use.

    Raises: InvalidSettings if an address or a credential cannot be used; its message never repeats it.
    """
    pool = WorkerPool()
    sources: dict[str, Source] = {}
    for name in NAMES:
        place = place_of(name, data, addresses)
        if isinstance(place, Path):
            sources[name] = open_file(name, place, connections=connections, deadline_s=deadline_s, pool=pool)
        elif isinstance(place, Address):
            sources[name] = _open_database(name, place, connections=connections, deadline_s=deadline_s)
        else:
            sources[name] = open_system(name, place, addresses, connections=connections, deadline_s=deadline_s)
    return sources


def place_of(name: str, data: Path, addresses: Mapping[str, str]) -> Place:
    """Where a source is. Without an address it is its own file of the data folder.

    sqlite:////var/lib/warrants.db is a file; sqlite:///warrants.db is one in the current folder.
    Raises: InvalidSettings.
    """
    address = addresses.get(name, "")
    if len(address) > TEXT_LIMIT or not address.isprintable():
        raise unusable(name, f"it must be at most {TEXT_LIMIT:,} printable characters")
    parts = urlsplit(address)
    if parts.scheme in REMOTE_SCHEMES:
        try:
            return RemoteAddress.parse(address)
        except InvalidAddress as invalid:
            raise unusable(name, str(invalid)) from None
    if files := credential_files(name, addresses):
        raise unusable(f"{name}_{next(iter(files))}", "it is for a source at https://")
    if not address:
        return data / f"{name}.db"
    if parts.scheme == "sqlite":
        if parts.netloc or parts.query or parts.fragment or not parts.path.strip("/"):
            raise unusable(name, "it must be sqlite:/// and a path")
        return Path(parts.path[1:])
    if parts.scheme not in SCHEMES:
        raise unusable(name, "it must begin with postgresql://, sqlite:/// or https://")
    try:
        return Address.parse(address, "prefer-standby")
    except InvalidAddress as invalid:
        raise unusable(name, str(invalid)) from None


def kind_of(place: Place) -> str:
    """The kind of source at a place: sqlite, postgresql or remote."""
    if isinstance(place, Path):
        return "sqlite"
    return "postgresql" if isinstance(place, Address) else "remote"


def open_system(
    name: str, address: RemoteAddress, addresses: Mapping[str, str], *, connections: int, deadline_s: float
) -> RemoteSource:
    """An agency's own system, with its credentials. Raises: InvalidSettings."""
    files = credential_files(name, addresses)
    is_encrypted = address.scheme == "https"
    if not is_encrypted and files.keys() - {"token"}:
        raise unusable(name, "certificates need https://")
    try:
        return open_remote(
            name,
            address,
            connections=connections,
            deadline_s=deadline_s,
            tls=tls_context(name, files) if is_encrypted else None,
            token=bearer_token(name, files["token"]) if "token" in files else None,
        )
    except NotRemote as error:
        raise unusable(name, str(error)) from None


def _open_database(name: str, address: Address, *, connections: int, deadline_s: float) -> Source:
    try:
        from sources.postgres.source import PostgresSource
    except ModuleNotFoundError as missing:
        raise unusable(name, f"it needs the package {missing.name}: pip install 'needtoknow[postgres]'") from None
    is_searched = spec_of(name).searches is not None
    return PostgresSource(name, address, connections=connections, deadline_s=deadline_s, is_searched=is_searched)
