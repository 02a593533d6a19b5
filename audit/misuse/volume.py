"""Users whose busiest days hold far more inquiries than those of their peers."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log, sqrt
from statistics import median

from audit.misuse import tail_probabilities
from audit.misuse.finding import Detector, Finding
from audit.misuse.format import about
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.peers import Tally, groups

# With max() the other columns are those of the row that has it.
BUSIEST = """
    SELECT user, role, max(asked), period FROM (
        SELECT user, role, day / :days AS period, count(*) AS asked FROM inquiry GROUP BY user, role, period)
    GROUP BY user, role
"""
DEVIATIONS = 1.4826  # of the median deviation make one standard deviation, where the distribution is normal


def find(trail: InquiryTables) -> Iterator[Finding]:
    days = trail.thresholds.window_days
    periods, tallies = {}, []
    for user, role, asked, period in trail.rows(BUSIEST, {"days": days}):
        periods[user, role] = period
        tallies.append(Tally(user, role, asked, asked))
    for group in groups(tallies, trail.thresholds.peers):
        # In logarithms, because how much people ask differs by factors; by medians, because the worst must not set
        # the measure. Counts differ by chance alone by as much as their root.
        logs = [log(tally.hits) for tally in group]
        centre = median(logs)
        usual = exp(centre)
        deviation = max(DEVIATIONS * median([abs(each - centre) for each in logs]), 1 / sqrt(usual))
        for tally in group:
            likely = tail_probabilities.normal((log(tally.hits) - centre) / deviation)
            if likely * len(tallies) >= trail.thresholds.false_alarms or tally.hits < trail.thresholds.times * usual:
                continue
            yield Finding(
                user=tally.user,
                count=tally.hits,
                expected=usual,
                score=tail_probabilities.score(likely, len(tallies)),
                words=f"asked {tally.hits} times in their busiest {days} days; their peers about {about(usual)}",
                inquiries=trail.ids(
                    "user = :user AND day / :days = :period",
                    {"user": tally.user, "days": days, "period": periods[tally.user, tally.role]},
                ),
            )


VOLUME = Detector("volume", "far more inquiries than the user's peers", find)
