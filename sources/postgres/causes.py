"""Causes of a database's failures, in words. None repeats a message, which may quote SQL, a value or the address."""

from __future__ import annotations

import socket
import ssl

import asyncpg

from sources.postgres.connection import UnsuitableServer

CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (asyncpg.InvalidPasswordError, "it refuses the user or the password"),
    (asyncpg.InvalidAuthorizationSpecificationError, "it refuses the user or the password"),
    (asyncpg.InvalidCatalogNameError, "it has no such database"),
    (asyncpg.InsufficientPrivilegeError, "its role has no right to read a table"),
    (asyncpg.UndefinedTableError, "a table is missing"),
    (asyncpg.UndefinedColumnError, "a column is missing"),
    (asyncpg.TooManyConnectionsError, "it has no connection left"),
    (asyncpg.CannotConnectNowError, "it is starting or stopping"),
    (asyncpg.ReadOnlySQLTransactionError, "a statement would write"),
    (asyncpg.ProtocolViolationError, "its pooler has no server, or refuses a parameter"),
    (asyncpg.TargetServerAttributeNotMatched, "none of its hosts is of the kind that is asked for"),
    (ssl.SSLError, "its certificate or its encryption is refused"),
    (socket.gaierror, "its host is not known"),
    (TimeoutError, "it does not answer in time"),
    (ConnectionRefusedError, "nothing listens there"),
    (ConnectionError, "the connection was lost"),
    (asyncpg.PostgresConnectionError, "the connection was lost"),
)


def cause_of(error: BaseException) -> str:
    """One line without a value: "it refuses the user or the password (InvalidPasswordError)"."""
    if isinstance(error, UnsuitableServer):
        return str(error)
    name = type(error).__name__
    if type(error) is ConnectionError and "SSL" in str(error):  # asyncpg has no class for it
        return f"it refuses encryption ({name})"
    return next((f"{words} ({name})" for kind, words in CAUSES if isinstance(error, kind)), name)
