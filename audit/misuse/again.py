"""A user who asks about one subject day after day, with no new case."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from audit.misuse import outliers, tail_probabilities
from audit.misuse.finding import Detector, Finding
from audit.misuse.format import about
from audit.misuse.inquiry_tables import InquiryTables

# The first day with each case is a new question, and so is the first of all.
PAIRS = """
    SELECT user, role, record_id, max(has_case) AS has_case,
           max(0, count(DISTINCT day) - max(1, count(DISTINCT CASE WHEN has_case THEN case_number END))) AS again
    FROM inquiry JOIN subject USING (sequence) GROUP BY user, role, record_id
"""
HOW_MANY = f"SELECT role, has_case, again, count(*) FROM ({PAIRS}) GROUP BY role, has_case, again"
MANY = f"""
    SELECT user, record_id, again FROM ({PAIRS}) WHERE role = :role AND has_case = :has_case AND again >= :least
"""
ABOUT = "user = :user AND sequence IN (SELECT sequence FROM subject WHERE record_id = :subject)"
# Some people are asked about by everybody: how often, then, among so many questions of the agency's others?
OTHERS = """
    SELECT (SELECT count(DISTINCT occasion) FROM inquiry WHERE user = :user) * 1.0
         * count(DISTINCT CASE WHEN about = :subject THEN user || occasion END)
         / max(1, count(DISTINCT user || occasion))
    FROM inquiry WHERE user <> :user AND agency = (SELECT max(agency) FROM inquiry WHERE user = :user)
"""


def find(trail: InquiryTables) -> Iterator[Finding]:
    # Under one case it is usual to come back; without any it is not.
    kinds: dict[tuple[str, int], Counter[int]] = defaultdict(Counter)
    for role, has_case, again, pairs in trail.rows(HOW_MANY):
        kinds[role, has_case][again] += pairs
    for (role, has_case), counts in kinds.items():
        least, usual = outliers.remarkable(counts, trail.thresholds), outliers.usual(counts)
        found = trail.rows(MANY, {"role": role, "has_case": has_case, "least": least})
        for user, subject, again in found.fetchall():
            who = {"user": user, "subject": subject}
            ((by_others,),) = trail.rows(OTHERS, who)
            expected = max(usual, by_others)
            if not outliers.is_remarkable(again, expected, counts.total(), trail.thresholds):
                continue
            yield Finding(
                user=user,
                subject=subject,
                count=again,
                expected=expected,
                score=tail_probabilities.score(tail_probabilities.poisson(again, expected), counts.total()),
                words=f"asked about {subject} again on {again} days, with no new case; {about(expected)} would be many",
                inquiries=trail.ids(ABOUT, who),
            )


AGAIN = Detector("again", "one user asking about one subject again and again, with no new case", find)
