"""Detector of users who query women, or men, far more than their peers. The journal does not hold anybody's sex."""

from __future__ import annotations

from collections.abc import Iterator

from audit.misuse.finding import Detector, Finding, MissingInput
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.peers import Tally, above_peers

# Each subject counts once: repeated inquiries about one person are for another detector.
SUBJECTS = """
    SELECT user, role, count(*) FILTER (WHERE sex = :sex), count(*)
    FROM (SELECT DISTINCT user, role, record_id FROM inquiry JOIN subject USING (sequence)) JOIN sex USING (record_id)
    WHERE sex IN ('F', 'M') GROUP BY user, role
"""
INQUIRIES = "user = :user AND sequence IN (SELECT sequence FROM subject JOIN sex USING (record_id) WHERE sex = :sex)"


def find(tables: InquiryTables) -> Iterator[Finding]:
    if not tables.has_sexes:
        raise MissingInput("it needs --sexes, a file with the sex of each person")
    for sex, people in (("F", "women"), ("M", "men")):
        tallies = [Tally(*row) for row in tables.rows(SUBJECTS, {"sex": sex})]
        for outlier in above_peers(tallies, tables.thresholds, sides=2):
            tally = outlier.tally
            yield outlier.finding(
                f"of {tally.tries} people queried, {tally.hits} were {people}",
                tables.newest_ids(INQUIRIES, {"user": tally.user, "sex": sex}),
            )


SEX_SKEW = Detector("sex-skew", "mostly women, or mostly men, unlike colleagues in the same role", find)
