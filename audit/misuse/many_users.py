"""Detector of a subject whom many users queried within some days without a case: curiosity about a known person."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from audit.misuse import outliers, tail_probabilities
from audit.misuse.finding import Detector, Finding
from audit.misuse.format import rounded
from audit.misuse.inquiry_tables import InquiryTables

USER_DAYS = """
    SELECT record_id, day, user FROM subject JOIN inquiry USING (sequence)
    WHERE NOT has_case GROUP BY record_id, day, user
"""
INQUIRIES = """
    NOT has_case AND day BETWEEN :first AND :last
    AND sequence IN (SELECT sequence FROM subject WHERE record_id = :subject)
"""


class Peak(NamedTuple):
    """Window of days in which the most users queried a subject; `user_days` counts them over all days."""

    subject: str
    users: int
    first: int
    last: int
    user_days: int


def find(tables: InquiryTables) -> Iterator[Finding]:
    days, thresholds = tables.thresholds.window_days, tables.thresholds
    ((windows,),) = tables.rows("SELECT max(1, (max(day) - min(day) + 1) / :days) FROM inquiry", {"days": days})
    histogram = Counter(peak.users for peak in _peaks(tables))
    usual, tests = outliers.usual_maximum(histogram), histogram.total()
    for peak in _peaks(tables):
        # Some subjects are queried by many users throughout the year.
        expected = max(usual, (peak.user_days - peak.users) / windows)
        # The smaller of two probabilities, doubled because there were two tests.
        chance = 2 * min(tail_probabilities.poisson(peak.users, expected), _scan_probability(peak, windows))
        if outliers.is_far_above(peak.users, expected, thresholds) and chance * tests < thresholds.false_positive_rate:
            yield Finding(
                subject=peak.subject,
                count=peak.users,
                expected=expected,
                score=tail_probabilities.score(chance, tests),
                words=f"was queried by {peak.users} officers within {days} days, without a case;"
                f" more than {rounded(expected)} is unusual",
                inquiries=tables.newest_ids(INQUIRIES, peak._asdict()),
            )


def _scan_probability(peak: Peak, windows: int) -> float:
    """Scan statistic: upper bound of the chance that so many of all user-days fall into one window.

    One user-day is the first of the window; each of the others is in the window or not, at any time alike.
    """
    if windows < 2:
        return 1.0
    return min(1.0, peak.user_days * tail_probabilities.binomial(peak.users - 1, peak.user_days - 1, 1 / windows))


def _peaks(tables: InquiryTables) -> Iterator[Peak]:
    days = tables.thresholds.window_days
    for subject, rows in groupby(tables.rows(USER_DAYS), key=lambda row: row[0]):
        window: deque[tuple[int, str]] = deque()
        in_window: Counter[str] = Counter()
        users, first, last, user_days = 0, 0, 0, 0
        for _, day, user in rows:
            window.append((day, user))
            in_window[user] += 1
            while window[0][0] <= day - days:
                _, expired = window.popleft()
                in_window[expired] -= 1
                if not in_window[expired]:
                    del in_window[expired]
            user_days += 1
            if len(in_window) > users:
                users, first, last = len(in_window), window[0][0], day
        yield Peak(subject, users, first, last, user_days)


MANY_USERS = Detector("many-users", "one subject queried by many officers", find)
