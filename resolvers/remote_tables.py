"""Tables of a remote source: what it is asked for, and whether it answers so."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

from resolvers.catalogue import spec_of
from resolvers.source_tables import lookups_of
from resolvers.subject_columns import SQL_FUNCTIONS
from sources.errors import NotRemote
from sources.remote.address import RemoteAddress
from sources.remote.errors import RemoteFailure
from sources.remote.source import RemoteSource
from sources.remote.table_read import TableRead, merged_reads


def remote_reads(source: str) -> list[TableRead]:
    """The tables, keys and columns that a remote source is asked for. Raises: NotRemote if it cannot be one."""
    spec = spec_of(source)
    if spec.searches is not None:
        raise NotRemote(f"{source} cannot be remote: it is searched by {spec.load(spec.searches).SEARCHED_BY}")
    try:
        return merged_reads(query for _, _, query in lookups_of(source))
    except NotRemote as error:
        raise NotRemote(f"{source} cannot be remote: {error}") from None


def can_be_remote(source: str) -> bool:
    """Whether a source is read by keys of one column, as a remote one must be."""
    try:
        remote_reads(source)
    except NotRemote:
        return False
    return True


def open_remote(
    name: str,
    address: RemoteAddress,
    *,
    connections: int,
    deadline_s: float,
    tls: ssl.SSLContext | None = None,
    token: Callable[[], bytes] | None = None,
) -> RemoteSource:
    """A source that is an agency's own system. It is not asked before its first use. Raises: NotRemote."""
    return RemoteSource(
        name,
        address,
        reads=remote_reads(name),
        connections=connections,
        deadline_s=deadline_s,
        tls=tls,
        token=token,
        functions=SQL_FUNCTIONS,
        hidden=_hidden_columns(name),
    )


def _hidden_columns(source: str) -> set[tuple[str, str]]:
    """(table, column) of each column that no field shows, such as those that say whom a record is about."""
    spec = spec_of(source)
    shown = {(table.name, name) for table in spec.tables for name in table.columns}
    columns = (column for table in spec.metadata.sorted_tables for column in table.columns)
    return {(str(each.table.name), str(each.name)) for each in columns} - shown


def remote_faults(source: RemoteSource) -> list[str]:
    """A sentence that says why a remote source does not answer; none if it does. It is closed afterwards."""
    return asyncio.run(_faults(source))


async def _faults(source: RemoteSource) -> list[str]:
    try:
        async with asyncio.timeout(source.deadline_s):
            await source.check()
    except TimeoutError:
        return [f"it does not answer within {source.deadline_s:g} s"]
    except RemoteFailure as failure:
        return [str(failure)]
    finally:
        await source.close()
    return []
