"""Inquiry tables: the inquiries of a journal and their subjects."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from audit.entry import Entry, Kind
from audit.errors import JournalBroken
from audit.misuse.inquiry_tables import InquiryTables, inquiry_tables
from audit.misuse.thresholds import Thresholds
from audit.sqlite.store import SqliteStore
from tests.audit.misuse.conftest import MONDAY, BuildTables, inquiry


def subjects(tables: InquiryTables) -> list[str]:
    return [record for (record,) in tables.rows("SELECT record_id FROM subject ORDER BY record_id")]


def test_an_inquiry_joins_its_intent_with_its_release(build_tables: BuildTables) -> None:
    tables = build_tables([inquiry("lee", 1, 2, flags=["OWN_RECORD"], case_number="26-1", assurance="aal2", hours=2)])

    ((user, hour, has_case, flags),) = tables.rows("SELECT user, hour, has_case, flags FROM inquiry")
    assert (user, hour, has_case, flags) == ("lee", 10, 1, '["OWN_RECORD"]')
    assert subjects(tables) == ["persons/P0000001", "persons/P0000002"]


def test_an_intent_without_a_release_counts_with_its_records(build_tables: BuildTables) -> None:
    intent, _ = inquiry("lee")
    tables = build_tables([(replace(intent, record_ids=("persons/P0000005",), flags=("NO_CASE",)),)])

    assert list(tables.rows("SELECT user, flags FROM inquiry")) == [("lee", '["NO_CASE"]')]
    assert subjects(tables) == ["persons/P0000005"]


def test_an_inquiry_in_parts_counts_once_with_what_its_last_entry_says(build_tables: BuildTables) -> None:
    intent, release = inquiry("lee", 1, 2, flags=["OWN_RECORD"])
    part = replace(release, kind=Kind.PART, parts=(0,), record_ids=("persons/P0000001",), flags=())
    tables = build_tables([(intent, part, release)])

    assert list(tables.rows("SELECT released, flags FROM inquiry")) == [(3, '["OWN_RECORD"]')]
    assert subjects(tables) == ["persons/P0000001", "persons/P0000002"]


def test_an_inquiry_that_ends_with_a_part_counts_with_its_records(build_tables: BuildTables) -> None:
    """As after a crash between two parts."""
    intent, release = inquiry("lee", 1, 2, flags=["OWN_RECORD"])
    tables = build_tables([(intent, replace(release, kind=Kind.PART, parts=(0,)))])

    assert list(tables.rows("SELECT released, flags FROM inquiry")) == [(2, '["OWN_RECORD"]')]
    assert subjects(tables) == ["persons/P0000001", "persons/P0000002"]


def test_journal_reads_and_failed_sign_ins_are_no_inquiries(build_tables: BuildTables) -> None:
    refusal = Entry(kind=Kind.REFUSAL, user="lee", outcome="PURPOSE_REQUIRED")
    tables = build_tables([(Entry(kind=Kind.READ, user="local:lee"), Entry(kind=Kind.REFUSAL), refusal)])

    assert list(tables.rows("SELECT id, role FROM inquiry")) == [(refusal.id, "")]


def test_a_page_of_hits_has_no_subject(build_tables: BuildTables) -> None:
    tables = build_tables([inquiry("lee", 1, 2, 3), inquiry("lee", 4)], Thresholds(max_subjects=2))

    assert subjects(tables) == ["persons/P0000004"]


def test_records_beside_persons_are_no_subjects(build_tables: BuildTables) -> None:
    stop, plate = inquiry("lee", 1), inquiry("lee")
    vehicle = ("vehicles/1HGCM82633A004352",)
    tables = build_tables(
        [
            (stop[0], replace(stop[1], record_ids=(*stop[1].record_ids, *vehicle))),
            (plate[0], replace(plate[1], record_ids=vehicle)),
        ]
    )

    assert list(tables.rows("SELECT id, about FROM inquiry ORDER BY about")) == [
        (stop[0].id, "persons/P0000001"),
        (plate[0].id, vehicle[0]),
    ]


def test_a_report_beside_its_vehicle_is_no_subject(build_tables: BuildTables) -> None:
    """Else the same car would be another subject once it is stolen."""
    plate, serial = inquiry("lee"), inquiry("lee")
    records = ("property/V000000011", "vehicles/1HGCM82633A004352")
    tables = build_tables(
        [
            (plate[0], replace(plate[1], record_ids=records)),
            (serial[0], replace(serial[1], record_ids=("property/A000000018",))),
        ]
    )

    assert subjects(tables) == ["property/A000000018", "vehicles/1HGCM82633A004352"]


@pytest.mark.parametrize("case", ["", " -- ", None])
def test_a_case_number_without_a_letter_or_digit_does_not_count(build_tables: BuildTables, case: str | None) -> None:
    tables = build_tables([inquiry("lee", 1, case_number=case, assurance="aal2")])

    assert list(tables.rows("SELECT has_case FROM inquiry")) == [(0,)]


def test_only_inquiries_between_two_times_are_read(build_tables: BuildTables) -> None:
    inquiries = [inquiry("lee", day, days=day) for day in range(4)]
    tables = build_tables(inquiries, since=MONDAY + timedelta(days=1), until=MONDAY + timedelta(days=3))

    assert subjects(tables) == ["persons/P0000001", "persons/P0000002"]


def test_days_run_from_midnight_and_weeks_from_monday(build_tables: BuildTables) -> None:
    sunday, monday = inquiry("lee", days=6, hours=15.9), inquiry("lee", days=6, hours=16)
    tables = build_tables([sunday, monday])

    ((last, week), (first, next_week)) = tables.rows("SELECT day, day / 7 FROM inquiry ORDER BY at")
    assert (first - last, next_week - week) == (1, 1)


def test_a_damaged_journal_is_an_error(tmp_path: Path, build_tables: BuildTables) -> None:
    build_tables([inquiry("lee", 1)]).connection.close()
    file = tmp_path / "0.db"
    file.write_bytes(file.read_bytes().replace(b'{"agency"', b'["agency"'))

    with pytest.raises(JournalBroken, match="is damaged; verify it"), inquiry_tables(SqliteStore(file), Thresholds()):
        pass
