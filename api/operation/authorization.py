"""What one operation may do, and why: its plan under the verdicts on it, before anything is read. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from api.operation.challenges import NO_CHALLENGES, Challenges
from engine.authorization import AuthorizedPlan, authorize
from engine.declarations import Edge, Guard, Lookup
from engine.declarations import Fetch as AnyFetch
from engine.errors import Fault, InvalidVariables
from engine.plan import PreparedOperation
from policy.decide import decide
from policy.grants import Denied, Grant, Verdict
from policy.inquiry import Inquiry
from policy.record_classes import RecordClass
from policy.verdicts import Verdicts
from resolvers.errors import InvalidSearch
from resolvers.fetch import Fetch
from schema.context import Context
from schema.journal_search import search_filters


@dataclass(frozen=True, slots=True)
class Decision:
    """What one operation may do, and why."""

    inquiry: Inquiry
    verdicts: Verdicts
    grants: Mapping[AnyFetch, Grant]
    ruling: AuthorizedPlan[Denied]
    asked: tuple[str, ...]
    """The records that it names."""
    filters: tuple[str, ...]
    """The filters of its journal searches."""


def authorize_operation(
    prepared: PreparedOperation, desk: Context, inquiry: Inquiry, challenges: Challenges = NO_CHALLENGES
) -> Decision:
    """A verdict for every record class that a plan touches, and what follows at each place.

    Raises InvalidVariables for a key that cannot be searched for.
    """
    asks = root_lookups(prepared, desk)
    if challenges.draws(desk.caller.user, asks):
        inquiry = replace(inquiry, is_challenged=True)
    classes = [guard for guard in prepared.guards if isinstance(guard, RecordClass)]
    verdicts = decide(desk.policy, desk.caller, inquiry, classes, today=desk.today)
    granted: dict[Guard, Grant] = {}
    denied: dict[Guard, Denied] = {}
    for record_class, verdict in verdicts.items():
        if isinstance(verdict, Grant):
            granted[record_class] = verdict
        else:
            denied[record_class] = verdict
    ruling = authorize(prepared, granted, denied, mask_is_insufficient)
    grants = {fetch: granted[guard] for fetch, guard in ruling.fetch_guards.items()}
    return Decision(inquiry, verdicts, grants, ruling, records_named(asks), search_filters(prepared))


def mask_is_insufficient(grant: Grant) -> Denied:
    """A mask, where only the whole value would do: a hit would say that the value searched for was right."""
    return Denied(grant.record_class, grant.rule)


def records_named(asks: Iterable[Lookup]) -> tuple[str, ...]:
    """The records that the roots name, for the journal."""
    named = (ask.fetch.record_id(ask.key) for ask in asks if isinstance(ask.fetch, Fetch))
    return tuple(dict.fromkeys(filter(None, named)))


def root_lookups(prepared: PreparedOperation, desk: Context) -> list[Lookup]:
    """What the roots ask for. Raises InvalidVariables for a key that cannot be searched for."""
    found: list[Lookup] = []
    for place in prepared.plan.fields:
        edge = place.spec.declaration
        if not isinstance(edge, Edge):
            continue
        try:
            asks = edge.lookup({}, prepared.arguments(place), desk)
        except InvalidSearch as bad:
            raise InvalidVariables([Fault(str(bad), place.locations)]) from None
        found += asks if isinstance(asks, list) else filter(None, [asks])
    return found


def verdict_name(verdict: Verdict) -> str:
    """A verdict in one word."""
    if isinstance(verdict, Denied):
        return "STEP_UP" if verdict.needs else "DENY"
    return "MASK" if verdict.is_masked else "ALLOW"
