"""Whoever asked after their account, or their token, had ended. Once is enough.

The journal knows who was refused for it. Of what was asked before the server knew, it must be told when that was.
"""

from __future__ import annotations

from collections.abc import Iterator

from audit.misuse.finding import Detector, Finding
from audit.misuse.format import times
from audit.misuse.inquiry_tables import InquiryTables
from audit.misuse.tail_probabilities import CERTAIN

REFUSED = """flags GLOB '*"ENDED"*'"""
AFTER = f"user = :user AND ({REFUSED} OR at >= :end)"


def find(trail: InquiryTables) -> Iterator[Finding]:
    ended = trail.ended or {}
    refused = {user for (user,) in trail.rows(f"SELECT DISTINCT user FROM inquiry WHERE {REFUSED}")}
    for user in sorted(refused | ended.keys()):
        end = ended.get(user)
        since = f"ended on {end[:10]}" if end else "or the token had ended"
        given = {"user": user, "end": end}
        ((count,),) = trail.rows(f"SELECT count(*) FROM inquiry WHERE {AFTER}", given)
        if count:
            yield Finding(
                user=user,
                count=count,
                score=CERTAIN,
                words=f"asked {times(count)} after the account {since}",
                inquiries=trail.ids(AFTER, given),
            )


ENDED = Detector("ended-account", "any inquiry after the account ended", find)
