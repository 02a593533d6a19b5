"""Users whose share of one kind of inquiry stands out: namesakes, colleagues, reasons without their case."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from audit.misuse.finding import Detector, Finding
from audit.misuse.format import about
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.peers import Tally, above_peers, above_share
from policy.flags import WITH_A_CASE, Flag

# Only who has stepped up is shown a namesake or a colleague, and only an inquiry about few people is about any of them.
ABOUT_SOMEBODY = "is_stepped_up AND about IS NOT NULL"
BEGUN_WITH_A_CASE = f"reason IN ({', '.join(sorted(repr(reason.value) for reason in WITH_A_CASE))})"


def find(trail: InquiryTables, *, flag: Flag, among: str, words: str, each: str = "occasion") -> Iterator[Finding]:
    hit = f"""flags GLOB '*"{flag}"*'"""
    tallies = [
        Tally(*row)
        for row in trail.rows(f"""
            SELECT user, role, count(DISTINCT CASE WHEN {hit} THEN {each} END), count(DISTINCT {each})
            FROM inquiry WHERE {among} GROUP BY user, role""")
    ]
    if flag is Flag.SAME_SURNAME:
        # Peers say nothing of it: to each it is a matter of their own name.
        outliers = above_share(tallies, trail.thresholds.surname_share, trail.thresholds)
    else:
        # Who forgets has a habit; whom one works with comes up by accident.
        outliers = above_peers(tallies, trail.thresholds, vary=flag is not Flag.COLLEAGUE)
    for outlier in outliers:
        tally = outlier.tally
        yield Finding(
            user=tally.user,
            count=tally.hits,
            expected=outlier.expected,
            score=outlier.score,
            words=f"{words.format(tally.hits, tally.tries)}; {about(outlier.expected)} would be usual",
            inquiries=trail.ids(f"user = :user AND {among} AND {hit}", {"user": tally.user}),
        )


SAME_SURNAME = Detector(
    "same-surname",
    "people of the caller's surname, beyond chance",
    partial(
        find,
        flag=Flag.SAME_SURNAME,
        among=ABOUT_SOMEBODY,
        words="was shown somebody of their own surname on {} of {} occasions",
    ),
)
# Personnel is asked about for purpose J, by those whose work it is.
COLLEAGUE = Detector(
    "colleague",
    "people who work for the caller's agency, more than peers ask for theirs",
    partial(
        find,
        flag=Flag.COLLEAGUE,
        among=f"{ABOUT_SOMEBODY} AND purpose <> 'J'",
        words="was shown {} people of their own agency, of {} asked about",
        each="about",  # one of them may be in a case, and is then asked about again
    ),
)
NO_CASE = Detector(
    "no-case",
    "a reason that comes with a case, without its number, more than peers",
    partial(
        find,
        flag=Flag.NO_CASE,
        among=BEGUN_WITH_A_CASE,
        words="named no case on {} of {} occasions whose reason has one",
    ),
)
