"""Small journals for the detectors: each inquiry is one line, and is written as the server writes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from audit.entry import Entry, Kind, stamp
from audit.misuse.finding import Finding
from audit.misuse.inquiry_tables import InquiryTables, inquiry_tables
from audit.misuse.thresholds import Thresholds
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.store import SqliteStore

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


def inquiry(
    user: str, *subjects: int, days: float = 0, hours: float = 0, flags: Iterable[str] = (), **known: Any
) -> tuple[Entry, Entry]:
    """Intent and release of an inquiry about people, by their numbers, at a time after Monday 08:00."""
    at = MONDAY + timedelta(days=days, hours=hours)
    intent = Entry(
        kind=Kind.INTENT,
        at=stamp(at),
        user=user,
        **{"role": "patrol", "agency": "CA9190000", "purpose": "C", "reason": "TRAFFIC_STOP", **known},
    )
    people = tuple(f"persons/P{number:07}" for number in subjects)
    later = stamp(at + timedelta(seconds=1))
    return intent, replace(intent, kind=Kind.RELEASE, at=later, record_ids=people, flags=tuple(flags))


Inquiries = Iterable[tuple[Entry, ...]]
BuildTables = Callable[..., InquiryTables]
Detect = Callable[[InquiryTables], Iterable[Finding]]
Find = Callable[..., list[Finding]]


async def write(path: Path, inquiries: Inquiries) -> None:
    entries = [entry for pair in inquiries for entry in pair]
    journal = await SqliteJournal.open(path, deadline_s=30, queue_limit=len(entries))
    try:
        await asyncio.gather(*map(journal.append, entries))
    finally:
        await journal.close()


@pytest.fixture
def build_tables(tmp_path: Path) -> Iterator[BuildTables]:
    """Writes a journal and builds its inquiry tables; further arguments are those of `inquiry_tables`."""
    numbers = count()
    with ExitStack() as stack:

        def build_tables(inquiries: Inquiries, thresholds: Thresholds | None = None, **given: Any) -> InquiryTables:
            path = tmp_path / f"{next(numbers)}.db"
            asyncio.run(write(path, inquiries))
            return stack.enter_context(inquiry_tables(SqliteStore(path), thresholds or Thresholds(), **given))

        yield build_tables


@pytest.fixture
def find(build_tables: BuildTables) -> Find:
    """Findings of one detector in a journal of these inquiries."""

    def find(detector: Detect, inquiries: Inquiries, **given: Any) -> list[Finding]:
        return list(detector(build_tables(inquiries, **given)))

    return find


def ordinary(users: int = 30, each: int = 10, **known: Any) -> list[tuple[Entry, Entry]]:
    """Inquiries of ordinary users, each about another person: at 08, 12 and 16 o'clock, Monday to Friday."""
    people = count(1_000)
    return [
        inquiry(f"user-{user:02}", next(people), days=number % 5, hours=number % 3 * 4, **known)
        for user in range(users)
        for number in range(each)
    ]
