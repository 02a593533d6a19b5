"""The decision: who asks, why, and for which classes of record, in; a verdict for each, out.

Knows nothing of records. All but the caller's own name and agency is drawn from a few closed lists, so it
is worked out once for each position and kept; a decision is then a look-up, and one small object a grant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from policy.caller import Assurance, Caller
from policy.checks import refusal_of_all, refusal_of_one
from policy.effects import Effect
from policy.grants import Denied, Need, Scope, Verdict, _Grant, _Scope
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RECORD_DEPENDENT, RecordClass
from policy.roles import Role
from policy.rules import CHALLENGE, COLLEAGUE, DEFAULT_DENY, OWN_RECORD, SAME_SURNAME, Rule
from policy.table import Policy
from policy.verdicts import Verdicts


def decide(
    policy: Policy, caller: Caller, inquiry: Inquiry, classes: Iterable[RecordClass], *, today: date
) -> Verdicts:
    """A verdict for each of `classes`, and the scope that every statement is bound to.

    Whatever is not granted is denied, and so is a role, a purpose, a reason or a class that is on no list.
    A certification holds through the day it names.
    """
    position = _DecisionKey(
        caller.role,
        inquiry.purpose,
        inquiry.reason,
        _needs(caller, inquiry),
        today <= caller.certified_until,
        inquiry.is_unexplained,
    )
    ruling = _ruling(policy, position) if position.is_on_the_lists else _NOTHING
    scope = _Scope(caller.user, caller.surname, caller.ori, *ruling.sight)
    by_class = {record_class: ruling.verdict(record_class, scope) for record_class in classes}
    return Verdicts(by_class, scope, policy.version, ruling.exclusions)


class _DecisionKey(NamedTuple):
    """All that a ruling depends on. `needs` is what a step-up still asks for; it is empty once stepped up."""

    role: Role
    purpose: Purpose
    reason: Reason
    needs: tuple[Need, ...]
    is_certified: bool
    is_unexplained: bool

    @property
    def is_on_the_lists(self) -> bool:
        """False for what a cast can put in the place of a member; it might not even be hashable."""
        return isinstance(self.role, Role) and isinstance(self.purpose, Purpose) and isinstance(self.reason, Reason)


class _Permission(NamedTuple):
    """A grant to be, without its scope."""

    is_masked: bool
    is_own_only: bool
    rule: Rule


@dataclass(frozen=True, slots=True)
class _Ruling:
    """All of a decision that is the same for every caller in one position."""

    releases: Mapping[RecordClass, _Permission]
    denials: Mapping[RecordClass, Denied]
    sight: tuple[bool, ...]  # the flags of Scope, from is_stepped_up on
    exclusions: tuple[Denied, ...]

    def verdict(self, record_class: RecordClass, scope: Scope) -> Verdict:
        if release := self.releases.get(record_class):
            return _Grant(record_class, *release, scope)
        return self.denials.get(record_class) or Denied(record_class, DEFAULT_DENY)


_NO_ROW_FLAGS = (False,) * 7
_NOTHING = _Ruling(releases={}, denials={}, sight=_NO_ROW_FLAGS, exclusions=())


# There are some twenty-five thousand positions; a working day sees a few hundred.
@lru_cache(maxsize=1024)
def _ruling(policy: Policy, position: _DecisionKey) -> _Ruling:
    role, purpose, reason, needs, is_certified, is_unexplained = position
    if rule := refusal_of_all(role, policy.lets_in(role), purpose, reason, is_certified):
        denials = {record_class: Denied(record_class, rule) for record_class in RecordClass}
        return _Ruling(releases={}, denials=denials, sight=_NO_ROW_FLAGS, exclusions=())

    releases: dict[RecordClass, _Permission] = {}
    denials = {}
    for record_class in RecordClass:
        answer = _answer(policy, record_class, position)
        if isinstance(answer, Denied):
            denials[record_class] = answer
        else:
            releases[record_class] = answer
    if is_unexplained:
        denials |= {record_class: Denied(record_class, CHALLENGE) for record_class in releases}
        denials = {record_class: _unexplained(denied) for record_class, denied in denials.items()}
        return _Ruling(releases={}, denials=denials, sight=_NO_ROW_FLAGS, exclusions=())
    return _Ruling(releases, denials, _row_flags(releases, needs), _exclusions(denials, needs))


def _answer(policy: Policy, record_class: RecordClass, position: _DecisionKey) -> _Permission | Denied:
    if rule := refusal_of_one(record_class, position.reason):
        return Denied(record_class, rule)
    cell = policy.cell(record_class, position.role)
    if cell is None:
        return Denied(record_class, DEFAULT_DENY)
    match cell.effect:
        case Effect.ALLOW:
            return _Permission(is_masked=False, is_own_only=False, rule=cell.rule)
        case Effect.MASK:
            return _Permission(is_masked=True, is_own_only=False, rule=cell.rule)
        case Effect.OWN:
            return _Permission(is_masked=False, is_own_only=True, rule=cell.rule)
        case Effect.STEP_UP if not position.needs:
            return _Permission(is_masked=False, is_own_only=False, rule=cell.rule)
        case Effect.STEP_UP:
            return Denied(record_class, cell.rule, position.needs)
        case _:
            return Denied(record_class, cell.rule)


def _unexplained(denied: Denied) -> Denied:
    """Where nothing else would help, this does not either."""
    if denied.needs or denied.rule is CHALLENGE:
        return Denied(denied.record_class, denied.rule, (*denied.needs, Need.ATTENTION))
    return denied


def _needs(caller: Caller, inquiry: Inquiry) -> tuple[Need, ...]:
    if caller.assurance is Assurance.AAL2:
        return () if inquiry.has_case_number else (Need.CASE_NUMBER,)
    return (Need.AAL2,) if inquiry.has_case_number else (Need.CASE_NUMBER, Need.AAL2)


def _row_flags(releases: Mapping[RecordClass, _Permission], needs: tuple[Need, ...]) -> tuple[bool, ...]:
    address = releases.get(RecordClass.CONFIDENTIAL_ADDRESS)
    return (
        not needs,
        RecordClass.CONVICTION in releases,
        RecordClass.ARREST_ONLY in releases,
        RecordClass.SUPERVISION in releases,
        RecordClass.SEALED in releases,
        RecordClass.JUVENILE in releases,
        address is not None and not address.is_masked,
    )


def _exclusions(denials: Mapping[RecordClass, Denied], needs: tuple[Need, ...]) -> tuple[Denied, ...]:
    """What the statements leave out. The rules about who the subject is stand under IDENTITY."""
    left_out = [denials[record_class] for record_class in RECORD_DEPENDENT if record_class in denials]
    left_out.append(Denied(RecordClass.IDENTITY, OWN_RECORD))
    if needs:
        left_out += (Denied(RecordClass.IDENTITY, rule, needs) for rule in (SAME_SURNAME, COLLEAGUE))
    return tuple(left_out)
