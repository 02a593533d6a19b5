"""An invented journal, written as the server writes one: an intent and a release for each inquiry, in order of time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path

from audit.entry import Entry, Kind, stamp
from audit.journal import Journal
from bench.misuse.force import Force, force
from bench.misuse.honest import PURPOSE, Ask, Work, everybody
from bench.misuse.planted import Key, Planter
from seed.rng import Rng

INQUIRIES_FOR_AN_OFFICER = 200
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Planted:
    """What is in a journal: whom each detector should point to, and what it must be told."""

    honest: int
    planted: int
    keys: dict[str, set[Key]]
    ended: dict[str, str]
    sexes: list[tuple[str, str]]


def write(path: Path, *, inquiries: int, weeks: int, each: int, rng: int) -> Planted:
    """A journal with misuse of every kind, `each` times; with none it is honest. The same for the same numbers."""
    chance = Rng(rng)
    crowd = force(chance, max(inquiries // INQUIRIES_FOR_AN_OFFICER, 40), weeks)
    work = Work(chance, crowd, weeks)
    planter = Planter(chance, crowd, work, each)
    planter.habits()
    honest = list(islice(filter(planter.keeps, work.asks()), inquiries))
    honest += filter(planter.keeps, work.fugitives(3))
    planted = list(planter.asks())
    asyncio.run(_append(path, sorted(honest + planted, key=lambda ask: ask.at)))
    return Planted(
        honest=len(honest),
        planted=len(planted),
        keys=dict(planter.keys),
        ended={user: stamp(end) for user, end in planter.ends.items()},
        sexes=_sexes(crowd),
    )


def _sexes(crowd: Force) -> list[tuple[str, str]]:
    return [(person.id, person.sex) for person in everybody(crowd)]


async def _append(path: Path, asks: Sequence[Ask]) -> None:
    journal = await Journal.open(path, deadline_s=60)
    try:
        entries = (entry for number, ask in enumerate(asks) for entry in _entries(number, ask))
        while some := list(islice(entries, AT_ONCE)):
            await asyncio.gather(*map(journal.append, some))
    finally:
        await journal.close()


def _entries(number: int, ask: Ask) -> Iterator[Entry]:
    who = ask.officer
    known = {
        "id": f"{number:032x}",
        "user": who.user,
        "role": who.role.value,
        "agency": who.agency,
        "assurance": "aal2" if ask.is_aal2 else "aal1",
        "purpose": PURPOSE.get(ask.reason, "C"),
        "reason": ask.reason.value,
        "case_number": ask.case,
    }
    yield Entry(kind=Kind.INTENT, at=stamp(ask.at), **known)  # type: ignore[arg-type]
    yield Entry(
        kind=Kind.RELEASE,
        at=stamp(ask.at + timedelta(milliseconds=20)),
        **known,  # type: ignore[arg-type]
        record_ids=tuple(person.id for person in ask.people),
        outcome="ANSWERED",
        flags=tuple(sorted(ask.seen)),
    )
