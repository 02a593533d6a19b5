"""Contenders with the same promises: how their answers, denials and journals are compared before anything is timed."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.config.data_folder import JOURNAL as JOURNAL_FILE
from audit.sqlite.verification import verify
from bench import name_matches
from bench.contenders import ALL, CONTENDERS, NODE, Contender
from bench.peers.chained_journal import ChainedJournal
from bench.peers.statements import write_indexes
from bench.processes import NotStarted, Server
from bench.promise_checks import (
    PromiseBroken,
    check_promises,
    compare_denials,
    compare_journals,
    refuse_strangers,
    require_whole_journals,
)
from bench.results import Measurement
from bench.rounds import ContenderFailed, RunningContender, compare, fetch_data, start_contenders
from bench.workloads import Workload, workloads

ENTRY = {"id": "ab" * 16, "at": "2026-01-31T08:00:00.000000+00:00", "user": "demo-investigator", "agency": "CA9190000"}
INTENT = {**ENTRY, "kind": "INTENT", "record_ids": ["persons/P0000001"]}
RELEASE = {**ENTRY, "kind": "RELEASE", "record_ids": ["persons/P0000001", "warrants/W1"], "released": ["Person.id"]}
COMPARED = 2


def contender(key: str) -> Contender:
    return next(each for each in CONTENDERS if each.key == key)


def journaled(folder: Path, key: str, *entries: dict[str, Any]) -> RunningContender:
    """A contender whose journal has these entries; its server has ended."""
    folder.mkdir()

    async def write() -> None:
        journal = ChainedJournal(folder / JOURNAL_FILE)
        for entry in entries:
            await journal.append(entry)
        journal.close()

    asyncio.run(write())
    return RunningContender(contender(key), Server(0, 0), {}, folder)


@contextmanager
def started(data: Path, *contenders: Contender) -> Iterator[tuple[list[RunningContender], list[Workload]]]:
    selected = [each for each in workloads(data) if each.people <= 200]
    with start_contenders(contenders, selected, data) as running:
        yield running, selected


def test_journals_that_say_the_same_are_alike(tmp_path: Path) -> None:
    other = {**RELEASE, "at": "2026-02-01T08:00:00.000000+00:00", "record_ids": RELEASE["record_ids"][::-1]}
    first = journaled(tmp_path / "first", "whole", INTENT, RELEASE)
    second = journaled(tmp_path / "second", "floor", INTENT, {**other, "released": ["Query.persons", "Person.id"]})

    compare_journals([first, second], 1)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"record_ids": ["persons/P0000001"]}, r"differ at entry 2, RELEASE, record_ids: \['persons/P0000001'\] and"),
        ({"released": ["Person.ssn"]}, r"differ at entry 2, RELEASE, released: \['Person\.ssn'\] and"),
        ({"user": "demo-patrol"}, "differ at entry 2, RELEASE, user: 'demo-patrol' and 'demo-investigator'"),
    ],
)
def test_a_journal_that_says_something_else_is_named(tmp_path: Path, changed: dict[str, Any], message: str) -> None:
    first = journaled(tmp_path / "first", "whole", INTENT, RELEASE)
    second = journaled(tmp_path / "second", "floor", INTENT, {**RELEASE, **changed})

    with pytest.raises(PromiseBroken, match=f"^The journals of baseline, journaled and needtoknow, whole {message}"):
        compare_journals([first, second], 1)


def test_a_journal_without_a_release_is_named(tmp_path: Path) -> None:
    only = journaled(tmp_path / "only", "floor", INTENT)

    with pytest.raises(PromiseBroken, match=r"^The journal of baseline, journaled has 1 entries of 1 inquiries\.$"):
        compare_journals([only], 1)


def test_a_journal_that_was_changed_is_named(tmp_path: Path) -> None:
    changed = journaled(tmp_path / "changed", "floor", INTENT, RELEASE)
    with closing(sqlite3.connect(changed.folder / JOURNAL_FILE)) as journal:
        (trigger,) = journal.execute("SELECT sql FROM sqlite_schema WHERE name = 'entry_stays_as_it_is'").fetchone()
        journal.execute("DROP TRIGGER entry_stays_as_it_is")
        journal.execute("UPDATE entry SET body = replace(body, 'P0000001', 'P0000002') WHERE sequence = 1")
        journal.execute(trigger)
        journal.commit()

    with pytest.raises(PromiseBroken, match=r"^The journal of baseline, journaled is not whole: "):
        compare_journals([changed], 1)


def test_a_journal_with_fewer_entries_than_requests_is_named(tmp_path: Path) -> None:
    short = journaled(tmp_path / "short", "floor", INTENT, RELEASE)
    measured = [Measurement(0, "floor", "1 person", 1, 2, 0.5, 0.1, (1.0, 1.0))]

    require_whole_journals([short], [replace(measured[0], requests=1)])
    with pytest.raises(PromiseBroken, match=r"^The journal of baseline, journaled has 2 entries of 2 requests\.$"):
        require_whole_journals([short], measured)


async def test_entries_that_wait_are_written_by_one_transaction(tmp_path: Path) -> None:
    journal = ChainedJournal(tmp_path / JOURNAL_FILE)
    await asyncio.gather(*(journal.append(INTENT) for _ in range(20)))
    journal.close()

    verification = verify(tmp_path / JOURNAL_FILE)
    assert (verification.count, verification.is_whole) == (20, True)
    with closing(sqlite3.connect(tmp_path / JOURNAL_FILE)) as file:
        bodies = [orjson.loads(body) for (body,) in file.execute("SELECT body FROM entry")]
    assert bodies == [INTENT] * 20


def test_one_journal_alone_is_compared_with_none(tmp_path: Path) -> None:
    only = journaled(tmp_path / "only", "whole", INTENT, RELEASE)

    assert check_promises([only], [], 1) == 0


@pytest.mark.system
def test_peers_with_the_same_promises_answer_and_record_alike(data: Path) -> None:
    asyncio.run(name_matches.write(data))
    write_indexes(data)
    promising = [each for each in CONTENDERS if each.promises and (NODE.exists() or not each.needs_node)]
    with started(data, *promising) as (running, selected):
        compared = compare(running, selected, COMPARED)

        assert compared == COMPARED * len(selected)
        assert check_promises(running, selected, compared) == compared + 1


@pytest.mark.system
def test_a_contender_that_answers_strangers_is_named(data: Path) -> None:
    with (
        started(data, replace(contender("baseline"), promises=ALL)) as ([baseline], _),
        pytest.raises(PromiseBroken, match=r"^baseline (answers without a token: |does not answer: )"),
    ):
        refuse_strangers(baseline)


@pytest.mark.system
def test_a_contender_that_denies_nothing_is_named(data: Path) -> None:
    with (
        started(data, contender("floor")) as ([floor], selected),
        pytest.raises(PromiseBroken, match=r"^baseline, journaled denies other fields than it should: "),
    ):
        compare_denials([floor], selected[0].variables[0]["ids"])


@pytest.mark.system
def test_a_contender_that_does_not_start_is_named(data: Path) -> None:
    ends = replace(contender("baseline"), command=lambda _: [sys.executable, "-c", "raise SystemExit('no such file')"])

    with pytest.raises(NotStarted, match=r"^baseline does not start: no such file"), started(data, ends):
        pass


@pytest.mark.system
def test_a_contender_that_does_not_answer_is_named(data: Path) -> None:
    with started(data, contender("floor")) as ([floor], _):
        wrong = replace(
            floor, requests={"1 person": [b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"]}
        )

        with pytest.raises(ContenderFailed, match=r"^baseline, journaled does not answer: UnexpectedResponse"):
            fetch_data(wrong, "1 person", 0)
