"""The journal as detectors read it: what an inquiry is, and whom it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from audit.entry import Entry, Kind
from audit.errors import JournalBroken
from audit.misuse.inquiry_tables import InquiryTables, inquiry_tables
from audit.misuse.thresholds import Thresholds
from tests.audit.misuse.conftest import MONDAY, Read, ask


def subjects(found: InquiryTables) -> list[str]:
    return [record for (record,) in found.rows("SELECT record_id FROM subject ORDER BY record_id")]


def test_an_inquiry_is_its_intent_with_the_records_and_flags_of_its_release(read: Read) -> None:
    found = read([ask("lee", 1, 2, flags=["OWN_RECORD"], case_number="26-1", assurance="aal2", hours=2)])

    ((user, hour, has_case, is_stepped_up, flags),) = found.rows(
        "SELECT user, hour, has_case, is_stepped_up, flags FROM inquiry"
    )
    assert (user, hour, has_case, is_stepped_up, flags) == ("lee", 10, 1, 1, '["OWN_RECORD"]')
    assert subjects(found) == ["persons/P0000001", "persons/P0000002"]


def test_an_intent_that_came_to_nothing_counts_with_what_it_named(read: Read) -> None:
    intent, _ = ask("lee")
    found = read([(replace(intent, record_ids=("persons/P0000005",), flags=("NO_CASE",)),)])

    assert list(found.rows("SELECT user, flags FROM inquiry")) == [("lee", '["NO_CASE"]')]
    assert subjects(found) == ["persons/P0000005"]


def test_reads_of_the_journal_and_failed_sign_ins_are_no_inquiries(read: Read) -> None:
    refused = Entry(kind=Kind.REFUSAL, user="lee", outcome="PURPOSE_REQUIRED")
    found = read([(Entry(kind=Kind.READ, user="local:lee"), Entry(kind=Kind.REFUSAL), refused)])

    assert list(found.rows("SELECT id, role FROM inquiry")) == [(refused.id, "")]


def test_a_page_of_hits_is_about_none_of_them(read: Read) -> None:
    found = read([ask("lee", 1, 2, 3), ask("lee", 4)], Thresholds(max_subjects=2))

    assert subjects(found) == ["persons/P0000004"]


def test_where_there_are_persons_what_belongs_to_them_is_no_subject_of_its_own(read: Read) -> None:
    stop, plate = ask("lee", 1), ask("lee")
    vehicle = ("vehicles/1HGCM82633A004352",)
    found = read(
        [
            (stop[0], replace(stop[1], record_ids=(*stop[1].record_ids, *vehicle))),
            (plate[0], replace(plate[1], record_ids=vehicle)),
        ]
    )

    assert list(found.rows("SELECT id, about FROM inquiry ORDER BY about")) == [
        (stop[0].id, "persons/P0000001"),
        (plate[0].id, vehicle[0]),
    ]


@pytest.mark.parametrize("case", ["", " -- ", None])
def test_a_case_number_without_a_letter_or_a_digit_is_none(read: Read, case: str | None) -> None:
    found = read([ask("lee", 1, case_number=case, assurance="aal2")])

    assert list(found.rows("SELECT has_case, is_stepped_up FROM inquiry")) == [(0, 0)]


def test_only_what_was_asked_between_two_moments_is_read(read: Read) -> None:
    asks = [ask("lee", day, days=day) for day in range(4)]
    found = read(asks, since=MONDAY + timedelta(days=1), until=MONDAY + timedelta(days=3))

    assert subjects(found) == ["persons/P0000001", "persons/P0000002"]


def test_days_run_from_midnight_and_weeks_from_monday(read: Read) -> None:
    sunday, monday = ask("lee", days=6, hours=15.9), ask("lee", days=6, hours=16)
    found = read([sunday, monday])

    ((last, week), (first, next_week)) = found.rows("SELECT day, day / 7 FROM inquiry ORDER BY at")
    assert (first - last, next_week - week) == (1, 1)


def test_a_damaged_journal_is_told_so(tmp_path: Path, read: Read) -> None:
    read([ask("lee", 1)]).connection.close()
    file = tmp_path / "0.db"
    file.write_bytes(file.read_bytes().replace(b'{"agency"', b'["agency"'))

    with pytest.raises(JournalBroken, match="is damaged; verify it"), inquiry_tables(file, Thresholds()):
        pass
