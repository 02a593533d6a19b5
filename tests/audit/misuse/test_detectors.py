"""Findings of each detector in small journals, and inquiries that are no finding."""

from __future__ import annotations

from typing import Any

import pytest

from audit.entry import Entry, Kind
from audit.misuse.broken_rules import ended_account, own_record
from audit.misuse.off_shift import off_shift
from audit.misuse.report import DETECTORS
from audit.misuse.shares import colleague, no_case, same_surname, sex_skew
from audit.misuse.subject_counts import many_users, repeated_subject
from audit.misuse.thresholds import Thresholds
from audit.misuse.volume import volume
from tests.audit.misuse.conftest import BuildTables, Detect, Find, inquiry, ordinary

STEPPED_UP = {"case_number": "26-1", "assurance": "aal2"}
ENDS = {"user-03": "2026-03-04T00:00:00.000000+00:00"}
WOMEN = [(f"persons/P{number:07}", "FM"[number % 2]) for number in range(2_000)]


def test_no_detector_finds_anything_among_equal_users(build_tables: BuildTables) -> None:
    alike = build_tables([*ordinary(**STEPPED_UP), *ordinary(reason="INVESTIGATION")], ended={}, sexes=WOMEN)

    assert {detector.name: list(detector.find(alike)) for detector in DETECTORS} == {
        detector.name: [] for detector in DETECTORS
    }


def test_one_inquiry_about_the_own_record_is_found(find: Find) -> None:
    own = inquiry("user-07", flags=["OWN_RECORD"])
    (found,) = find(own_record, [*ordinary(), own, inquiry("user-08", 5, flags=["OWN_RECORDS"])])

    assert (found.user, found.count, found.score) == ("user-07", 1, 99)
    assert found.words == "queried their own record once"
    assert found.inquiries == (own[0].id,)


def test_only_inquiries_after_the_end_of_an_account_are_found(find: Find) -> None:
    (found,) = find(ended_account, ordinary(), ended={**ENDS, "user-04": "2026-03-07T00:00:00.000000+00:00"})

    assert (found.user, found.count) == ("user-03", 6)
    assert found.words == "made an inquiry 6 times after the account ended on 2026-03-04"


def test_an_ended_account_is_found_in_any_case_and_by_its_earlier_end(find: Find) -> None:
    ends = {"USER-03": "2026-03-05T00:00:00.000000+00:00", "User-03": ENDS["user-03"]}
    (found,) = find(ended_account, ordinary(), ended=ends)

    assert (found.user, found.count) == ("user-03", 6)


def test_a_refusal_for_an_ended_account_is_found_without_a_file(find: Find) -> None:
    refused = Entry(kind=Kind.REFUSAL, at=ENDS["user-03"], user="user-03", outcome="UNAUTHENTICATED", flags=("ENDED",))
    (found,) = find(ended_account, [*ordinary(), (refused,)])

    assert (found.user, found.count, found.inquiries) == ("user-03", 1, (refused.id,))
    assert found.words == "made an inquiry once after the account or the token had ended"


@pytest.mark.parametrize(
    ("detector", "flag", "words"),
    [
        (
            same_surname,
            "SAME_SURNAME",
            "was shown a person of their own surname on 6 of 16 occasions; 0.2 would be usual",
        ),
        (colleague, "COLLEAGUE", "was shown 6 people of their own agency, of 16 queried; 0.1 would be usual"),
    ],
    ids=["surname", "colleague"],
)
def test_far_too_many_close_people_shown_is_found(find: Find, detector: Detect, flag: str, words: str) -> None:
    close = [inquiry("user-07", 10 + number, days=number / 2, flags=[flag], **STEPPED_UP) for number in range(6)]
    once = [inquiry("user-08", 20, flags=[flag], **STEPPED_UP)]
    (found,) = find(detector, [*ordinary(**STEPPED_UP), *close, *once])

    assert (found.user, found.count, found.words) == ("user-07", 6, words)
    assert found.inquiries == tuple(each[0].id for each in reversed(close))


def test_three_inquiries_about_one_stop_are_one_occasion(find: Find) -> None:
    again = [inquiry("user-07", 10, hours=minute / 60, flags=["SAME_SURNAME"], **STEPPED_UP) for minute in range(9)]

    assert find(same_surname, [*ordinary(**STEPPED_UP), *again]) == []


def test_personnel_inquiries_do_not_count_as_colleagues(find: Find) -> None:
    applicants = [
        inquiry("user-07", 10 + number, flags=["COLLEAGUE"], **STEPPED_UP, purpose="J", reason="EMPLOYMENT_BACKGROUND")
        for number in range(20)
    ]

    assert find(colleague, [*ordinary(**STEPPED_UP), *applicants]) == []


def test_missing_case_numbers_far_above_peers_are_found(find: Find) -> None:
    with_case: dict[str, Any] = {"reason": "INVESTIGATION", "case_number": "26-1"}
    without = [
        inquiry("user-07", 10 + number, reason="INVESTIGATION", flags=["NO_CASE"], hours=number) for number in range(12)
    ]
    stops = [inquiry("user-08", 50 + number) for number in range(12)]  # a stop needs none
    (found,) = find(no_case, [*ordinary(**with_case), *without, *stops])

    assert (found.user, found.count) == ("user-07", 12)
    assert found.words.startswith("gave no case number on 12 of 22 occasions whose reason has a case; ")


def test_a_user_like_many_peers_is_no_finding(find: Find) -> None:
    """A tenth of the users forget half of their case numbers, so forgetting half is not unusual."""
    inquiries = []
    for user in range(60):
        forgotten = 5 if user % 10 == 0 else 1
        for number in range(10):
            flags = ["NO_CASE"] if number < forgotten else []
            inquiries.append(
                inquiry(f"user-{user:02}", 10 * user + number, days=number, reason="INVESTIGATION", flags=flags)
            )

    assert find(no_case, inquiries) == []


def test_a_subject_that_many_users_query_without_a_case_is_found(find: Find) -> None:
    many = [inquiry(f"user-{user:02}", 7, days=user % 5) for user in range(20)]
    wanted = [inquiry(f"user-{user:02}", 8, days=user % 5, case_number="26-1") for user in range(20)]
    slowly = [inquiry(f"user-{user:02}", 9, days=3 * user) for user in range(20)]
    (found,) = find(many_users, [*ordinary(), *many, *wanted, *slowly])

    assert (found.user, found.subject, found.count) == (None, "persons/P0000007", 20)
    assert found.words == "was queried by 20 officers within 7 days, without a case; more than 1 is unusual"
    assert set(found.inquiries) == {each[0].id for each in many}


def test_many_users_are_counted_across_the_end_of_a_week(find: Find) -> None:
    many = [inquiry(f"user-{user:02}", 7, days=4 + user % 6) for user in range(24)]

    assert [found.count for found in find(many_users, [*ordinary(), *many])] == [24]


def test_users_within_one_week_are_found_where_as_many_over_months_are_not(find: Find) -> None:
    """If two users are usual, eight over three months are not unusual, but eight within one week are."""
    known = [inquiry(f"user-{user:02}", subject, days=user) for subject in range(100, 110) for user in range(2)]
    many = [inquiry(f"user-{user:02}", 7, days=40 + user % 5) for user in range(8)]
    slowly = [inquiry(f"user-{user:02}", 8, days=10 * user) for user in range(8)]
    (found,) = find(many_users, [*ordinary(), *known, *many, *slowly, inquiry("user-01", 9, days=91)])

    assert (found.subject, found.count, found.expected) == ("persons/P0000007", 8, 2)


def test_a_daily_subject_is_found_unless_each_day_has_its_own_case(find: Find) -> None:
    often = [inquiry("user-07", 7, days=day) for day in range(14)]
    cases = [inquiry("user-08", 8, days=day, case_number=f"26-{day}") for day in range(14)]
    at_once = [inquiry("user-09", 9, hours=minute / 60) for minute in range(14)]
    (found,) = find(repeated_subject, [*ordinary(), *often, *cases, *at_once])

    assert (found.user, found.subject, found.count) == ("user-07", "persons/P0000007", 13)
    assert found.words == "queried persons/P0000007 again on 13 days, with no new case; more than 1 is unusual"


def test_a_subject_that_the_whole_agency_queries_is_no_finding(find: Find) -> None:
    queries = [inquiry(f"user-{user:02}", 7, days=day) for day in range(14) for user in range(30)]

    assert find(repeated_subject, [*ordinary(), *queries]) == []


@pytest.mark.slow
def test_a_week_with_far_more_inquiries_than_peers_is_found(find: Find) -> None:
    burst = [inquiry("user-07", 100 + number, days=7 + number % 4) for number in range(90)]
    (found,) = find(volume, [*ordinary(), *burst])

    assert (found.user, found.count, found.expected) == ("user-07", 90, pytest.approx(10))
    assert set(found.inquiries) <= {each[0].id for each in burst}
    assert len(found.inquiries) == 25


def test_inquiries_off_shift_are_found_and_night_shifts_are_not(find: Find) -> None:
    nights = [inquiry("user-29", 300 + number, days=number % 5, hours=12 + number % 3 * 4) for number in range(40)]
    busy = [inquiry("user-07", 400 + number, days=number % 5, hours=number % 3 * 4) for number in range(30)]
    late = [inquiry("user-07", 100 + number, days=number % 5, hours=17) for number in range(7)]
    (found,) = find(off_shift, [*ordinary(29, 40), *nights, *busy, *late])

    assert (found.user, found.count) == ("user-07", 7)
    assert found.words.startswith("made inquiries outside their hours on 7 of 77 occasions; ")
    assert set(found.inquiries) == {each[0].id for each in late}


def test_a_user_moved_to_nights_has_other_hours_from_then_on(find: Find) -> None:
    moved = [inquiry("user-07", 100 + number, days=7 + number % 5, hours=14) for number in range(12)]

    assert find(off_shift, [*ordinary(), *moved]) == []


def test_inquiries_about_women_only_are_found(find: Find) -> None:
    women = [inquiry("user-07", 2 * number, days=number % 5) for number in range(60)]
    same = [inquiry("user-08", 2 * 400, days=day) for day in range(60)]  # one person, who is counted once
    (found,) = find(sex_skew, [*ordinary(), *women, *same], sexes=WOMEN)

    assert (found.user, found.count) == ("user-07", 65)
    assert found.words.startswith("of 70 people queried, 65 were women; ")


def test_a_user_with_too_few_peers_is_not_compared(find: Find) -> None:
    burst = [inquiry("user-30", 100 + number, days=number % 4, role="jail") for number in range(90)]

    assert find(volume, [*ordinary(), *burst]) == []


def test_a_threshold_decides_what_is_found(find: Find) -> None:
    inquiries = [*ordinary(), *(inquiry("user-07", 100 + number, days=7) for number in range(35))]

    assert [found.user for found in find(volume, inquiries)] == ["user-07"]
    assert find(volume, inquiries, thresholds=Thresholds(min_ratio=4)) == []
    assert find(volume, inquiries, thresholds=Thresholds(false_positive_rate=1e-9)) == []
