"""Detectors of users who broke a rule. One inquiry is enough."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from audit.misuse.finding import Finding
from audit.misuse.inquiry_tables import InquiryTables, has_flag
from audit.misuse.tail_probabilities import CERTAIN
from policy.flags import Flag

# The journal has the users who were refused because an account or a token had ended. It does not have the time, so
# inquiries before the server learnt of it are found only if the table `ended` has the time.
AFTER_END = f"({has_flag('ENDED')} OR at >= (SELECT ended.at FROM ended WHERE ended.user = inquiry.user))"
END = """coalesce((SELECT 'ended on ' || substr(ended.at, 1, 10) FROM ended WHERE ended.user = inquiry.user),
    'or the token had ended')"""


def _find(tables: InquiryTables, *, condition: str, words: str) -> Iterator[Finding]:
    for user, count, end in tables.rows(f"SELECT user, count(*), {END} FROM inquiry WHERE {condition} GROUP BY user"):
        yield Finding(
            user=user,
            count=count,
            score=CERTAIN,
            words=words.format(times="once" if count == 1 else f"{count} times", end=end),
            inquiries=tables.newest_ids(f"user = :user AND {condition}", {"user": user}),
        )


own_record = partial(_find, condition=has_flag(Flag.OWN_RECORD), words="queried their own record {times}")
ended_account = partial(_find, condition=AFTER_END, words="made an inquiry {times} after the account {end}")
