"""Whoever asked after their account had ended. Once is enough. The journal cannot know when that was: it is told."""

from __future__ import annotations

from collections.abc import Iterator

from audit.misuse.chance import CERTAIN
from audit.misuse.finding import Detector, Finding, NotGiven
from audit.misuse.trail import Trail
from audit.misuse.words import times

AFTER = "user = :user AND at >= :end"


def find(trail: Trail) -> Iterator[Finding]:
    if trail.ended is None:
        raise NotGiven("it needs --ended, a file of accounts and when they ended")
    for user, end in trail.ended.items():
        given = {"user": user, "end": end}
        ((count,),) = trail.rows(f"SELECT count(*) FROM inquiry WHERE {AFTER}", given)
        if count:
            yield Finding(
                user=user,
                count=count,
                score=CERTAIN,
                words=f"asked {times(count)} after the account ended on {end[:10]}",
                inquiries=trail.ids(AFTER, given),
            )


ENDED = Detector("ended-account", "any inquiry after the account ended", find)
