"""Relation of a row's subject to the caller: the flags that it raises, and the denial if the row is withheld."""

from __future__ import annotations

from collections.abc import Iterable

from policy.flags import Flag
from policy.grants import Denied, Scope
from policy.record_classes import RecordClass
from policy.rules import COLLEAGUE, SAME_SURNAME
from resolvers.errors import RelatedSubject

OWN, SURNAME, AGENCY, WITHHELD = 1, 2, 4, 8
"""Bits, as `resolvers.table` selects them."""


FLAGS = {OWN: Flag.OWN_RECORD, SURNAME: Flag.SAME_SURNAME, AGENCY: Flag.COLLEAGUE}


def relation_flags(relations: Iterable[int]) -> set[str]:
    """Flags for the auditor. A row that is withheld shows nobody: only the own record beside it is flagged."""
    shown = {relation & OWN if relation & WITHHELD else relation for relation in relations}
    return {flag for relation in shown for bit, flag in FLAGS.items() if relation & bit}


def related_subject(relation: int, scope: Scope) -> RelatedSubject:
    """The error in the place of a withheld row; one each, because an exception that is raised is changed."""
    rule = SAME_SURNAME if relation & SURNAME else COLLEAGUE
    return RelatedSubject(Denied(RecordClass.IDENTITY, rule, scope.related_needs))
