"""Detector of a subject whom many users queried within some days without a case: curiosity about a known person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from audit.misuse import outliers, tail_probabilities
from audit.misuse.finding import Finding, rounded
from audit.misuse.inquiry_tables import InquiryTables

# Each subject and day, with the users of the window that ends on that day, and the number of users on that day.
WINDOWS = """
    WITH user_day AS MATERIALIZED (
        SELECT record_id, day, user FROM subject JOIN inquiry USING (sequence) WHERE NOT has_case
        GROUP BY record_id, day, user)
    SELECT record_id, count(DISTINCT user_day.user), min(user_day.day), last.day, last.users
    FROM (SELECT record_id, day, count(*) AS users FROM user_day GROUP BY record_id, day) AS last
    JOIN user_day USING (record_id)
    WHERE user_day.day BETWEEN last.day - :days + 1 AND last.day
    GROUP BY record_id, last.day ORDER BY record_id, last.day
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


def many_users(tables: InquiryTables) -> Iterator[Finding]:
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
    rows = tables.rows(WINDOWS, {"days": tables.thresholds.window_days})
    for subject, group in groupby(rows, key=itemgetter(0)):
        windows = list(group)
        _, users, first, last, _ = max(windows, key=itemgetter(1))
        yield Peak(subject, users, first, last, sum(users_on_day for *_, users_on_day in windows))
