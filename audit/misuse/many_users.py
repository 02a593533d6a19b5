"""A subject whom many users asked about within some days, none of them with a case: curiosity about somebody known."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from audit.misuse import outliers, tail_probabilities
from audit.misuse.finding import Detector, Finding
from audit.misuse.format import about
from audit.misuse.inquiry_tables import InquiryTables

ASKED = """
    SELECT record_id, day, user FROM subject JOIN inquiry USING (sequence)
    WHERE NOT has_case GROUP BY record_id, day, user
"""
IN_THE_CROWD = """
    NOT has_case AND day BETWEEN :first AND :last
    AND sequence IN (SELECT sequence FROM subject WHERE record_id = :subject)
"""


class Peak(NamedTuple):
    """The days in which the most users asked about a subject; `asked` is how often one did, of all days."""

    subject: str
    users: int
    first: int
    last: int
    asked: int


def find(trail: InquiryTables) -> Iterator[Finding]:
    days = trail.thresholds.window_days
    ((windows,),) = trail.rows("SELECT max(1, (max(day) - min(day) + 1) / :days) FROM inquiry", {"days": days})
    counts = Counter(peak.users for peak in _peaks(trail))
    usual, tests = outliers.usual(counts), counts.total()
    for peak in _peaks(trail):
        # Some are asked about by many all the year.
        expected = max(usual, (peak.asked - peak.users) / windows)
        # Of two ways to look, the one that is more surprised, so twice its chance.
        by_chance = 2 * min(tail_probabilities.poisson(peak.users, expected), _bunched(peak, windows))
        if (
            outliers.is_far(peak.users, expected, trail.thresholds)
            and by_chance * tests < trail.thresholds.false_alarms
        ):
            yield Finding(
                subject=peak.subject,
                count=peak.users,
                expected=expected,
                score=tail_probabilities.score(by_chance, tests),
                words=f"was asked about by {peak.users} users within {days} days, without a case;"
                f" {about(expected)} would be many",
                inquiries=trail.ids(IN_THE_CROWD, peak._asdict()),
            )


def _bunched(peak: Peak, windows: int) -> float:
    """The most it can be that so many of all who asked came within one window, had each come at any time.

    A scan statistic: some asking is the first of that window, and all others fall into it or not.
    """
    if windows < 2:
        return 1.0
    return min(1.0, peak.asked * tail_probabilities.binomial(peak.users - 1, peak.asked - 1, 1 / windows))


def _peaks(trail: InquiryTables) -> Iterator[Peak]:
    days = trail.thresholds.window_days
    for subject, rows in groupby(trail.rows(ASKED), key=lambda row: row[0]):
        window: deque[tuple[int, str]] = deque()
        inside: Counter[str] = Counter()
        users, first, last, asked = 0, 0, 0, 0
        for _, day, user in rows:
            window.append((day, user))
            inside[user] += 1
            while window[0][0] <= day - days:
                _, gone = window.popleft()
                inside[gone] -= 1
                if not inside[gone]:
                    del inside[gone]
            asked += 1
            if len(inside) > users:
                users, first, last = len(inside), window[0][0], day
        yield Peak(subject, users, first, last, asked)


MANY_USERS = Detector("many-users", "one subject asked for by many users", find)
