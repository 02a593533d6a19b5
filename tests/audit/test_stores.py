"""Journal stores: what holds of a journal wherever its entries are."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.chain import GENESIS, Anchor, Receipt, chain_hash
from audit.checkpointer import Checkpointer
from audit.entry import Denial, Entry, Kind
from audit.errors import JournalUnavailable
from audit.faults import FaultKind
from audit.journal import JournalStore
from audit.misuse.inquiry_tables import inquiry_tables
from audit.misuse.thresholds import Thresholds
from audit.signed_note import Signer, new_key
from audit.verification import Verification

MakeIntent = Callable[..., Entry]


async def write(store: JournalStore, *entries: Entry) -> list[Receipt]:
    """The receipts of entries that are appended one after another."""
    journal = await store.open(deadline_s=30)
    receipts = [await journal.append(entry) for entry in entries]
    await journal.close()
    return receipts


async def found(store: JournalStore, **conditions: object) -> list[int]:
    entries = await asyncio.to_thread(lambda: list(store.search(**conditions)))  # type: ignore[arg-type]
    return [each.sequence for each in entries]


async def verification(store: JournalStore, *anchors: Anchor) -> Verification:
    return await asyncio.to_thread(lambda: store.verify(anchors=anchors))


async def test_a_receipt_is_the_hash_of_the_chain(store: JournalStore, make_intent: MakeIntent) -> None:
    odd = make_intent(2, attention='Zoë 😀 "quoted" \\ \x00 \x1f \u2028 café \\u0000', terminal="a\tb")
    entries = [make_intent(1), odd, make_intent(3)]

    receipts = await write(store, *entries)

    expected, last = [], GENESIS
    for sequence, entry in enumerate(entries, 1):
        last = chain_hash(last, sequence, entry.to_bytes())
        expected.append(Receipt(sequence, last))
    assert receipts == expected
    assert await verification(store) == Verification(3, last)


async def test_waiting_entries_have_receipts_of_one_chain(store: JournalStore, make_intent: MakeIntent) -> None:
    journal = await store.open(deadline_s=30)
    receipts = await asyncio.gather(*(journal.append(make_intent(number)) for number in range(1_000)))
    await journal.close()

    assert [receipt.sequence for receipt in receipts] == list(range(1, 1_001))
    assert await verification(store) == Verification(1_000, receipts[-1].hash)


async def test_writers_side_by_side_continue_each_others_chain(store: JournalStore, make_intent: MakeIntent) -> None:
    journals = [await store.open(deadline_s=30) for _ in range(3)]
    receipts = await asyncio.gather(*(each.append(make_intent(n)) for n in range(40) for each in journals))
    await store.append_once(make_intent(99))
    for each in journals:
        await each.close()

    assert sorted(receipt.sequence for receipt in receipts) == list(range(1, 121))
    assert (await verification(store)).count == 121


async def test_a_journal_that_is_opened_again_continues_the_chain(store: JournalStore, make_intent: MakeIntent) -> None:
    entry = make_intent(2)
    (first,) = await write(store, make_intent(1))
    (second,) = await write(store, entry)

    assert second == Receipt(2, chain_hash(first.hash, 2, entry.to_bytes()))


async def test_a_closed_journal_refuses(store: JournalStore, make_intent: MakeIntent) -> None:
    journal = await store.open()
    await journal.close()
    await journal.close()

    with pytest.raises(JournalUnavailable):
        await journal.append(make_intent(1))
    assert not await journal.is_ready()


async def test_an_entry_that_cannot_be_encoded_is_refused_alone(store: JournalStore, make_intent: MakeIntent) -> None:
    journal = await store.open(deadline_s=30)
    results = await asyncio.gather(
        journal.append(make_intent(1)), journal.append(make_intent(2, attention="\ud800")), return_exceptions=True
    )
    await journal.close()

    assert [type(each) for each in results] == [Receipt, JournalUnavailable]


KNOWN = {"searched": ("plate=a", "name=b"), "search_key": "k1", "trace_id": "c" * 32}


@pytest.fixture
async def searched(store: JournalStore, make_intent: MakeIntent) -> JournalStore:
    times = [datetime(2026, 1, day, tzinfo=UTC).isoformat(timespec="microseconds") for day in range(1, 7)]
    await write(
        store,
        make_intent(1, at=times[0], user="a", agency="CA1", case_number="26-1", record_ids=("persons/P1",)),
        make_intent(2, at=times[1], user="b", agency="CA1", record_ids=("persons/P1", "warrants/W1"), **KNOWN),
        make_intent(3, at=times[2], user="a", agency="CA2", case_number="nul\0", flags=("OWN_RECORD",)),
        Entry(kind=Kind.RELEASE, id=f"{3:032x}", at=times[3], user="a", agency="CA2", outcome="DENIED"),
        make_intent(5, at=times[4], user="A", record_ids=("persons/P10",)),
        make_intent(
            6, at=times[4], user="c\\u0000", case_number="\\\0", denied=(Denial(record_class="SSN", rule="r"),)
        ),
    )
    return store


@pytest.mark.parametrize(
    ("conditions", "sequences"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"user": "a"}, [4, 3, 1]),
        ({"agency": "CA1"}, [2, 1]),
        ({"case": "26-1"}, [1]),
        ({"case": "nul\0"}, [3]),
        ({"case": "\\\0"}, [6]),
        ({"user": "c\\u0000"}, [6]),
        ({"id": f"{3:032x}"}, [4, 3]),
        ({"trace": "c" * 32}, [2]),
        ({"id_start": f"{3:032x}"}, [4, 3]),
        ({"id_start": f"{3:032x}"[:31]}, [6, 5, 4, 3, 2, 1]),
        ({"id_start": "f"}, []),
        ({"number": 5}, [5]),
        ({"searched": ("name=b", "name=c")}, [2]),
        ({"searched": ("name=c",)}, []),
        ({"other_key": "k2"}, [2]),
        ({"other_key": "k1"}, []),
        ({"kind": "RELEASE"}, [4]),
        ({"outcome": "DENIED"}, [4]),
        ({"flag": "OWN_RECORD"}, [3]),
        ({"subject": "persons/P1"}, [2, 1]),
        ({"subject": "persons/P1", "user": "b"}, [2]),
        ({"subject": "persons/p1"}, []),
        ({"since": datetime(2026, 1, 3, tzinfo=UTC)}, [6, 5, 4, 3]),
        ({"until": datetime(2026, 1, 3, tzinfo=UTC)}, [2, 1]),
        ({"after": 4, "limit": 2}, [3, 2]),
        ({"after": 4, "user": "a"}, [3, 1]),
        ({"limit": 1}, [6]),
    ],
)
async def test_a_search_finds_the_entries_that_meet_its_terms(
    searched: JournalStore, conditions: dict[str, object], sequences: list[int]
) -> None:
    assert await found(searched, **conditions) == sequences


async def test_a_search_returns_the_same_entries_in_blocks_of_any_size(
    searched: JournalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for block in (1, 2, 6, 7):
        monkeypatch.setattr("audit.search_conditions.BLOCK", block)
        assert await found(searched) == [6, 5, 4, 3, 2, 1]


async def test_an_anchor_covers_its_entries_and_a_wrong_one_is_a_fault(
    store: JournalStore, make_intent: MakeIntent
) -> None:
    receipts = await write(store, *(make_intent(number) for number in range(1, 5)))

    assert (await verification(store, Anchor(receipts[2]))).covered == 3
    wrong = await verification(store, Anchor(Receipt(2, GENESIS)), Anchor(Receipt(9, GENESIS)))
    assert [(fault.kind, fault.sequence) for fault in wrong.faults] == [
        (FaultKind.CHECKPOINT, 2),
        (FaultKind.SEQUENCE, 5),
    ]


async def test_checkpoints_cover_what_was_signed(store: JournalStore, make_intent: MakeIntent, tmp_path: Path) -> None:
    checkpoints = tmp_path / "elsewhere.jsonl"
    checkpointer = Checkpointer(store, checkpoints, Signer("needtoknow", new_key()))
    journal = await store.open(deadline_s=30, checkpointer=checkpointer)
    receipt = await journal.append(make_intent(1))
    await journal.close()

    assert receipt.hash.hex() in checkpoints.read_text()


@pytest.mark.parametrize("kind", [Kind.RELEASE, Kind.PART])
async def test_a_report_has_the_inquiries_of_its_time_with_their_releases(
    store: JournalStore, make_intent: MakeIntent, kind: Kind
) -> None:
    """Or with the last part of a response, if that was never ended."""
    day = "2026-01-0{}T08:00:00.000000+00:00"
    release = {"kind": kind, "user": "a", "record_ids": ("persons/P1",)}
    await write(
        store,
        make_intent(1, at=day.format(1), user="a"),
        make_intent(2, at=day.format(2), user="a", role="patrol", case_number="26-1\0"),
        Entry(id=f"{2:032x}", at=day.format(3), flags=("OWN_RECORD",), **release),  # type: ignore[arg-type]
        make_intent(4, at=day.format(4), user="a"),
        Entry(kind=Kind.READ, at=day.format(2), user="local:root"),
    )
    since, until = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)

    def read() -> tuple[list[object], list[object]]:
        with inquiry_tables(store, Thresholds(), since=since, until=until) as tables:
            inquiries = tables.rows("SELECT sequence, released, user, role, flags, about FROM inquiry").fetchall()
            return inquiries, tables.rows("SELECT * FROM subject").fetchall()

    assert await asyncio.to_thread(read) == (
        [(2, 3, "a", "patrol", '["OWN_RECORD"]', "persons/P1")],
        [(2, "persons/P1")],
    )
