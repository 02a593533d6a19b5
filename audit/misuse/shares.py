"""Detectors of users whose share of flagged inquiries stands out: own surname, own agency, missing case number."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from audit.misuse.finding import Detector, Finding
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.peers import Tally, above_peers, above_share
from policy.flags import REASONS_WITH_CASE, Flag

# Only a caller who stepped up is shown a namesake or a colleague, and only if the inquiry is about few people.
CLOSE_PEOPLE_SHOWN = "is_stepped_up AND about IS NOT NULL"
REASON_HAS_CASE = f"reason IN ({', '.join(sorted(repr(reason.value) for reason in REASONS_WITH_CASE))})"


def find(tables: InquiryTables, *, flag: Flag, among: str, words: str, unit: str = "occasion") -> Iterator[Finding]:
    hit = f"""flags GLOB '*"{flag}"*'"""
    tallies = [
        Tally(*row)
        for row in tables.rows(f"""
            SELECT user, role, count(DISTINCT CASE WHEN {hit} THEN {unit} END), count(DISTINCT {unit})
            FROM inquiry WHERE {among} GROUP BY user, role""")
    ]
    if flag is Flag.SAME_SURNAME:
        # Each user has a surname of their own, so peers are no measure.
        outliers = above_share(tallies, tables.thresholds.surname_share, tables.thresholds)
    else:
        # Forgetting a number is a habit that varies between users; meeting colleagues is accident, alike for all.
        outliers = above_peers(tallies, tables.thresholds, vary=flag is not Flag.COLLEAGUE)
    for outlier in outliers:
        tally = outlier.tally
        inquiries = tables.newest_ids(f"user = :user AND {among} AND {hit}", {"user": tally.user})
        yield outlier.finding(words.format(tally.hits, tally.tries), inquiries)


SAME_SURNAME = Detector(
    "same-surname",
    "people of the officer's surname, beyond chance",
    partial(
        find,
        flag=Flag.SAME_SURNAME,
        among=CLOSE_PEOPLE_SHOWN,
        words="was shown a person of their own surname on {} of {} occasions",
    ),
)
# Purpose J is personnel work, whose subjects are colleagues.
COLLEAGUE = Detector(
    "colleague",
    "people who work for the officer's agency, more than others query theirs",
    partial(
        find,
        flag=Flag.COLLEAGUE,
        among=f"{CLOSE_PEOPLE_SHOWN} AND purpose <> 'J'",
        words="was shown {} people of their own agency, of {} queried",
        unit="about",  # a colleague who is in a case is queried often, and counts once
    ),
)
NO_CASE = Detector(
    "no-case",
    "a reason that has a case, without the case number, more than colleagues in the same role",
    partial(
        find,
        flag=Flag.NO_CASE,
        among=REASON_HAS_CASE,
        words="gave no case number on {} of {} occasions whose reason has a case",
    ),
)
