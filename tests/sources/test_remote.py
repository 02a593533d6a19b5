"""RemoteSource: what it sends, and replies that are late, broken, too large, incomplete or of another form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import Integer

from engine.authorization import Visible
from engine.errors import InvalidValue
from resolvers.catalogue import SPECS
from resolvers.remote_tables import open_remote
from resolvers.table import Lookup, ShownColumns
from resolvers.warrants import WARRANT
from sources.errors import ResultTooLarge, SourceUnavailable
from sources.read_limit import MeteredSource, ReadLimit
from sources.remote.address import RemoteAddress
from sources.remote.http_connection import MAX_PARTS
from sources.remote.messages import KEYS_PER_REQUEST
from sources.remote.source import MAX_BYTES, RemoteSource
from sources.request import Request
from sources.sql.query import SelectQuery
from telemetry.recorder import Telemetry
from tests.sources.scripted_server import Asked, ScriptedServer, answered, http, row_of, scripted_server, whole

OpenSource = Callable[..., RemoteSource]
SCOPE = {"user": "u-1", "surname": "MOREAU", "ori": "CA9190000", "sees_related": True}
COLUMNS = ("bail_cents", "number", "offense")
READ = ["number", "issued_on", "offense", "bail_cents", "subject_fbi", "subject_surname", "subject_user", "subject_ori"]


def warrants(*keys: str) -> Request:
    """The request for the warrants of people by FBI number, as a caller named Moreau sends it."""
    shown = ShownColumns(WARRANT, tuple(Visible(name, is_masked=False) for name in COLUMNS))
    query = SelectQuery(Lookup(WARRANT, ("subject_fbi",), sees_related=True, sees_live=True), shown)
    return Request(query, SCOPE | {"keys": orjson.dumps(keys).decode()}, len(keys))


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """A server that answers every request with one warrant for each key."""
    async with scripted_server(whole) as server:
        yield server


@pytest.fixture
async def open_source(server: ScriptedServer) -> AsyncIterator[OpenSource]:
    opened: list[RemoteSource] = []

    def open_source(*, connections: int = 1, deadline_s: float = 30.0, **options: Any) -> RemoteSource:
        address = RemoteAddress.parse(server.url)
        options = {"connections": connections, "deadline_s": deadline_s, **options}
        opened.append(open_remote("warrants", address, **options))
        return opened[-1]

    yield open_source
    for source in opened:
        await source.close()


async def failure_status(source: RemoteSource, request: Request | None = None) -> str:
    with pytest.raises(SourceUnavailable) as caught:
        await source.fetch(request or warrants("000001DM0"))
    return caught.value.status


def numbers(rows: list[list[Any]]) -> list[str]:
    return [row[1] for row in rows]


async def test_rows_come_from_the_reply(open_source: OpenSource) -> None:
    source = open_source()

    assert source.answered_at is None
    assert numbers(await source.fetch(warrants("000001DM0", "000002DM0"))) == ["W000000001", "W000000002"]
    assert source.answered_at is not None
    await source.probe()


async def test_a_request_says_nothing_of_the_caller(open_source: OpenSource, server: ScriptedServer) -> None:
    source = open_source(token=lambda: b"s3cret")
    with Telemetry().request("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
        await source.fetch(warrants("000001DM0"))
    (asked,) = server.asked
    trace = asked.headers.pop("traceparent")

    assert asked.line == "POST /warrants HTTP/1.1"
    assert asked.body == {
        "version": 1, "table": "warrant", "key": "subject_fbi", "keys": ["000001DM0"], "columns": READ,
    }  # fmt: skip
    assert trace.startswith("00-4bf92f3577b34da6a3ce929d0e0e4736-")
    assert asked.headers == {
        "host": f"127.0.0.1:{server.port}",
        "accept": "application/json",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "content-length": asked.headers["content-length"],
        "user-agent": "needtoknow",
        "authorization": "Bearer s3cret",
    }


async def test_a_column_that_is_not_granted_is_not_asked_for(open_source: OpenSource, server: ScriptedServer) -> None:
    shown = ShownColumns(WARRANT, (Visible("number", is_masked=False), Visible("offense", is_masked=True)))
    query = SelectQuery(Lookup(WARRANT, ("number",), sees_related=True, sees_live=True), shown)
    await open_source().fetch(Request(query, SCOPE | {"keys": '["W000000001"]'}))

    assert server.asked[0].body["columns"] == [
        "number", "issued_on", "subject_surname", "subject_user", "subject_ori",
    ]  # fmt: skip


async def test_many_keys_are_several_calls(open_source: OpenSource, server: ScriptedServer) -> None:
    keys = [f"{number:06}DM0" for number in range(2 * KEYS_PER_REQUEST + 1)]
    rows = await open_source(connections=2).fetch(warrants(*keys))

    assert len(rows) == len(keys)
    assert sorted(len(each.body["keys"]) for each in server.asked) == [1, KEYS_PER_REQUEST, KEYS_PER_REQUEST]


async def test_the_own_record_is_not_released_and_a_namesake_is_flagged(
    open_source: OpenSource, server: ScriptedServer
) -> None:
    source = open_source()
    server.reply = lambda asked: http(orjson.dumps(answered(asked, subject_user=" U-1", offense="s3cret")))
    own = await source.fetch(warrants("000001DM0"))
    server.reply = lambda asked: http(orjson.dumps(answered(asked, subject_surname="Moreau ")))
    namesake = await source.fetch(warrants("000001DM0"))

    assert own == [[None, None, 1]]
    assert namesake[0][:3] == ["000001DM0", "W000000001", 2]


WRONG = {
    "text for a number": {"bail_cents": "5000"},
    "fraction": {"bail_cents": 5000.5},
    "boolean": {"bail_cents": True},
    "more than 64 bits": {"bail_cents": 2**63},
    "number for a text": {"offense": 12},
    "list": {"offense": ["ARSON"]},
    "null that may not be": {"offense": None},
    "text with a NUL": {"offense": "AR\0SON"},
}


@pytest.mark.parametrize("values", WRONG.values(), ids=WRONG)
async def test_a_value_of_another_type_is_invalid_at_its_own_place(
    open_source: OpenSource, server: ScriptedServer, values: dict[str, Any]
) -> None:
    right = {"offense": "ARSON", "bail_cents": 5000}
    server.reply = lambda asked: http(orjson.dumps(answered(asked, **right | values)))
    source = MeteredSource(open_source(), ReadLimit(10**6))
    ((_, number, _, *cells),) = await source.fetch(warrants("000001DM0"))
    shown = dict(zip(WARRANT.columns, cells, strict=True))
    (wrong,) = values

    assert number == "W000000001"
    assert isinstance(shown[wrong], InvalidValue)
    assert {name: shown[name] for name in right if name != wrong} == {
        name: value for name, value in right.items() if name != wrong
    }
    assert source.has_invalid_values


def changed(**members: Any) -> Callable[[Asked], bytes]:
    return lambda asked: http(orjson.dumps(answered(asked) | members))


def with_rows(*rows: Callable[[Asked], Any]) -> Callable[[Asked], bytes]:
    """A reply with these rows for the one key."""
    return lambda asked: http(
        orjson.dumps(
            {
                "version": 1,
                "complete": True,
                "answers": [{"key": asked.body["keys"][0], "rows": [row(asked) for row in rows]}],
            }
        )
    )


def sent(content: bytes = b"{}", status: str = "200 OK", **headers: object) -> Callable[[Asked], bytes]:
    return lambda _: http(content, status, **headers)


def cut(asked: Asked) -> bytes:
    return whole(asked)[:-20]


def chunks_cut(asked: Asked) -> bytes:
    content = orjson.dumps(answered(asked))
    head = http(b"", content_length=None, transfer_encoding="chunked")
    return head + b"%x\r\n%b\r\n" % (len(content), content)


def many_chunks(_: Asked) -> bytes:
    return http(b"", content_length=None, transfer_encoding="chunked") + b"1\r\n \r\n" * (MAX_PARTS + 1)


REPLIES: dict[str, tuple[Callable[[Asked], bytes], str]] = {
    "500": (sent(b'{"detail": "s3cret"}', "500 Internal Server Error"), "it answers with status 500"),
    "404": (sent(status="404 Not Found"), "it answers with status 404"),
    "204": (lambda _: b"HTTP/1.1 204 No Content\r\n\r\n", "it answers with status 204"),
    "401": (sent(status="401 Unauthorized"), "it refuses our token or certificate: status 401"),
    "403": (sent(status="403 Forbidden"), "it refuses our token or certificate: status 403"),
    "a redirect": (sent(status="307 Temporary Redirect", location="http://127.0.0.1:1/"), "with status 307"),
    "a page": (sent(b"<p>s3cret", content_type="text/html"), "its reply is not of the type application/json"),
    "no type": (lambda asked: http(orjson.dumps(answered(asked)), content_type=None), "not of the type"),
    "compressed": (sent(content_encoding="gzip"), "its reply is compressed"),
    "no JSON": (sent(b'{"version": 1, s3cret'), "its reply is not JSON in UTF-8"),
    "no UTF-8": (lambda asked: whole(asked).replace(b"SMITH", b"SM\xcfTH"), "its reply is not JSON in UTF-8"),
    "nested too deeply": (sent(b"[" * 10_000 + b"]" * 10_000), "its reply is not JSON in UTF-8"),
    "a list": (sent(b"[]"), "its reply is not of version 1"),
    "another version": (changed(version=2), "its reply is not of version 1"),
    "not complete": (changed(complete=False), "its reply does not say that it is complete"),
    "completeness as a text": (changed(complete="true"), "its reply does not say that it is complete"),
    "no answers": (changed(answers=None), "its reply does not say that it is complete"),
    "no answer for a key": (changed(answers=[]), "a key has no answer"),
    "an answer for another key": (
        changed(answers=[{"key": "000009DM0", "rows": []}]),
        "an answer is for a key that was not asked, or twice for one",
    ),
    "two answers for a key": (
        changed(answers=[{"key": "000001DM0", "rows": []}] * 2),
        "an answer is for a key that was not asked, or twice for one",
    ),
    "a key as a list": (changed(answers=[{"key": ["000001DM0"], "rows": []}]), "a key that was not asked"),
    "an answer without rows": (changed(answers=[{"key": "000001DM0"}]), "not of the form key and rows"),
    "a row of another person": (with_rows(lambda asked: row_of(asked, "000009DM0")), "another key than its answer"),
    "a row that is a list": (with_rows(lambda _: ["s3cret"]), "a row has other columns than those that were asked"),
    "a column too many": (with_rows(lambda asked: row_of(asked, "000001DM0") | {"ssn": "s3cret"}), "other columns"),
    "a column too few": (with_rows(lambda _: {"subject_fbi": "000001DM0"}), "other columns"),
    "a surname as a list": (
        with_rows(lambda asked: row_of(asked, "000001DM0", subject_surname=["MOREAU"])),
        "column subject_surname has a value of another type",
    ),
    "a user as a number": (
        with_rows(lambda asked: row_of(asked, "000001DM0", subject_user=1)),
        "column subject_user has a value of another type",
    ),
    "fewer bytes than declared": (lambda asked: http(b"{}", content_length=3) , "its reply is not whole"),
    "a chunk too few": (chunks_cut, "its reply is not whole"),
    "no HTTP": (lambda _: b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "its reply is not whole, or no HTTP"),
    "two lengths": (lambda _: http(b"{}", **{"Content-Length": 7}), "its reply is not whole, or no HTTP"),
    "a head without an end": (lambda _: b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, "or no HTTP"),
    "chunks without end": (many_chunks, "its reply has too many chunks"),
    "a giant": (lambda _: http(b" " * (MAX_BYTES + 1)), "its reply is too large"),
    "nothing": (lambda _: b"", "the connection was lost"),
}  # fmt: skip


@pytest.mark.parametrize(("reply", "cause"), REPLIES.values(), ids=REPLIES)
async def test_a_reply_that_cannot_be_believed_is_down_with_its_cause(
    open_source: OpenSource,
    server: ScriptedServer,
    caplog: pytest.LogCaptureFixture,
    reply: Callable[[Asked], bytes],
    cause: str,
) -> None:
    async def last(asked: Asked) -> bytes:
        content = reply(asked)
        server.writers[-1].write(content)
        server.writers[-1].write_eof()
        return b""

    server.reply = last
    source = open_source(token=lambda: b"s3cret")

    assert await failure_status(source) == "DOWN"
    (line,) = caplog.messages
    assert line.startswith("source warrants failed: ")
    assert cause in line
    assert "s3cret" not in line
    assert "000001DM0" not in line


SEES = (
    "convictions",
    "arrests",
    "supervision",
    "sealed",
    "juvenile",
    "confidential",
    "foreign_orders",
    "missing_history",
    "arrest_biometrics",
)
SEES_ALL = {f"sees_{each}": True for each in SEES}
HIDDEN = {
    "a flag as a text": ("criminal_history", "cycle", {"is_sealed": "0"}),
    "a flag that is null": ("criminal_history", "cycle", {"is_juvenile": None}),
    "a flag as a boolean": ("criminal_history", "cycle", {"has_conviction": False}),
    "a user as a number": ("protective_orders", "protective_order", {"subject_user": 7}),
    "an agency as a list": ("criminal_history", "subject", {"subject_ori": ["CA9190000"]}),
    "a key as a boolean": ("criminal_history", "charge", {"cycle": True}),
    "a key as a fraction": ("criminal_history", "charge", {"cycle": 1.0}),
}


@pytest.mark.parametrize(("name", "table", "values"), HIDDEN.values(), ids=HIDDEN)
async def test_a_wrong_value_that_no_field_shows_refuses_the_reply(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture, name: str, table: str, values: dict[str, Any]
) -> None:
    (spec,) = (each for each in SPECS if each.name == name)
    declared = next(each for each in spec.tables if each.name == table)
    fetch = next(each for each in spec.fetches if each.table == table)

    def reply(asked: Asked, **wrong: Any) -> bytes:
        """One row for each key, of ones and texts; of the table that is asked, with these values."""
        stored = spec.metadata.tables[asked.body["table"]].c
        row = {each: 1 if isinstance(stored[each].type, Integer) else "x" for each in asked.body["columns"]}
        row |= wrong if asked.body["table"] == table else {}
        answers = [{"key": each, "rows": [row]} for each in asked.body["keys"]]
        return http(orjson.dumps({"version": 1, "complete": True, "answers": answers}))

    key = 1 if table == "charge" else "x"
    shown = ShownColumns(declared, tuple(Visible(each, is_masked=False) for each in declared.columns))
    query = SelectQuery(Lookup(declared, fetch.key_columns, sees_related=True, sees_live=True), shown)
    request = Request(query, SCOPE | SEES_ALL | {"keys": orjson.dumps([key]).decode()})
    source = open_remote(name, RemoteAddress.parse(server.url), connections=1, deadline_s=30)
    server.reply = reply
    found = await source.fetch(request)
    server.reply = lambda asked: reply(asked, **values)
    status = await failure_status(source, request)
    await source.close()

    assert len(found) == 1
    assert status == "DOWN"
    assert "another" in caplog.messages[0]


async def test_no_reply_by_the_deadline_closes_the_connection(
    open_source: OpenSource, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def never(_: Asked) -> bytes:
        await asyncio.Event().wait()
        raise AssertionError

    async def half(asked: Asked) -> bytes:
        server.writers[-1].write(whole(asked)[:-1])
        return await never(asked)

    source = open_source(deadline_s=1.0)
    for reply in (never, half):
        server.reply = reply
        assert await failure_status(source) == "TIMEOUT"
        await asyncio.wait_for(server.last_connection_is_lost(), 30)
    server.reply = whole
    assert numbers(await source.fetch(warrants("000001DM0"))) == ["W000000001"]
    assert caplog.messages == ["source warrants failed: no reply within 1 s"] * 2


async def test_a_caller_that_leaves_closes_its_connection(open_source: OpenSource, server: ScriptedServer) -> None:
    has_come = asyncio.Event()

    async def never(_: Asked) -> bytes:
        has_come.set()
        await asyncio.Event().wait()
        raise AssertionError

    server.reply = never
    task = asyncio.create_task(open_source().fetch(warrants("000001DM0")))
    await has_come.wait()
    task.cancel()

    await asyncio.wait_for(server.last_connection_is_lost(), 30)


async def test_a_connection_is_kept_and_replaced_when_the_server_closes_it(
    open_source: OpenSource, server: ScriptedServer
) -> None:
    source = open_source()
    for _ in range(3):
        await source.fetch(warrants("000001DM0"))
    server.writers[-1].close()
    await source.fetch(warrants("000001DM0"))
    server.reply = lambda asked: whole(asked).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    await source.fetch(warrants("000001DM0"))
    server.reply = whole
    await source.fetch(warrants("000001DM0"))

    assert [asked.connection for asked in server.asked if asked.connection == 1] == [1, 1, 1]
    assert [asked.connection for asked in server.asked][-3:] == [2, 2, 3]


async def test_a_request_on_a_connection_that_just_closed_is_sent_again(
    open_source: OpenSource, server: ScriptedServer
) -> None:
    """The server closes it when the second request has come; its first request was answered."""
    source = open_source()
    await source.fetch(warrants("000001DM0"))
    server.reply = lambda asked: b"" if asked.connection == 1 else whole(asked)

    assert numbers(await source.fetch(warrants("000001DM0"))) == ["W000000001"]
    assert [asked.connection for asked in server.asked] == [1, 1, 2]


async def test_bytes_after_a_reply_are_not_the_next_reply(open_source: OpenSource, server: ScriptedServer) -> None:
    source = open_source()
    server.reply = lambda asked: whole(asked) + http(orjson.dumps(answered(asked, number="W999999999")))
    first = await source.fetch(warrants("000001DM0"))
    server.reply = whole
    second = await source.fetch(warrants("000001DM0"))

    assert numbers(first) == numbers(second) == ["W000000001"]
    assert [asked.connection for asked in server.asked] == [1, 2]


async def test_no_more_connections_than_set_are_open(open_source: OpenSource, server: ScriptedServer) -> None:
    both, release = asyncio.Barrier(3), asyncio.Event()

    async def together(asked: Asked) -> bytes:
        if not release.is_set():
            await both.wait()
            await release.wait()
        return whole(asked)

    server.reply = together
    source = open_source(connections=2)
    tasks = [asyncio.create_task(source.fetch(warrants(f"{number:06}DM0"))) for number in range(6)]
    await both.wait()
    assert len(server.writers) == 2
    release.set()
    await asyncio.gather(*tasks)

    assert len(server.writers) == 2


async def test_proxies_of_the_environment_and_cookies_are_ignored(
    open_source: OpenSource, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.reply = lambda asked: http(orjson.dumps(answered(asked)), set_cookie="session=1")
    source = open_source()
    for _ in range(2):
        assert await source.fetch(warrants("000001DM0"))

    assert [asked.headers.get("cookie") for asked in server.asked] == [None, None]


async def test_a_result_over_the_operation_s_limit_is_too_large(open_source: OpenSource) -> None:
    source = open_source()
    within = MeteredSource(source, ReadLimit(10**6))
    await within.fetch(warrants("000001DM0"))

    await MeteredSource(source, ReadLimit(within.bytes_read)).fetch(warrants("000001DM0"))
    with pytest.raises(ResultTooLarge):
        await MeteredSource(source, ReadLimit(within.bytes_read - 1)).fetch(warrants("000001DM0"))


async def test_nobody_there_is_down_and_close_ends_what_runs(
    open_source: OpenSource, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    has_come = asyncio.Event()

    async def never(_: Asked) -> bytes:
        has_come.set()
        await asyncio.Event().wait()
        raise AssertionError

    server.reply = never
    source = open_source()
    task = asyncio.create_task(failure_status(source))
    await has_come.wait()
    await source.close()
    await source.close()

    assert await task == "DOWN"
    assert await failure_status(source) == "DOWN"
    nobody = open_remote("warrants", RemoteAddress.parse("http://127.0.0.1:1/"), connections=1, deadline_s=30)
    with pytest.raises(SourceUnavailable):
        await nobody.probe()
    assert caplog.messages[-1] == "source warrants failed: it cannot be reached: ConnectionRefusedError"
    await nobody.close()
