"""Detector of users who queried their own record. Once is enough."""

from __future__ import annotations

from collections.abc import Iterator

from audit.misuse.finding import Detector, Finding
from audit.misuse.format import times
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.tail_probabilities import CERTAIN
from policy.flags import Flag

FLAGGED = f"""flags GLOB '*"{Flag.OWN_RECORD}"*'"""


def find(tables: InquiryTables) -> Iterator[Finding]:
    for user, count in tables.rows(f"SELECT user, count(*) FROM inquiry WHERE {FLAGGED} GROUP BY user"):
        yield Finding(
            user=user,
            count=count,
            score=CERTAIN,
            words=f"queried their own record {times(count)}",
            inquiries=tables.newest_ids(f"user = :user AND {FLAGGED}", {"user": user}),
        )


OWN_RECORD = Detector("own-record", "the officer's own record", find)
