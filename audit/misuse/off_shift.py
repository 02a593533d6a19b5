"""Detector of users who make inquiries outside their own hours, more than their peers.

The journal has no roster. A user's hours are learnt from each week: the long shift that holds most of its inquiries.
So a user who is moved to nights has other hours from that week on, and no time zone is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, islice

from audit.misuse.finding import Finding
from audit.misuse.inquiry_tables import IDS_PER_FINDING, InquiryTables
from audit.misuse.peers import Tally, above_peers

WEEKS = """
    SELECT user, role, day / 7, hour, count(DISTINCT occasion) FROM inquiry
    WHERE user = coalesce(:user, user) GROUP BY user, role, day / 7, hour
"""
NEWEST = "SELECT id, day / 7, hour FROM inquiry WHERE user = :user ORDER BY at DESC"
DAY = 24


def off_shift(tables: InquiryTables) -> Iterator[Finding]:
    length = tables.thresholds.shift_hours
    tallies = []
    for (user, role), weeks in groupby(_weeks(tables), key=lambda week: week[:2]):
        by_hour = [counts for _, _, _, counts in weeks]
        tries = sum(map(sum, by_hour))
        tallies.append(Tally(user, role, tries - sum(_busiest_hours(counts, length)[0] for counts in by_hour), tries))
    for outlier in above_peers(tallies, tables.thresholds):
        tally = outlier.tally
        begins = {week: _busiest_hours(counts, length)[1] for _, _, week, counts in _weeks(tables, tally.user)}
        outside = (
            id for id, week, hour in tables.rows(NEWEST, {"user": tally.user}) if (hour - begins[week]) % DAY >= length
        )
        yield outlier.finding(
            "made inquiries outside their hours on {hits} of {tries} occasions",
            tuple(islice(outside, IDS_PER_FINDING)),
        )


def _weeks(tables: InquiryTables, user: str | None = None) -> Iterator[tuple[str, str, int, list[int]]]:
    """Each week of each user, with the number of occasions in each hour of the day (UTC)."""
    for (name, role, week), hours in groupby(tables.rows(WEEKS, {"user": user}), key=lambda row: row[:3]):
        counts = [0] * DAY
        for *_, hour, count in hours:
            counts[hour] += count
        yield name, role, week, counts


def _busiest_hours(counts: Sequence[int], length: int) -> tuple[int, int]:
    """The largest sum of `length` consecutive hours, across midnight too, and the hour they begin."""
    around = [*counts, *counts]
    begin = max(range(DAY), key=lambda hour: sum(around[hour : hour + length]))
    return sum(around[begin : begin + length]), begin
