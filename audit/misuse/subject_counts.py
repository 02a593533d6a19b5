"""Detectors of subjects queried too often: by many users within some days, or by one user on many days.

Counts of this kind are skewed: most are small. So the usual maximum is the largest count without the top hundredth.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from audit.misuse.finding import Finding, rounded
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.tail_probabilities import binomial, poisson, score
from audit.misuse.thresholds import Thresholds

# Each subject and day, with the users of the window that ends on that day, and the number of users on that day.
WINDOWS = """
    SELECT record_id, count(DISTINCT user_day.user), min(user_day.day), last.day, last.users
    FROM (SELECT record_id, day, count(*) AS users FROM user_day GROUP BY record_id, day) AS last
    JOIN user_day USING (record_id)
    WHERE user_day.day BETWEEN last.day - :days + 1 AND last.day
    GROUP BY record_id, last.day ORDER BY record_id, last.day
"""
# The first day with each case is no repetition, and neither is the first day of all.
REPETITIONS = """
    SELECT user, role, record_id, max(has_case) AS has_case,
           max(0, count(DISTINCT day) - max(1, count(DISTINCT CASE WHEN has_case THEN case_number END))) AS repeated
    FROM inquiry JOIN subject USING (sequence) GROUP BY user, role, record_id
"""
HISTOGRAM = f"SELECT role, has_case, repeated, count(*) FROM ({REPETITIONS}) GROUP BY role, has_case, repeated"
CANDIDATES = f"""
    SELECT user, record_id, repeated FROM ({REPETITIONS})
    WHERE role = :role AND has_case = :has_case AND repeated >= :least
"""
# Some people are known to every officer. So this scales the share of the agency's other inquiries that are about the
# subject to the user's number of occasions.
EXPECTED_BY_AGENCY = """
    SELECT (SELECT count(DISTINCT occasion) FROM inquiry WHERE user = :user) * 1.0
         * count(DISTINCT CASE WHEN about = :subject THEN user || occasion END)
         / max(1, count(DISTINCT user || occasion))
    FROM inquiry WHERE user <> :user AND agency = (SELECT max(agency) FROM inquiry WHERE user = :user)
"""
ABOUT_SUBJECT = "sequence IN (SELECT sequence FROM subject WHERE record_id = :subject)"


class Peak(NamedTuple):
    """Window of days in which the most users queried a subject; `user_days` counts them over all days."""

    subject: str
    users: int
    first: int
    last: int
    user_days: int


def many_users(tables: InquiryTables) -> Iterator[Finding]:
    """Subjects whom many users queried within some days without a case: curiosity about a known person."""
    days, thresholds = tables.thresholds.window_days, tables.thresholds
    ((windows,),) = tables.rows("SELECT max(1, (max(day) - min(day) + 1) / :days) FROM inquiry", {"days": days})
    histogram = Counter(peak.users for peak in _peaks(tables))
    usual, tests = _usual_maximum(histogram), histogram.total()
    for peak in _peaks(tables):
        # Some subjects are queried by many users throughout the year.
        expected = max(usual, (peak.user_days - peak.users) / windows)
        # The smaller of two probabilities, doubled because there were two tests.
        chance = 2 * min(poisson(peak.users, expected), _scan_probability(peak, windows))
        if _stands_out(peak.users, expected, chance * tests, thresholds):
            yield Finding(
                subject=peak.subject,
                count=peak.users,
                expected=expected,
                score=score(chance, tests),
                words=f"was queried by {peak.users} officers within {days} days, without a case;"
                f" more than {rounded(expected)} is unusual",
                inquiries=tables.newest_ids(
                    f"NOT has_case AND day BETWEEN :first AND :last AND {ABOUT_SUBJECT}", peak._asdict()
                ),
            )


def repeated_subject(tables: InquiryTables) -> Iterator[Finding]:
    """Users who query one subject on many days, with no new case."""
    thresholds = tables.thresholds
    # Repetition is usual under one case and unusual without any, so the two are compared apart.
    histograms: dict[tuple[str, int], Counter[int]] = defaultdict(Counter)
    for role, has_case, repeated, pairs in tables.rows(HISTOGRAM):
        histograms[role, has_case][repeated] = pairs
    for (role, has_case), histogram in histograms.items():
        usual, tests = _usual_maximum(histogram), histogram.total()
        outliers = (n for n in sorted(histogram) if _stands_out(n, usual, poisson(n, usual) * tests, thresholds))
        candidates = tables.rows(CANDIDATES, {"role": role, "has_case": has_case, "least": next(outliers, None)})
        for user, subject, repeated in candidates.fetchall():
            parameters = {"user": user, "subject": subject}
            ((expected_by_agency,),) = tables.rows(EXPECTED_BY_AGENCY, parameters)
            expected = max(usual, expected_by_agency)
            chance = poisson(repeated, expected)
            if _stands_out(repeated, expected, chance * tests, thresholds):
                yield Finding(
                    user=user,
                    subject=subject,
                    count=repeated,
                    expected=expected,
                    score=score(chance, tests),
                    words=f"queried {subject} again on {repeated} days, with no new case;"
                    f" more than {rounded(expected)} is unusual",
                    inquiries=tables.newest_ids(f"user = :user AND {ABOUT_SUBJECT}", parameters),
                )


def _peaks(tables: InquiryTables) -> Iterator[Peak]:
    rows = tables.rows(WINDOWS, {"days": tables.thresholds.window_days})
    for subject, group in groupby(rows, key=itemgetter(0)):
        windows = list(group)
        _, users, first, last, _ = max(windows, key=itemgetter(1))
        yield Peak(subject, users, first, last, sum(users_on_day for *_, users_on_day in windows))


def _scan_probability(peak: Peak, windows: int) -> float:
    """Scan statistic: upper bound of the chance that this many of all user-days fall into one window.

    One user-day is the first of the window; each of the others is in the window or not, at any time alike.
    """
    if windows < 2:
        return 1.0
    return min(1.0, peak.user_days * binomial(peak.users - 1, peak.user_days - 1, 1 / windows))


def _usual_maximum(histogram: Counter[int]) -> int:
    """The largest count without the top hundredth (at least one) of all; 1 or more."""
    remaining = max(1, histogram.total() // 100)
    for count in sorted(histogram, reverse=True):
        remaining -= histogram[count]
        if remaining < 0:
            return max(count, 1)
    return 1


def _stands_out(count: int, expected: float, chance: float, thresholds: Thresholds) -> bool:
    return (
        count >= max(thresholds.min_count, thresholds.min_ratio * expected) and chance < thresholds.false_positive_rate
    )
