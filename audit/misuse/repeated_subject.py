"""Detector of a user who queries one subject on many days, with no new case."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from audit.misuse import outliers, tail_probabilities
from audit.misuse.finding import Finding, rounded
from audit.misuse.inquiry_tables import InquiryTables

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
INQUIRIES = "user = :user AND sequence IN (SELECT sequence FROM subject WHERE record_id = :subject)"
# Some people are known to every officer. So this scales the share of the agency's other inquiries that are about the
# subject to the user's number of occasions.
EXPECTED_BY_AGENCY = """
    SELECT (SELECT count(DISTINCT occasion) FROM inquiry WHERE user = :user) * 1.0
         * count(DISTINCT CASE WHEN about = :subject THEN user || occasion END)
         / max(1, count(DISTINCT user || occasion))
    FROM inquiry WHERE user <> :user AND agency = (SELECT max(agency) FROM inquiry WHERE user = :user)
"""


def repeated_subject(tables: InquiryTables) -> Iterator[Finding]:
    # Repetition is usual under one case and unusual without any, so the two are compared apart.
    histograms: dict[tuple[str, int], Counter[int]] = defaultdict(Counter)
    for role, has_case, repeated, pairs in tables.rows(HISTOGRAM):
        histograms[role, has_case][repeated] += pairs
    for (role, has_case), histogram in histograms.items():
        usual, tests = outliers.usual_maximum(histogram), histogram.total()
        least = next((n for n in sorted(histogram) if outliers.is_outlier(n, usual, tests, tables.thresholds)), None)
        candidates = tables.rows(CANDIDATES, {"role": role, "has_case": has_case, "least": least})
        for user, subject, repeated in candidates.fetchall():
            parameters = {"user": user, "subject": subject}
            ((expected_by_agency,),) = tables.rows(EXPECTED_BY_AGENCY, parameters)
            expected = max(usual, expected_by_agency)
            if outliers.is_outlier(repeated, expected, tests, tables.thresholds):
                yield Finding(
                    user=user,
                    subject=subject,
                    count=repeated,
                    expected=expected,
                    score=tail_probabilities.score(tail_probabilities.poisson(repeated, expected), tests),
                    words=f"queried {subject} again on {repeated} days, with no new case;"
                    f" more than {rounded(expected)} is unusual",
                    inquiries=tables.newest_ids(INQUIRIES, parameters),
                )
