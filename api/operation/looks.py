"""Looks of a subscription: how often what it selects is read again, until when, and whether that has changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from api.operation.messages import GraphQLResponse
from engine.errors import Fault, InvalidVariables
from engine.plan import PreparedOperation
from sources.probe import Probe

SHORTEST_S, LONGEST_S = 15, 3_600
DEFAULT_DURATION, LONGEST_DURATION = timedelta(hours=1), timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Seconds from one look to the next, and in all."""

    every_s: int
    duration_s: float

    @classmethod
    def of(cls, prepared: PreparedOperation, asked_at: datetime) -> Schedule:
        """The schedule in the arguments of a subscription that was asked for then. Raises: InvalidVariables."""
        (field,) = prepared.plan.fields
        arguments = prepared.arguments(field)
        every_s, until = arguments.get("every"), arguments.get("until")
        duration = DEFAULT_DURATION if until is None else _until(until, asked_at)
        if every_s is None or not SHORTEST_S <= every_s <= LONGEST_S:
            raise InvalidVariables([Fault(f"Give `every` {SHORTEST_S} to {LONGEST_S} seconds.", field.locations)])
        if not timedelta(0) < duration <= LONGEST_DURATION:
            raise InvalidVariables(
                [Fault("Give `until` a moment with its time zone, within the next 12 hours.", field.locations)]
            )
        return cls(every_s, duration.total_seconds())


def _until(moment: str, now: datetime) -> timedelta:
    """The time until a moment; none at all until one that cannot be read."""
    try:
        return datetime.fromisoformat(moment) - now
    except (ValueError, TypeError, OverflowError):  # a moment without a time zone, or outside the calendar
        return timedelta(0)


class Look(NamedTuple):
    """The response, or None if it shows what is known already; and the digest of what it shows."""

    response: GraphQLResponse | None
    digest: str


def digest_of_sources(probes: Iterable[Probe]) -> str:
    """A hash of the status of each source. The time of a last answer differs at every look."""
    return sha256(orjson.dumps([[each.name, each.status] for each in probes])).hexdigest()


def digest_of(body: dict[str, Any]) -> str:
    """A hash of what a response shows, without what differs from one request to the next."""
    faults = [(each.get("path"), each["extensions"]["code"]) for each in body.get("errors", ())]
    return sha256(orjson.dumps([body["data"], faults])).hexdigest()
