"""Users who ask about women, or about men, far more than their peers. Which a subject is, the journal must be told."""

from __future__ import annotations

from collections.abc import Iterator

from audit.misuse.finding import Detector, Finding, NotGiven
from audit.misuse.format import about
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.peers import Tally, above_peers

# Each subject once: who asks about one person again and again is for another detector.
SUBJECTS = """
    SELECT user, role, count(*) FILTER (WHERE sex = :sex), count(*)
    FROM (SELECT DISTINCT user, role, record_id FROM inquiry JOIN subject USING (sequence)) JOIN sex USING (record_id)
    WHERE sex IN ('F', 'M') GROUP BY user, role
"""
ABOUT = "user = :user AND sequence IN (SELECT sequence FROM subject JOIN sex USING (record_id) WHERE sex = :sex)"


def find(trail: InquiryTables) -> Iterator[Finding]:
    if not trail.has_sexes:
        raise NotGiven("it needs --sexes, a file of records and the sex of whom each is about")
    for sex, who in (("F", "women"), ("M", "men")):
        tallies = [Tally(*row) for row in trail.rows(SUBJECTS, {"sex": sex})]
        for outlier in above_peers(tallies, trail.thresholds, sides=2):
            tally = outlier.tally
            yield Finding(
                user=tally.user,
                count=tally.hits,
                expected=outlier.expected,
                score=outlier.score,
                words=f"of {tally.tries} people asked about, {tally.hits} were {who};"
                f" {about(outlier.expected)} would be usual",
                inquiries=trail.ids(ABOUT, {"user": tally.user, "sex": sex}),
            )


SEX_SKEW = Detector("sex-skew", "mostly women, or mostly men, unlike peers", find)
