"""Journal entries: their fields and their canonical form."""

import re
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import orjson
import pytest

from audit.entry import Denial, Entry, Kind, SourceAnswer, now, stamp

FULL = Entry(
    kind=Kind.RELEASE,
    id="0" * 32,
    parent_id="1" * 32,
    trace_id="2" * 32,
    at="2026-03-01T12:00:00.000000+00:00",
    user="demo-investigator",
    role="investigator",
    agency="CA9190000",
    certified_until="2027-01-01",
    cleared_on="2021-02-03",
    fingerprinted_on="2021-02-04",
    employed_on="2021-02-17",
    trained_on="2021-03-29",
    recertified_on="2025-03-11",
    assurance="aal2",
    terminal="unit 12",
    address="127.0.0.1",
    claim="role",
    token_sha256="cd" * 32,
    purpose="C",
    reason="TRAFFIC_STOP",
    case_number="26-0001",
    attention="Lee 4417",
    operation_name="FieldStop",
    document_sha256="ab" * 32,
    trusted_document="FieldStop",
    policy_version="f00d",
    parts=(0, 2),
    record_ids=("persons/P0000001", "warrants/W000000001"),
    searched=("plate=Y27MNG9SEW0N",),
    search_key="1b0c2f6e",
    released=("Person.name",),
    masked=("Person.ssn",),
    denied=(Denial(field="Warrant.offense", record_class="WANTS", rule="11 CCR 703", needs=("AAL2",)),),
    exclusions=(Denial(record_class="SEALED", rule="PC 851.92"),),
    sources=(SourceAnswer(name="persons", status="OK"),),
    filters=("user=demo-patrol",),
    outcome="RELEASED",
    flags=("OWN_RECORD",),
)


def test_an_entry_is_parsed_as_it_was_written() -> None:
    assert all(getattr(FULL, field.name) for field in fields(Entry))
    assert Entry.from_bytes(FULL.to_bytes()) == FULL


def test_an_entry_has_one_canonical_form() -> None:
    body = FULL.to_bytes()

    assert body == orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    assert Entry.from_bytes(body).to_bytes() == body


def test_empty_fields_are_not_written() -> None:
    entry = Entry(kind=Kind.REFUSAL, id="0" * 32, at="2026-03-01T12:00:00.000000+00:00", outcome="UNAUTHENTICATED")

    assert entry.to_bytes() == (
        b'{"at":"2026-03-01T12:00:00.000000+00:00","id":"00000000000000000000000000000000",'
        b'"kind":"REFUSAL","outcome":"UNAUTHENTICATED"}'
    )
    assert Entry.from_bytes(entry.to_bytes()) == entry


@pytest.mark.parametrize("key", ["ssn", "value", "values", "variables", "document", "row", "arguments"])
def test_an_entry_has_no_field_for_a_value(key: str) -> None:
    with pytest.raises(TypeError, match=key):
        Entry(kind=Kind.RELEASE, **{key: "900-12-3456"})  # type: ignore[arg-type]

    with pytest.raises(TypeError, match=key):
        Denial(field="Person.ssn", record_class="SSN", rule="own-record", **{key: "900-12-3456"})  # type: ignore[arg-type]

    with pytest.raises(TypeError, match=key):
        Entry.from_bytes(orjson.dumps({"kind": "RELEASE", key: "900-12-3456"}))


def test_an_entry_takes_no_new_attribute() -> None:
    with pytest.raises((AttributeError, TypeError)):
        FULL.ssn = "900-12-3456"  # type: ignore[attr-defined]


def test_entries_without_an_id_belong_to_different_inquiries() -> None:
    assert Entry(kind=Kind.INTENT).id != Entry(kind=Kind.INTENT).id


def test_timestamps_sort_as_times_do() -> None:
    times = [
        datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC),
        datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 3, 1, 5, 0, 1, tzinfo=timezone(timedelta(hours=-7))),
    ]

    assert [stamp(time) for time in times] == sorted(stamp(time) for time in reversed(times))
    assert stamp(times[2]) == "2026-03-01T12:00:01.000000+00:00"
    assert len(now()) == len(stamp(times[0]))


def test_a_time_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        stamp(datetime(2026, 3, 1, 12, 0, 0))  # noqa: DTZ001


def test_the_journal_page_names_exactly_the_fields_of_an_entry() -> None:
    page = (Path(__file__).parents[2] / "docs" / "journal.md").read_text(encoding="utf-8")
    rows = page.partition("| about | fields |")[2].partition("\n\n")[0]

    assert sorted(re.findall("`([a-z_0-9]+)`", rows)) == sorted(field.name for field in fields(Entry))
