"""Users who ask outside of their own hours, more than peers do.

There is no roster in a journal. A user's hours are those of a long shift that hold the most of their week, so whoever
is moved to nights has other hours from that week on, and nobody's zone need be known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from audit.misuse.finding import Detector, Finding
from audit.misuse.format import about
from audit.misuse.inquiry_tables import EVIDENCE, InquiryTables
from audit.misuse.peers import Tally, above_peers

WEEK = """
    SELECT user, role, day / 7, hour, count(DISTINCT occasion) FROM inquiry
    WHERE user = coalesce(:user, user) GROUP BY user, role, day / 7, hour
"""
NEWEST = "SELECT id, day / 7, hour FROM inquiry WHERE user = :user ORDER BY at DESC"
DAY = 24


def find(trail: InquiryTables) -> Iterator[Finding]:
    length = trail.thresholds.shift_hours
    tallies = []
    for (user, role), weeks in groupby(_weeks(trail), key=lambda week: week[:2]):
        hours = [counts for _, _, _, counts in weeks]
        tries = sum(map(sum, hours))
        tallies.append(Tally(user, role, tries - sum(_most(counts, length)[0] for counts in hours), tries))
    for outlier in above_peers(tallies, trail.thresholds):
        tally = outlier.tally
        begins = {week: _most(counts, length)[1] for _, _, week, counts in _weeks(trail, tally.user)}
        outside = (
            id for id, week, hour in trail.rows(NEWEST, {"user": tally.user}) if (hour - begins[week]) % DAY >= length
        )
        yield Finding(
            user=tally.user,
            count=tally.hits,
            expected=outlier.expected,
            score=outlier.score,
            words=f"asked outside of their hours on {tally.hits} of {tally.tries} occasions;"
            f" {about(outlier.expected)} would be usual",
            inquiries=tuple(id for id, _ in zip(outside, range(EVIDENCE), strict=False)),
        )


def _weeks(trail: InquiryTables, user: str | None = None) -> Iterator[tuple[str, str, int, list[int]]]:
    """How often in each hour of the day (UTC), a week of a user at a time."""
    for (who, role, week), hours in groupby(trail.rows(WEEK, {"user": user}), key=lambda row: row[:3]):
        counts = [0] * DAY
        for *_, hour, count in hours:
            counts[hour] += count
        yield who, role, week, counts


def _most(counts: Sequence[int], length: int) -> tuple[int, int]:
    """The most that so many hours in a row hold, round the clock, and the hour they begin."""
    around = [*counts, *counts]
    begin = max(range(DAY), key=lambda hour: sum(around[hour : hour + length]))
    return sum(around[begin : begin + length]), begin


OFF_SHIFT = Detector("off-shift", "inquiries outside of the user's own hours, more than peers", find)
