"""Detector of users whose busiest days have far more inquiries than those of their peers."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log, sqrt
from statistics import median

from audit.misuse import tail_probabilities
from audit.misuse.finding import Detector, Finding
from audit.misuse.format import rounded
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.peers import Tally, by_role

# In SQLite the bare columns beside max() are those of the row with the maximum.
BUSIEST = """
    SELECT user, role, max(inquiries), period FROM (
        SELECT user, role, day / :days AS period, count(*) AS inquiries FROM inquiry GROUP BY user, role, period)
    GROUP BY user, role
"""
MAD_TO_SIGMA = 1.4826  # standard deviations in a median absolute deviation of a normal distribution


def find(tables: InquiryTables) -> Iterator[Finding]:
    days, thresholds = tables.thresholds.window_days, tables.thresholds
    periods, tallies = {}, []
    for user, role, inquiries, period in tables.rows(BUSIEST, {"days": days}):
        periods[user, role] = period
        tallies.append(Tally(user, role, inquiries, inquiries))
    for group in by_role(tallies, thresholds.min_peers):
        # Logarithms, because users differ by factors; medians, because the worst must not set the measure. Counts
        # differ by chance alone by as much as their square root.
        logs = [log(tally.hits) for tally in group]
        centre = median(logs)
        usual = exp(centre)
        deviation = max(MAD_TO_SIGMA * median([abs(each - centre) for each in logs]), 1 / sqrt(usual))
        for tally in group:
            chance = tail_probabilities.normal((log(tally.hits) - centre) / deviation)
            if chance * len(tallies) < thresholds.false_positive_rate and tally.hits >= thresholds.min_ratio * usual:
                parameters = {"user": tally.user, "days": days, "period": periods[tally.user, tally.role]}
                yield Finding(
                    user=tally.user,
                    count=tally.hits,
                    expected=usual,
                    score=tail_probabilities.score(chance, len(tallies)),
                    words=f"made {tally.hits} inquiries in their busiest {days} days;"
                    f" colleagues in the same role about {rounded(usual)}",
                    inquiries=tables.newest_ids("user = :user AND day / :days = :period", parameters),
                )


VOLUME = Detector("volume", "far more inquiries than colleagues in the same role", find)
