"""What each detector points to, in journals where it is plain, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest

from audit.entry import Entry, Kind
from audit.misuse.ended_account import ENDED_ACCOUNT
from audit.misuse.finding import Detector, MissingInput
from audit.misuse.many_users import MANY_USERS
from audit.misuse.off_shift import OFF_SHIFT
from audit.misuse.own_record import OWN_RECORD
from audit.misuse.repeated_subject import REPEATED_SUBJECT
from audit.misuse.report import DETECTORS
from audit.misuse.sex_skew import SEX_SKEW
from audit.misuse.shares import COLLEAGUE, NO_CASE, SAME_SURNAME
from audit.misuse.thresholds import Thresholds
from audit.misuse.volume import VOLUME
from tests.audit.misuse.conftest import Find, Read, ask, usual

STEPPED_UP = {"case_number": "26-1", "assurance": "aal2"}
ENDS = {"user-03": "2026-03-04T00:00:00.000000+00:00"}
WOMEN = [(f"persons/P{number:07}", "FM"[number % 2]) for number in range(2_000)]


def test_where_everybody_does_the_same_no_detector_finds_anything(read: Read) -> None:
    alike = read([*usual(**STEPPED_UP), *usual(reason="INVESTIGATION")], ended={}, sexes=WOMEN)

    assert {detector.name: list(detector.find(alike)) for detector in DETECTORS} == {
        detector.name: [] for detector in DETECTORS
    }


def test_whoever_came_upon_their_own_record_once_is_found(find: Find) -> None:
    own = ask("user-07", flags=["OWN_RECORD"])
    (found,) = find(OWN_RECORD, [*usual(), own, ask("user-08", 5, flags=["OWN_RECORDS"])])

    assert (found.user, found.count, found.score) == ("user-07", 1, 99)
    assert found.words == "queried their own record once"
    assert found.inquiries == (own[0].id,)


def test_whoever_asked_after_the_account_ended_is_found_and_not_who_stopped(find: Find) -> None:
    (found,) = find(ENDED_ACCOUNT, usual(), ended={**ENDS, "user-04": "2026-03-07T00:00:00.000000+00:00"})

    assert (found.user, found.count) == ("user-03", 6)
    assert found.words == "made an inquiry 6 times after the account ended on 2026-03-04"


def test_whoever_was_refused_because_the_account_had_ended_is_found_without_being_told(find: Find) -> None:
    refused = Entry(kind=Kind.REFUSAL, at=ENDS["user-03"], user="user-03", outcome="UNAUTHENTICATED", flags=("ENDED",))
    (found,) = find(ENDED_ACCOUNT, [*usual(), (refused,)])

    assert (found.user, found.count, found.inquiries) == ("user-03", 1, (refused.id,))
    assert found.words == "made an inquiry once after the account or the token had ended"


def test_what_the_journal_does_not_hold_is_asked_for(find: Find) -> None:
    with pytest.raises(MissingInput, match="--sexes"):
        find(SEX_SKEW, usual())


@pytest.mark.parametrize(
    ("detector", "flag", "words"),
    [
        (
            SAME_SURNAME,
            "SAME_SURNAME",
            "was shown a person of their own surname on 6 of 16 occasions; 0.3 would be usual",
        ),
        (COLLEAGUE, "COLLEAGUE", "was shown 6 people of their own agency, of 16 queried; 0.1 would be usual"),
    ],
    ids=["surname", "colleague"],
)
def test_who_is_shown_people_close_to_them_far_too_often_is_found(
    find: Find, detector: Detector, flag: str, words: str
) -> None:
    close = [ask("user-07", 10 + number, days=number / 2, flags=[flag], **STEPPED_UP) for number in range(6)]
    once = [ask("user-08", 20, flags=[flag], **STEPPED_UP)]
    (found,) = find(detector, [*usual(**STEPPED_UP), *close, *once])

    assert (found.user, found.count, found.words) == ("user-07", 6, words)
    assert found.inquiries == tuple(asked[0].id for asked in reversed(close))


def test_a_stop_that_is_asked_about_three_times_is_one_occasion(find: Find) -> None:
    again = [ask("user-07", 10, hours=minute / 60, flags=["SAME_SURNAME"], **STEPPED_UP) for minute in range(9)]

    assert find(SAME_SURNAME, [*usual(**STEPPED_UP), *again]) == []


def test_personnel_that_is_asked_about_as_such_is_no_matter_of_colleagues(find: Find) -> None:
    applicants = [
        ask("user-07", 10 + number, flags=["COLLEAGUE"], **STEPPED_UP, purpose="J", reason="EMPLOYMENT_BACKGROUND")
        for number in range(20)
    ]

    assert find(COLLEAGUE, [*usual(**STEPPED_UP), *applicants]) == []


def test_whoever_names_no_case_far_more_than_peers_is_found(find: Find) -> None:
    with_case: dict[str, Any] = {"reason": "INVESTIGATION", "case_number": "26-1"}
    without = [
        ask("user-07", 10 + number, reason="INVESTIGATION", flags=["NO_CASE"], hours=number) for number in range(12)
    ]
    stops = [ask("user-08", 50 + number) for number in range(12)]  # a stop needs none
    (found,) = find(NO_CASE, [*usual(**with_case), *without, *stops])

    assert (found.user, found.count) == ("user-07", 12)
    assert found.words.startswith("gave no case number on 12 of 22 occasions whose reason has a case; ")


def test_peers_who_differ_widely_hide_nobody_who_is_like_them(find: Find) -> None:
    """A tenth of them forget half of their cases: then half is nothing to ask about."""
    asks = []
    for user in range(60):
        forgotten = 5 if user % 10 == 0 else 1
        for number in range(10):
            flags = ["NO_CASE"] if number < forgotten else []
            asks.append(ask(f"user-{user:02}", 10 * user + number, days=number, reason="INVESTIGATION", flags=flags))

    assert find(NO_CASE, asks) == []


def test_one_subject_asked_about_by_a_crowd_without_a_case_is_found(find: Find) -> None:
    crowd = [ask(f"user-{user:02}", 7, days=user % 5) for user in range(20)]
    wanted = [ask(f"user-{user:02}", 8, days=user % 5, case_number="26-1") for user in range(20)]
    slowly = [ask(f"user-{user:02}", 9, days=3 * user) for user in range(20)]
    (found,) = find(MANY_USERS, [*usual(), *crowd, *wanted, *slowly])

    assert (found.user, found.subject, found.count) == (None, "persons/P0000007", 20)
    assert found.words == "was queried by 20 users within 7 days, without a case; more than 1 is unusual"
    assert set(found.inquiries) == {asked[0].id for asked in crowd}


def test_a_crowd_is_counted_across_the_end_of_a_week(find: Find) -> None:
    crowd = [ask(f"user-{user:02}", 7, days=4 + user % 6) for user in range(24)]

    assert [found.count for found in find(MANY_USERS, [*usual(), *crowd])] == [24]


def test_a_crowd_too_close_together_is_found_where_as_many_over_months_are_not(find: Find) -> None:
    """Where two are usual eight are no great wonder; within one week of a quarter of a year they are."""
    known = [ask(f"user-{user:02}", subject, days=user) for subject in range(100, 110) for user in range(2)]
    crowd = [ask(f"user-{user:02}", 7, days=40 + user % 5) for user in range(8)]
    slowly = [ask(f"user-{user:02}", 8, days=10 * user) for user in range(8)]
    (found,) = find(MANY_USERS, [*usual(), *known, *crowd, *slowly, ask("user-01", 9, days=91)])

    assert (found.subject, found.count, found.expected) == ("persons/P0000007", 8, 2)


def test_whoever_asks_about_one_subject_day_after_day_is_found_unless_each_day_has_its_case(find: Find) -> None:
    often = [ask("user-07", 7, days=day) for day in range(14)]
    cases = [ask("user-08", 8, days=day, case_number=f"26-{day}") for day in range(14)]
    at_once = [ask("user-09", 9, hours=minute / 60) for minute in range(14)]
    (found,) = find(REPEATED_SUBJECT, [*usual(), *often, *cases, *at_once])

    assert (found.user, found.subject, found.count) == ("user-07", "persons/P0000007", 13)
    assert found.words == "queried persons/P0000007 again on 13 days, with no new case; more than 1 is unusual"


def test_a_subject_whom_the_whole_agency_asks_about_is_nobodys_own(find: Find) -> None:
    everybody = [ask(f"user-{user:02}", 7, days=day) for day in range(14) for user in range(30)]

    assert find(REPEATED_SUBJECT, [*usual(), *everybody]) == []


def test_whoever_asks_far_more_than_peers_within_a_week_is_found_with_that_week(find: Find) -> None:
    flood = [ask("user-07", 100 + number, days=7 + number % 4) for number in range(90)]
    (found,) = find(VOLUME, [*usual(), *flood])

    assert (found.user, found.count, found.expected) == ("user-07", 90, pytest.approx(10))
    assert set(found.inquiries) <= {asked[0].id for asked in flood}
    assert len(found.inquiries) == 25


def test_whoever_asks_when_they_do_not_work_is_found_and_who_works_at_night_is_not(find: Find) -> None:
    nights = [ask("user-29", 300 + number, days=number % 5, hours=12 + number % 3 * 4) for number in range(40)]
    busy = [ask("user-07", 400 + number, days=number % 5, hours=number % 3 * 4) for number in range(30)]
    late = [ask("user-07", 100 + number, days=number % 5, hours=17) for number in range(7)]
    (found,) = find(OFF_SHIFT, [*usual(29, 40), *nights, *busy, *late])

    assert (found.user, found.count) == ("user-07", 7)
    assert found.words.startswith("made inquiries outside their hours on 7 of 77 occasions; ")
    assert set(found.inquiries) == {asked[0].id for asked in late}


def test_whoever_is_moved_to_nights_has_other_hours_from_then_on(find: Find) -> None:
    moved = [ask("user-07", 100 + number, days=7 + number % 5, hours=14) for number in range(12)]

    assert find(OFF_SHIFT, [*usual(), *moved]) == []


def test_whoever_asks_about_women_only_is_found_whoever_they_are(find: Find) -> None:
    women = [ask("user-07", 2 * number, days=number % 5) for number in range(60)]
    same = [ask("user-08", 2 * 400, days=day) for day in range(60)]  # one person, who is counted once
    (found,) = find(SEX_SKEW, [*usual(), *women, *same], sexes=WOMEN)

    assert (found.user, found.count) == ("user-07", 65)
    assert found.words.startswith("of 70 people queried, 65 were women; ")


def test_who_has_too_few_peers_in_their_role_is_held_against_nobody(find: Find) -> None:
    flood = [ask("user-30", 100 + number, days=number % 4, role="jail") for number in range(90)]

    assert find(VOLUME, [*usual(), *flood]) == []


def test_a_threshold_decides(find: Find) -> None:
    asks = [*usual(), *(ask("user-07", 100 + number, days=7) for number in range(35))]

    assert [found.user for found in find(VOLUME, asks)] == ["user-07"]
    assert find(VOLUME, asks, thresholds=Thresholds(min_ratio=4)) == []
    assert find(VOLUME, asks, thresholds=Thresholds(false_positive_rate=1e-9)) == []
