"""Authorization of one operation: the verdicts on its record classes, and its plan under them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from api.operation.challenges import NO_CHALLENGES, Challenges
from engine.authorization import AuthorizedPlan, authorize
from engine.declarations import Edge, Guard, LookupResult
from engine.declarations import Fetch as AnyFetch
from engine.errors import Fault, InvalidVariables
from engine.plan import PlannedField, PreparedOperation
from policy.decide import decide
from policy.grants import Denied, Grant, Verdict
from policy.inquiry import Inquiry
from policy.record_classes import RecordClass
from policy.verdicts import Verdicts
from resolvers.errors import InvalidSearch
from resolvers.fetch import Fetch
from resolvers.hits import search_terms
from resolvers.search_terms import SearchTerm
from schema.context import Context


@dataclass(frozen=True, slots=True)
class Decision:
    """Decision on one operation: its inquiry, its verdicts, and the plan that they authorize.

    lookups:    of the root fields, as the plan is executed with them.
    record_ids: the records that the operation names, such as `persons/P0000001`.
    terms:      the names and numbers that it searches for.
    """

    inquiry: Inquiry
    verdicts: Verdicts
    grants: Mapping[AnyFetch, Grant]
    plan: AuthorizedPlan[Denied]
    lookups: Mapping[PlannedField, LookupResult]
    record_ids: tuple[str, ...]
    terms: tuple[SearchTerm, ...]


def authorize_operation(
    prepared: PreparedOperation, context: Context, inquiry: Inquiry, challenges: Challenges = NO_CHALLENGES
) -> Decision:
    """Decide on every record class that the plan touches, and authorize the plan accordingly.

    A root field whose key cannot be searched for is refused alone.
    Raises: InvalidVariables if all root fields are.
    """
    by_field, invalid = root_lookups(prepared, context)
    lookups = [each for found in by_field.values() for each in (found if isinstance(found, list) else [found]) if each]
    if challenges.is_drawn(context.caller.user, lookups):
        inquiry = replace(inquiry, is_challenged=True)
    classes = [guard for guard in prepared.guards if isinstance(guard, RecordClass)]
    verdicts = decide(context.policy, context.caller, inquiry, classes, today=context.today)
    granted: dict[Guard, Grant] = dict(verdicts.granted.items())
    denied: dict[Guard, Denied] = dict(verdicts.denied.items())
    plan = authorize(prepared, granted, denied, mask_is_insufficient, invalid)
    grants = {fetch: granted[guard] for fetch, guard in plan.fetch_guards.items()}
    named: dict[str, None] = {}
    terms: dict[SearchTerm, None] = {}
    for fetch, of_fetch in groupby(lookups, attrgetter("fetch")):
        if isinstance(fetch, Fetch):
            keys = [key for _, key in of_fetch]
            if fetch.record:
                named |= dict.fromkeys(fetch.record.ids(keys))
            terms |= dict.fromkeys(search_terms(fetch, keys))
    return Decision(inquiry, verdicts, grants, plan, by_field, tuple(named), tuple(terms))


def mask_is_insufficient(grant: Grant) -> Denied:
    """The denial where only the whole value would do: a search by a masked value would confirm it by a hit."""
    return Denied(grant.record_class, grant.rule)


def root_lookups(
    prepared: PreparedOperation, context: Context
) -> tuple[dict[PlannedField, LookupResult], dict[PlannedField, str]]:
    """Lookups of the root fields, and the fields whose key cannot be searched for, with the sentence that says why.

    Raises: InvalidVariables if nothing else is left of the operation.
    """
    found: dict[PlannedField, LookupResult] = {}
    refused: dict[PlannedField, str] = {}
    for field in prepared.plan.fields:
        edge = field.spec.declaration
        if not isinstance(edge, Edge):
            continue
        if field in prepared.invalid_arguments:
            refused[field] = prepared.invalid_arguments[field]
            continue
        try:
            found[field] = edge.lookup({}, prepared.arguments(field), context)
        except InvalidSearch as invalid:
            refused[field] = str(invalid)
    if refused and len(refused) == len(prepared.plan.fields) and prepared.plan.introspection is None:
        raise InvalidVariables([Fault(sentence, field.locations) for field, sentence in refused.items()])
    return found, refused


def verdict_name(verdict: Verdict) -> str:
    """Name of a verdict for metrics: ALLOW, MASK, STEP_UP or DENY."""
    if isinstance(verdict, Denied):
        return "STEP_UP" if verdict.needs else "DENY"
    return "MASK" if verdict.is_masked else "ALLOW"
