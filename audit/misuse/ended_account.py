"""Detector of inquiries after an account or a token ended. One is enough.

The journal has the users who were refused for it. When an account ended is not in the journal, so inquiries before the
server learnt of it are found only if `InquiryTables.ended` has the time.
"""

from __future__ import annotations

from collections.abc import Iterator

from audit.misuse.finding import Detector, Finding
from audit.misuse.format import times
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.tail_probabilities import CERTAIN

REFUSED = """flags GLOB '*"ENDED"*'"""
AFTER = f"user = :user AND ({REFUSED} OR at >= :end)"


def find(tables: InquiryTables) -> Iterator[Finding]:
    ended = tables.ended or {}
    refused = {user for (user,) in tables.rows(f"SELECT DISTINCT user FROM inquiry WHERE {REFUSED}")}
    for user in sorted(refused | ended.keys()):
        end = ended.get(user)
        parameters = {"user": user, "end": end}
        ((count,),) = tables.rows(f"SELECT count(*) FROM inquiry WHERE {AFTER}", parameters)
        if count:
            since = f"ended on {end[:10]}" if end else "or the token had ended"
            yield Finding(
                user=user,
                count=count,
                score=CERTAIN,
                words=f"made an inquiry {times(count)} after the account {since}",
                inquiries=tables.newest_ids(AFTER, parameters),
            )


ENDED_ACCOUNT = Detector("ended-account", "any inquiry after the account ended", find)
