"""No journal, no data: it is missing, full, locked or slow. Attack 29."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import ExitStack, closing

from sources.source import Statement
from tests.attacks.shapes import sources_asked
from tests.conftest import Answer, World

LOOKUP = 'query @inquiry(purpose: C, reason: INVESTIGATION) { person(id: "P0000001") { name { full } ssn } }'
WORDS = "The journal could not be written, so no data is returned. Retry."


def is_refused(reply: Answer) -> bool:
    """503 in fixed words, when to try again, and no data."""
    return (
        reply.status == 503
        and reply.body.keys() == {"errors"}
        and [error["message"] for error in reply.errors] == [WORDS]
        and reply.codes == ["AUDIT_UNAVAILABLE"]
        and reply.response.headers["retry-after"].isdigit()
    )


async def test_29_a_journal_that_is_missing_gives_no_data(world: World) -> None:
    (world.folder / "journal.db").rename(world.folder / "elsewhere.db")
    reply = await world.ask(LOOKUP, as_="records")

    assert is_refused(reply)
    assert sources_asked(world) == set()


async def test_29_a_journal_that_is_full_gives_no_data(world: World) -> None:
    connection = world.resources.journal._connection
    await connection.execute_fetchall("PRAGMA max_page_count = 1")  # that is: no more than there are now
    word = "x" * 60
    replies = []
    # What room there is in its pages is soon taken.
    for _ in range(200):
        replies.append(await world.ask(LOOKUP.replace("INVESTIGATION", f'INVESTIGATION, attention: "{word}"')))
        if replies[-1].status != 200:
            break

    assert is_refused(replies[-1])
    await connection.execute_fetchall("PRAGMA max_page_count = 1000000")
    assert (await world.ask(LOOKUP, as_="records")).status == 200


async def test_29_a_journal_that_is_locked_gives_no_data_until_it_is_free(world: World) -> None:
    with closing(sqlite3.connect(world.folder / "journal.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with world.impatient():
            reply = await world.ask(LOOKUP, as_="records")
        other.execute("ROLLBACK")

    assert is_refused(reply)
    assert sources_asked(world) == set()
    assert (await world.ask(LOOKUP, as_="records")).data["person"]["ssn"] == "999-11-7001"


async def test_29_a_journal_that_is_locked_while_a_source_is_read_gives_no_data(world: World) -> None:
    """The intent is written; the release cannot be."""
    other = sqlite3.connect(world.folder / "journal.db", isolation_level=None, check_same_thread=False)
    with closing(other), ExitStack() as stack:

        def lock(_statement: Statement) -> None:
            stack.enter_context(world.impatient())
            other.execute("BEGIN IMMEDIATE")

        world.resources.sources["persons"].before = lock  # type: ignore[attr-defined]
        reply = await world.ask(LOOKUP, as_="records")
        other.execute("ROLLBACK")

    assert is_refused(reply)
    assert sources_asked(world) == {"persons"}


async def test_29_a_journal_that_is_slow_gives_no_data(world: World) -> None:
    """The thread that writes stands still, as before a disk that does not come back."""
    go = threading.Event()
    standing = asyncio.ensure_future(world.resources.journal._connection._execute(go.wait))  # type: ignore[no-untyped-call]
    await asyncio.sleep(0)
    try:
        with world.impatient():
            reply = await world.ask(LOOKUP, as_="records")
    finally:
        go.set()
        await standing

    assert is_refused(reply)
    assert sources_asked(world) == set()
