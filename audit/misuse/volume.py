"""Detector of users whose busiest days have far more inquiries than those of their peers."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log, sqrt
from statistics import NormalDist, median

from audit.misuse.finding import Finding, rounded
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.peers import by_role
from audit.misuse.tail_probabilities import score

# In SQLite the bare columns beside max() are those of the row with the maximum.
BUSIEST = """
    SELECT user, role, max(inquiries), period FROM (
        SELECT user, role, day / :days AS period, count(*) AS inquiries FROM inquiry GROUP BY user, role, period)
    GROUP BY user, role
"""
MAD_TO_SIGMA = 1.4826  # standard deviations in a median absolute deviation of a normal distribution


def volume(tables: InquiryTables) -> Iterator[Finding]:
    days, thresholds = tables.thresholds.window_days, tables.thresholds
    busiest = tables.rows(BUSIEST, {"days": days}).fetchall()
    for group in by_role(busiest, thresholds.min_peers):
        # Logarithms, because users differ by factors; medians, because the worst must not set the measure. Counts
        # differ by chance alone by as much as their square root.
        logs = [log(inquiries) for _, _, inquiries, _ in group]
        centre = median(logs)
        usual = exp(centre)
        deviation = max(MAD_TO_SIGMA * median([abs(each - centre) for each in logs]), 1 / sqrt(usual))
        for user, _, inquiries, period in group:
            chance = NormalDist().cdf((centre - log(inquiries)) / deviation)
            if chance * len(busiest) < thresholds.false_positive_rate and inquiries >= thresholds.min_ratio * usual:
                yield Finding(
                    user=user,
                    count=inquiries,
                    expected=usual,
                    score=score(chance, len(busiest)),
                    words=f"made {inquiries} inquiries in their busiest {days} days;"
                    f" colleagues in the same role about {rounded(usual)}",
                    inquiries=tables.newest_ids(
                        "user = :user AND day / :days = :period", {"user": user, "days": days, "period": period}
                    ),
                )
