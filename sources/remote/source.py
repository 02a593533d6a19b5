"""Remote source: an agency's own system, which gives rows for keys over HTTP and JSON.

It learns which columns of which keys are needed, and not for whom. A reply that is late, refused, not of the declared
form or not complete is no answer: never "no record".
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import ssl
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import orjson
from sqlalchemy import Column

from engine.lenient_json import read_rows
from sources.errors import NotRemote, SourceUnavailable, StatementFailed
from sources.read_limit import ReadLimit
from sources.remote.address import RemoteAddress
from sources.remote.errors import RemoteFailure
from sources.remote.http_client import HttpClient
from sources.remote.http_connection import Headers, HttpReply
from sources.remote.messages import KEYS_PER_REQUEST, Key, ReadRows, read_reply, request_body
from sources.remote.query_rows import query_rows
from sources.remote.table_read import TableRead, table_reads
from sources.request import Request
from sources.source import Rows
from sources.worker_thread import WorkerThread
from telemetry.span import CURRENT_SPAN

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_BYTES = 16 * 2**20
"""Bytes that all replies to one request may have together."""
INLINE_BYTES = 32 * 2**10
"""Replies of so many bytes are evaluated at once, which takes less than a millisecond; larger ones in a thread."""
SHARE = 0.98
"""Share of the deadline after which a request is given up: a moment before its caller does so without a word."""
JSON = b"application/json"
HEADERS: Headers = [
    (b"Accept", JSON),
    (b"Accept-Encoding", b"identity"),
    (b"Content-Type", JSON),
    (b"User-Agent", b"needtoknow"),
]


class RemoteSource:
    """One remote system. Nothing is opened before its first use, and a system that comes back is used again.

    reads:      the tables and columns that it should know.
    deadline_s: seconds that a request may take, the opening of connections and all calls included.
    tls:        how its certificate is verified, and which one it is shown; None for plain HTTP.
    token:      gives the bearer token; None if there is none.
    functions:  SQL functions that queries use.
    hidden:     (table, column) of columns that no field shows.
    """

    system = "http"

    def __init__(
        self,
        name: str,
        address: RemoteAddress,
        *,
        reads: Sequence[TableRead],
        connections: int = 2,
        deadline_s: float = 1.0,
        tls: ssl.SSLContext | None = None,
        token: Callable[[], bytes] | None = None,
        functions: Mapping[str, Callable[[Any], str]],
        hidden: Collection[tuple[str, str]] = (),
    ) -> None:
        self.name = name
        self.deadline_s = deadline_s
        self.answered_at: datetime | None = None
        self._reads = reads
        self._client = HttpClient(address, connections=connections, tls=tls)
        self._token = token
        self._functions = functions
        self._hidden = hidden
        self._worker = WorkerThread("needtoknow-remote")

    async def fetch(self, request: Request) -> Rows:
        """The rows of one request, with an InvalidValue for each value of another type than its column's.

        Raises: SourceUnavailable, at the latest at the deadline; ResultTooLarge.
        """
        return await self._answer(self._fetch(request))

    async def probe(self) -> None:
        """Whether the system answers, asked for no key. Raises: SourceUnavailable."""
        await self._answer(self._read(self._reads[0], [], ReadLimit(MAX_BYTES)))

    async def check(self) -> None:
        """Ask for every table and column that it should know, without a key. Raises: RemoteFailure."""
        limit = ReadLimit(MAX_BYTES)
        await _gathered([self._read(each, [], limit) for each in self._reads])

    async def close(self) -> None:
        """Close every connection; a request under way fails. May be called twice."""
        self._client.close()
        self._worker.stop()

    async def _answer(self, answer: Coroutine[Any, Any, T]) -> T:
        """What a coroutine gives by the deadline, after which it is cancelled."""
        try:
            async with asyncio.timeout(self.deadline_s * SHARE):
                given = await answer
        except TimeoutError:
            log.warning("source %s failed: no reply within %g s", self.name, self.deadline_s)
            raise SourceUnavailable(self.name, "TIMEOUT") from None
        except RemoteFailure as failure:
            log.warning("source %s failed: %s", self.name, failure)
            raise SourceUnavailable(self.name, "DOWN") from None
        except (sqlite3.Error, NotRemote) as error:
            log.warning("source %s failed: %s", self.name, type(error).__name__)
            raise StatementFailed(self.name) from None
        self.answered_at = datetime.now(UTC)
        return given

    async def _fetch(self, request: Request) -> Rows:
        limit, keys = ReadLimit(MAX_BYTES), orjson.loads(request.parameters["keys"])
        reads = table_reads(request.query)
        tables = await _gathered([self._read(each, keys, limit) for each in reads if each.joined_by is None])
        joined = [(each, _values(tables[0], each.joined_by)) for each in reads if each.joined_by is not None]
        tables += await _gathered([self._read(each, values, limit) for each, values in joined])
        size = MAX_BYTES - limit.remaining
        cell = await self._evaluated(size, partial(query_rows, request, tables, self._functions))
        if request.meter is not None:
            request.meter.count(len(cell))
            request.meter.has_invalid_values |= any(each.has_unreadable for each in tables)
        try:
            rows: Rows = orjson.loads(cell)
        except orjson.JSONDecodeError:
            rows = read_rows(cell)
        return rows

    async def _read(self, read: TableRead, keys: Sequence[Key], limit: ReadLimit) -> ReadRows:
        """All rows of these keys, by as many calls as they need; one call if there are none."""
        starts = range(0, max(len(keys), 1), KEYS_PER_REQUEST)
        parts = await _gathered([self._call(read, keys[each : each + KEYS_PER_REQUEST], limit) for each in starts])
        has_unreadable = any(each.has_unreadable for each in parts)
        return ReadRows(read, [row for each in parts for row in each.rows], has_unreadable)

    async def _call(self, read: TableRead, keys: Sequence[Key], limit: ReadLimit) -> ReadRows:
        headers, span = [*HEADERS], CURRENT_SPAN.get()
        if span is not None:
            headers.append((b"traceparent", span.header))
        if self._token is not None:
            headers.append((b"Authorization", b"Bearer " + self._token()))
        reply = await self._client.post(headers, request_body(read, keys), limit)
        _check_head(reply)
        check = partial(read_reply, reply.content, read, keys, self._hidden)
        return await self._evaluated(len(reply.content), check)

    async def _evaluated(self, size: int, function: Callable[[], T]) -> T:
        """What a function makes of replies of so many bytes."""
        return function() if size <= INLINE_BYTES else await self._worker.submit(function)


def _check_head(reply: HttpReply) -> None:
    """Raises: RemoteFailure if the reply is an error, a redirect, no JSON or compressed."""
    if reply.status in {401, 403}:
        raise RemoteFailure(f"it refuses our token or certificate: status {reply.status}")
    if reply.status != 200:
        raise RemoteFailure(f"it answers with status {reply.status}")
    if reply.headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != JSON:
        raise RemoteFailure("its reply is not of the type application/json")
    if reply.headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise RemoteFailure("its reply is compressed")


def _values(found: ReadRows, column: Column[Any]) -> list[Key]:
    """The distinct values of a column by which another table is joined."""
    index = found.read.columns.index(column)
    return list({row[index] for row in found.rows if isinstance(row[index], (str, int))})


async def _gathered(answers: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of coroutines that run side by side. If one fails, the others are cancelled."""
    if len(answers) == 1:
        return [await answers[0]]
    tasks = [asyncio.ensure_future(each) for each in answers]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
