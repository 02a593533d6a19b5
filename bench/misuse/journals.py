"""Synthetic journal, written as the server writes one: intent and release of each inquiry, in order of time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from audit.entry import Entry, Kind, stamp
from audit.sqlite.journal import SqliteJournal
from bench.misuse.agency_roster import Roster, build_roster
from bench.misuse.honest_work import PURPOSE, Inquiry, Work, all_people
from bench.misuse.planted_misuse import Key, Planter
from seed.rng import Rng

INQUIRIES_PER_OFFICER = 200
CONCURRENT_APPENDS = 1_000


@dataclass(frozen=True, slots=True)
class PlantedJournal:
    """Content of a journal: the expected findings of each detector, and the inputs that detectors need."""

    honest: int
    planted: int
    keys: dict[str, set[Key]]
    ended: dict[str, str]
    sexes: list[tuple[str, str]]


def write(path: Path, *, inquiries: int, weeks: int, repetitions: int, seed: int) -> PlantedJournal:
    """Write a journal with each kind of misuse `repetitions` times. Equal arguments write equal journals."""
    rng = Rng(seed)
    roster = build_roster(rng, officer_count(inquiries), weeks)
    work = Work(rng, roster, weeks)
    planter = Planter(rng, roster, work, repetitions)
    planter.change_habits()
    honest = list(islice(filter(planter.is_possible, work.inquiries()), inquiries))
    honest += filter(planter.is_possible, work.fugitives(3))
    planted = list(planter.inquiries())
    asyncio.run(_append(path, sorted(honest + planted, key=lambda inquiry: inquiry.at)))
    return PlantedJournal(
        honest=len(honest),
        planted=len(planted),
        keys=dict(planter.keys),
        ended={user: stamp(end) for user, end in planter.ends.items()},
        sexes=_sexes(roster),
    )


def officer_count(inquiries: int) -> int:
    return max(inquiries // INQUIRIES_PER_OFFICER, 40)


def _sexes(roster: Roster) -> list[tuple[str, str]]:
    return [(person.id, person.sex) for person in all_people(roster)]


async def _append(path: Path, inquiries: Sequence[Inquiry]) -> None:
    journal = await SqliteJournal.open(path, deadline_s=60)
    try:
        entries = (entry for number, inquiry in enumerate(inquiries) for entry in _entries(number, inquiry))
        while batch := list(islice(entries, CONCURRENT_APPENDS)):
            await asyncio.gather(*map(journal.append, batch))
    finally:
        await journal.close()


def _entries(number: int, inquiry: Inquiry) -> Iterator[Entry]:
    officer = inquiry.officer
    known = {
        "id": blake2b(number.to_bytes(8, "big"), digest_size=16).hexdigest(),  # as different as real ones
        "user": officer.user,
        "role": officer.role.value,
        "agency": officer.agency,
        "assurance": "aal2" if inquiry.is_aal2 else "aal1",
        "purpose": PURPOSE.get(inquiry.reason, "C"),
        "reason": inquiry.reason.value,
        "case_number": inquiry.case,
    }
    yield Entry(kind=Kind.INTENT, at=stamp(inquiry.at), **known)  # type: ignore[arg-type]
    yield Entry(
        kind=Kind.RELEASE,
        at=stamp(inquiry.at + timedelta(milliseconds=20)),
        **known,  # type: ignore[arg-type]
        record_ids=tuple(person.id for person in inquiry.people),
        outcome="ANSWERED",
        flags=tuple(sorted(inquiry.all_flags)),
    )
