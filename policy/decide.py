"""The decision: a verdict for each record class, from the caller and the inquiry.

A decision depends on few values besides the caller's own user, name and agency. The rest of a decision is cached per
DecisionKey, so each further decision is a lookup and one small object for each grant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from policy.caller import Assurance, Caller
from policy.checks import class_refusal, general_refusal
from policy.clearance import Access
from policy.effects import Effect
from policy.grants import Denied, Grant, Need, _Grant, _Scope
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RECORD_DEPENDENT, RecordClass
from policy.related_subjects import RelatedSubjects
from policy.roles import Role
from policy.rules import CHALLENGE, DEFAULT_DENY, DEMONSTRATION_PEOPLE, OWN_RECORD, TRAINING, Rule
from policy.table import Policy
from policy.verdicts import Verdicts


def decide(
    policy: Policy, caller: Caller, inquiry: Inquiry, classes: Iterable[RecordClass], *, today: date
) -> Verdicts:
    """A verdict for each of `classes`, and the scope that every statement is bound to.

    The default is to deny, also for an unknown role, purpose, reason or class. A certification is valid through the
    day that it names.
    """
    access, rule = caller.clearance.access(today)
    key = DecisionKey(
        caller.role,
        inquiry.purpose,
        inquiry.reason,
        _needs(caller, inquiry),
        rule if access is Access.NONE else None,
        access is Access.SUPERVISED and not inquiry.names_supervisor,
        inquiry.needs_fuller_attention,
    )
    decision = cached_decision(policy, key) if key.is_valid else _DENY_ALL
    scope = _Scope(caller.user, caller.surname, caller.ori, today, *decision.scope_flags)
    granted: dict[RecordClass, Grant] = {}
    denied: dict[RecordClass, Denied] = {}
    for record_class in classes:
        permission = decision.permissions.get(record_class)
        if permission is None:
            denied[record_class] = decision.denials.get(record_class) or Denied(record_class, DEFAULT_DENY)
        else:
            granted[record_class] = _Grant(record_class, *permission, scope)
    return Verdicts(granted, denied, scope, policy.version, decision.exclusions)


class DecisionKey(NamedTuple):
    """The values that a cached decision depends on. `needs` lists what a step-up lacks; stepped up, it is empty."""

    role: Role
    purpose: Purpose
    reason: Reason
    needs: tuple[Need, ...]
    clearance_refusal: Rule | None
    needs_supervisor: bool
    needs_fuller_attention: bool

    @property
    def is_valid(self) -> bool:
        """False for values that are not enum members (only a wrong cast makes them); checked before hashing."""
        return isinstance(self.role, Role) and isinstance(self.purpose, Purpose) and isinstance(self.reason, Reason)


class _Permission(NamedTuple):
    """A grant without its scope."""

    is_masked: bool
    is_own_entries_only: bool
    rule: Rule


class _ScopeFlags(NamedTuple):
    """The flags of a `Scope`, in the order of its fields. None is set by default."""

    sees_live: bool = False
    sees_related: bool = False
    related_needs: tuple[Need, ...] = ()
    sees_convictions: bool = False
    sees_arrests: bool = False
    sees_supervision: bool = False
    sees_sealed: bool = False
    sees_juvenile: bool = False
    sees_confidential: bool = False
    sees_foreign_orders: bool = False
    sees_missing_history: bool = False
    sees_arrest_biometrics: bool = False


@dataclass(frozen=True, slots=True)
class _CachedDecision:
    """The part of a decision that is the same for all callers with the same key."""

    permissions: Mapping[RecordClass, _Permission]
    denials: Mapping[RecordClass, Denied]
    scope_flags: _ScopeFlags
    exclusions: tuple[Denied, ...]


_NO_FLAGS = _ScopeFlags()
_DENY_ALL = _CachedDecision(permissions={}, denials={}, scope_flags=_NO_FLAGS, exclusions=())


# About 25,000 keys exist; a working day uses a few hundred.
@lru_cache(maxsize=1024)
def cached_decision(policy: Policy, key: DecisionKey) -> _CachedDecision:
    """The decision for this key, from a cache of bounded size."""
    if key.needs_supervisor:
        supervised = cached_decision(policy, key._replace(needs_supervisor=False))
        denials = {record_class: _unsupervised(record_class, supervised) for record_class in RecordClass}
        return _CachedDecision(permissions={}, denials=denials, scope_flags=_NO_FLAGS, exclusions=())
    has_any_access = policy.has_any_access(key.role)
    if rule := general_refusal(key.role, has_any_access, key.purpose, key.reason, key.clearance_refusal):
        denials = {record_class: Denied(record_class, rule) for record_class in RecordClass}
        return _CachedDecision(permissions={}, denials=denials, scope_flags=_NO_FLAGS, exclusions=())

    permissions: dict[RecordClass, _Permission] = {}
    denials = {}
    for record_class in RecordClass:
        result = _decide_class(policy, record_class, key)
        if isinstance(result, Denied):
            denials[record_class] = result
        else:
            permissions[record_class] = result
    if key.needs_fuller_attention:
        denials |= {record_class: Denied(record_class, CHALLENGE) for record_class in permissions}
        denials = {record_class: _with_attention(denied) for record_class, denied in denials.items()}
        return _CachedDecision(permissions={}, denials=denials, scope_flags=_NO_FLAGS, exclusions=())
    return _CachedDecision(
        permissions, denials, _scope_flags(policy, permissions, key), _exclusions(denials, key.reason)
    )


def _decide_class(policy: Policy, record_class: RecordClass, key: DecisionKey) -> _Permission | Denied:
    if rule := class_refusal(record_class, key.purpose, key.reason):
        return Denied(record_class, rule)
    cell = policy.cell(record_class, key.role)
    if cell is None:
        return Denied(record_class, DEFAULT_DENY)
    match cell.effect:
        case Effect.ALLOW:
            return _Permission(is_masked=False, is_own_entries_only=False, rule=cell.rule)
        case Effect.MASK:
            return _Permission(is_masked=True, is_own_entries_only=False, rule=cell.rule)
        case Effect.OWN:
            return _Permission(is_masked=False, is_own_entries_only=True, rule=cell.rule)
        case Effect.STEP_UP if not key.needs:
            return _Permission(is_masked=False, is_own_entries_only=False, rule=cell.rule)
        case Effect.STEP_UP:
            return Denied(record_class, cell.rule, key.needs)
        case Effect.DENY:
            return Denied(record_class, cell.rule)


def _unsupervised(record_class: RecordClass, supervised: _CachedDecision) -> Denied:
    """The denial of a caller who must name a supervisor; without needs if it would not help."""
    denied = supervised.denials.get(record_class)
    if denied and not denied.needs:
        return Denied(record_class, TRAINING)
    return Denied(record_class, TRAINING, (*(denied.needs if denied else ()), Need.SUPERVISOR))


def _with_attention(denied: Denied) -> Denied:
    """The denial with `ATTENTION` among its needs, unless nothing would lift it."""
    if denied.needs or denied.rule is CHALLENGE:
        return Denied(denied.record_class, denied.rule, (*denied.needs, Need.ATTENTION))
    return denied


def _needs(caller: Caller, inquiry: Inquiry) -> tuple[Need, ...]:
    if caller.assurance is Assurance.AAL2:
        return () if inquiry.has_case_number else (Need.CASE_NUMBER,)
    return (Need.AAL2,) if inquiry.has_case_number else (Need.CASE_NUMBER, Need.AAL2)


def _scope_flags(policy: Policy, permissions: Mapping[RecordClass, _Permission], key: DecisionKey) -> _ScopeFlags:
    # Of these classes, a matrix can mask only the address and limit none to own entries: `consistency` refuses it.
    address = permissions.get(RecordClass.CONFIDENTIAL_ADDRESS)
    related_needs = key.needs if policy.related_subjects is RelatedSubjects.STEP_UP else ()
    return _ScopeFlags(
        sees_live=key.reason is not Reason.TRAINING,
        sees_related=not related_needs,
        related_needs=related_needs,
        sees_convictions=RecordClass.CONVICTION in permissions,
        sees_arrests=RecordClass.ARREST_ONLY in permissions,
        sees_supervision=RecordClass.SUPERVISION in permissions,
        sees_sealed=RecordClass.SEALED in permissions,
        sees_juvenile=RecordClass.JUVENILE in permissions,
        sees_confidential=address is not None and not address.is_masked,
        sees_foreign_orders=RecordClass.FOREIGN_ORDER in permissions,
        sees_missing_history=RecordClass.MISSING_HISTORY in permissions,
        # An applicant's own prints are all that their background check is about.
        sees_arrest_biometrics=RecordClass.BIOMETRIC in permissions and key.purpose is not Purpose.J,
    )


def _exclusions(denials: Mapping[RecordClass, Denied], reason: Reason) -> tuple[Denied, ...]:
    """The rows that statements exclude. The rules about all records are listed under IDENTITY."""
    dependent = [denials[record_class] for record_class in RECORD_DEPENDENT if record_class in denials]
    # A matrix from before a class was added has no cell for it, and its decisions did not list it.
    exclusions = [denied for denied in dependent if denied.rule is not DEFAULT_DENY]
    exclusions.append(Denied(RecordClass.IDENTITY, OWN_RECORD))
    if reason is Reason.TRAINING:
        exclusions.append(Denied(RecordClass.IDENTITY, DEMONSTRATION_PEOPLE))
    return tuple(exclusions)
