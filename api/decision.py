"""What one operation may do, and why: its plan under the verdicts on it, before anything is read. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.declare import Edge, Guard
from engine.declare import Fetch as AnyFetch
from engine.errors import BadVariables, Fault
from engine.plan import Prepared
from engine.ruling import Ruling, rule
from policy.decide import decide
from policy.grants import Denied, Grant
from policy.inquiry import Inquiry
from policy.record_classes import RecordClass
from policy.verdicts import Verdicts
from resolvers.errors import BadKey
from resolvers.fetch import Fetch
from schema.desk import Desk


@dataclass(frozen=True, slots=True)
class Decision:
    """What one operation may do, and why."""

    inquiry: Inquiry
    verdicts: Verdicts
    grants: Mapping[AnyFetch, Grant]
    ruling: Ruling[Denied]
    asked: tuple[str, ...]
    """The records that it names."""


def decision_on(prepared: Prepared, desk: Desk, inquiry: Inquiry) -> Decision:
    """A verdict for every record class that a plan touches, and what follows at each place.

    Raises BadVariables for a key that cannot be searched for.
    """
    asked = records_named(prepared, desk)
    classes = [guard for guard in prepared.guards if isinstance(guard, RecordClass)]
    verdicts = decide(desk.policy, desk.caller, inquiry, classes, today=desk.today)
    granted: dict[Guard, Grant] = {}
    denied: dict[Guard, Denied] = {}
    for record_class, verdict in verdicts.items():
        if isinstance(verdict, Grant):
            granted[record_class] = verdict
        else:
            denied[record_class] = verdict
    ruling = rule(prepared, granted, denied, not_whole)
    grants = {fetch: granted[guard] for fetch, guard in ruling.opened.items()}
    return Decision(inquiry, verdicts, grants, ruling, asked)


def not_whole(grant: Grant) -> Denied:
    """A mask, where only the whole value would do: a hit would say that the value searched for was right."""
    return Denied(grant.record_class, grant.rule)


def records_named(prepared: Prepared, desk: Desk) -> tuple[str, ...]:
    """The records that the roots name, for the journal. Raises BadVariables for a key that cannot be searched for."""
    named: dict[str | None, None] = {}
    for place in prepared.plan.places:
        edge = place.site.declared
        if not isinstance(edge, Edge):
            continue
        try:
            asks = edge.ask({}, prepared.arguments(place), desk)
        except BadKey as bad:
            raise BadVariables([Fault(str(bad), place.locations)]) from None
        for ask in asks if isinstance(asks, list) else filter(None, [asks]):
            named[ask.fetch.record_id(ask.key) if isinstance(ask.fetch, Fetch) else None] = None
    return tuple(filter(None, named))
