"""Connections to the hosts of an address: one after another, until one is of the kind that is asked for."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg

from sources.postgres.address import Address

OLDEST = 15
"""Major version of PostgreSQL."""
ENCODING = "UTF8"
ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""Errors of a connection. TimeoutError is an OSError."""


class UnsuitableServer(asyncpg.InterfaceError):
    """A server that is too old, or a database in another encoding. The message has no value of the address."""


class Connector:
    """Opens connections to one address. A host that failed is tried last until another fails.

    settings: of each session. A pooler shares sessions, so it gets none but the application's name.
    """

    def __init__(self, address: Address, application: str, **settings: str) -> None:
        self.address = address
        self._hosts = address.host_urls()
        self._settings = {"application_name": application} | ({} if address.pooler else settings)

    async def connect(self, timeout_s: float, **options: Any) -> asyncpg.Connection:
        """A connection to the first host that suits; a host that hangs is given its share of the time.

        Raises: one of ERRORS, whose message has no password.
        """
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + timeout_s
        hosts, errors = list(self._hosts), list[BaseException]()
        spare: asyncpg.Connection | None = None
        try:
            for number, host in enumerate(hosts):
                share_s = (ends_at - loop.time()) / (len(hosts) - number)
                try:
                    connection = await self._connect(host, max(share_s, 0.001), options)
                except ERRORS as error:
                    errors.append(error)
                    self._hosts.sort(key=host.__eq__)
                    continue
                if is_of(connection, self.address.session):
                    return connection
                if spare is None and self.address.session == "prefer-standby":
                    spare = connection
                else:
                    connection.terminate()
            if spare is None:
                raise _worst(errors)
            chosen, spare = spare, None
            return chosen
        finally:
            if spare is not None:
                spare.terminate()

    async def _connect(self, host: str, timeout_s: float, options: dict[str, Any]) -> asyncpg.Connection:
        # A statement with a name would stay on the connection that the pooler chose for it.
        cache = {"statement_cache_size": 0} if self.address.pooler == "transaction" else {}
        connection = await asyncpg.connect(host, timeout=timeout_s, server_settings=self._settings, **cache | options)
        if (fault := _fault(connection)) is not None:
            connection.terminate()
            raise UnsuitableServer(fault)
        return connection


def is_of(connection: asyncpg.Connection, session: str) -> bool:
    """Whether a connection's server is of a kind: "standby", "read-write". PostgreSQL reports each change of that."""
    settings = connection.get_settings()
    is_standby: bool = getattr(settings, "in_hot_standby", "off") == "on"  # a pooler may not pass it on
    if session in {"read-write", "read-only"}:
        is_read_only: bool = is_standby or getattr(settings, "default_transaction_read_only", "off") == "on"
        return is_read_only == (session == "read-only")
    return session == "any" or is_standby == (session != "primary")


def _fault(connection: asyncpg.Connection) -> str | None:
    version, encoding = connection.get_server_version(), connection.get_settings().server_encoding
    if version.major < OLDEST:
        return f"it is PostgreSQL {version.major}, and {OLDEST} or newer is needed"
    return None if encoding == ENCODING else f"its encoding is {encoding}, not {ENCODING}"


def _worst(errors: list[BaseException]) -> BaseException:
    """The error that says most: the refusal of a server before a host that cannot be reached."""
    refusals = [error for error in errors if not isinstance(error, OSError)]
    if errors:
        return (refusals or errors)[-1]
    return asyncpg.TargetServerAttributeNotMatched("none of its hosts is of the kind that is asked for")
