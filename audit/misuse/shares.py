"""Detectors of users whose share of hits stands out: own surname, own agency, no case number, mostly women or men."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from audit.misuse.finding import Finding, MissingInput
from audit.misuse.inquiry_tables import InquiryTables, has_flag
from audit.misuse.peers import Outlier, Tally, above_peers, above_share
from audit.misuse.thresholds import Thresholds
from policy.flags import REASONS_WITH_CASE, Flag

Compare = Callable[[Sequence[Tally], Thresholds], Iterator[Outlier]]

# A page of hits shows namesakes whom nobody asked for.
ABOUT_FEW_PEOPLE = "about IS NOT NULL"
REASON_HAS_CASE = f"reason IN ({', '.join(sorted(repr(reason.value) for reason in REASONS_WITH_CASE))})"

# Each subject counts once: repeated inquiries about one person are for another detector.
SUBJECTS_BY_SEX = """
    SELECT user, role, count(*) FILTER (WHERE sex = :sex), count(*)
    FROM (SELECT DISTINCT user, role, record_id FROM inquiry JOIN subject USING (sequence)) JOIN sex USING (record_id)
    WHERE sex IN ('F', 'M') GROUP BY user, role
"""
OF_SEX = "sequence IN (SELECT sequence FROM subject JOIN sex USING (record_id) WHERE sex = :sex)"


def sex_skew(tables: InquiryTables) -> Iterator[Finding]:
    if not tables.has_sexes:
        raise MissingInput("it needs --sexes, a file with the sex of each person")
    two_sided = partial(above_peers, sides=2)
    for sex, people in (("F", "women"), ("M", "men")):
        words = f"of {{tries}} people queried, {{hits}} were {people}"
        yield from _find(tables, SUBJECTS_BY_SEX, OF_SEX, words, two_sided, sex=sex)


def _flagged(
    tables: InquiryTables, *, flag: Flag, among: str, words: str, compare: Compare, unit: str = "occasion"
) -> Iterator[Finding]:
    tallies = f"""
        SELECT user, role, count(DISTINCT CASE WHEN {has_flag(flag)} THEN {unit} END), count(DISTINCT {unit})
        FROM inquiry WHERE {among} GROUP BY user, role"""
    return _find(tables, tallies, f"{among} AND {has_flag(flag)}", words, compare)


def _find(
    tables: InquiryTables, tallies: str, hits: str, words: str, compare: Compare, **parameters: str
) -> Iterator[Finding]:
    for outlier in compare([Tally(*row) for row in tables.rows(tallies, parameters)], tables.thresholds):
        inquiries = tables.newest_ids(f"user = :user AND {hits}", {**parameters, "user": outlier.tally.user})
        yield outlier.finding(words, inquiries)


same_surname = partial(
    _flagged,
    flag=Flag.SAME_SURNAME,
    among=ABOUT_FEW_PEOPLE,
    words="was shown a person of their own surname on {hits} of {tries} occasions",
    compare=above_share,  # each user has a surname of their own, so peers are no measure
)
colleague = partial(
    _flagged,
    flag=Flag.COLLEAGUE,
    among=f"{ABOUT_FEW_PEOPLE} AND purpose <> 'J'",  # personnel work, whose subjects are colleagues
    words="was shown {hits} people of their own agency, of {tries} queried",
    compare=partial(above_peers, vary=False),  # meeting colleagues is accident, alike for all
    unit="about",  # a colleague who is in a case is queried often, and counts once
)
no_case = partial(
    _flagged,
    flag=Flag.NO_CASE,
    among=REASON_HAS_CASE,
    words="gave no case number on {hits} of {tries} occasions whose reason has a case",
    compare=above_peers,  # forgetting a number is a habit that varies between users
)
