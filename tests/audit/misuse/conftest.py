"""Small journals by hand: one line an inquiry, written as the server writes them."""

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
from audit.journal import Journal
from audit.misuse.finding import Detector, Finding
from audit.misuse.inquiry_tables import InquiryTables, inquiry_tables
from audit.misuse.thresholds import Thresholds

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


def ask(
    user: str, *subjects: int, days: float = 0, hours: float = 0, flags: Iterable[str] = (), **known: Any
) -> tuple[Entry, Entry]:
    """The intent and the release of one inquiry about people by number, so long after Monday at eight."""
    at = MONDAY + timedelta(days=days, hours=hours)
    first = Entry(
        kind=Kind.INTENT,
        at=stamp(at),
        user=user,
        **{"role": "patrol", "agency": "CA0190000", "purpose": "C", "reason": "TRAFFIC_STOP", **known},
    )
    people = tuple(f"persons/P{number:07}" for number in subjects)
    last = {"kind": Kind.RELEASE, "at": stamp(at + timedelta(seconds=1)), "record_ids": people, "flags": tuple(flags)}
    return first, replace(first, **last)  # type: ignore[arg-type]


Asks = Iterable[tuple[Entry, ...]]
Read = Callable[..., InquiryTables]
Find = Callable[..., list[Finding]]


async def write(path: Path, asks: Asks) -> None:
    entries = [entry for asked in asks for entry in asked]
    journal = await Journal.open(path, deadline_s=30, queue_limit=len(entries))
    try:
        await asyncio.gather(*map(journal.append, entries))
    finally:
        await journal.close()


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    """Writes a journal and reads it back as detectors do; further arguments are those of `trail`."""
    numbers = count()
    with ExitStack() as stack:

        def read(asks: Asks, thresholds: Thresholds | None = None, **given: Any) -> InquiryTables:
            path = tmp_path / f"{next(numbers)}.db"
            asyncio.run(write(path, asks))
            return stack.enter_context(inquiry_tables(path, thresholds or Thresholds(), **given))

        yield read


@pytest.fixture
def find(read: Read) -> Find:
    """What one detector finds in a journal of these."""

    def find(detector: Detector, asks: Asks, **given: Any) -> list[Finding]:
        return list(detector.find(read(asks, **given)))

    return find


def usual(users: int = 30, each: int = 10, **known: Any) -> list[tuple[Entry, Entry]]:
    """Users who ask about somebody else each time, ten times: at eight, twelve and four, Monday to Friday."""
    fresh = count(1_000)
    return [
        ask(f"user-{user:02}", next(fresh), days=number % 5, hours=number % 3 * 4, **known)
        for user in range(users)
        for number in range(each)
    ]
