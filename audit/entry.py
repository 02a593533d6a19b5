"""One entry of the journal. It has a place for names, numbers of records and rules, and none for a value.

Roles, purposes and reasons are plain text here: the journal is read years after the tables they come from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import Enum
from operator import attrgetter
from typing import Any, Self
from uuid import uuid4

import orjson


class Kind(Enum):
    """What an entry is about."""

    INTENT = "INTENT"  # a question, before any source is read
    RELEASE = "RELEASE"  # its answer, before a byte leaves; it carries the id of its intent
    REFUSAL = "REFUSAL"  # a failed sign-in, or a request turned away before it had a plan
    READ = "READ"  # a read of the journal itself


def stamp(moment: datetime) -> str:
    """A moment as the journal writes it: UTC, always with six places, so that text sorts as time does.

    Raises: ValueError where it has no zone. A guess could be hours off.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def now() -> str:
    return stamp(datetime.now(UTC))


# The members of these two stand in the order of the alphabet, because they are written as they stand.
@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """A field that was withheld or, where `field` is None, a class of rows that was left out."""

    field: str | None = None
    needs: tuple[str, ...] = ()
    record_class: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswer:
    """How one source answered: OK, EMPTY, TIMEOUT, DOWN or NOT_ASKED."""

    name: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who asked, from where, why, about what, and what became of it.

    Shapes: `record_ids` are "persons/P0000001"; `released` and `masked` are coordinates, "Person.name".
    Units:  `at` is a `stamp`; `certified_until` is an ISO date; `document_sha256` is hex.
    Raises: TypeError for a key that has no place here.
    """

    kind: Kind
    id: str = field(default_factory=lambda: uuid4().hex)  # of the inquiry: an intent and its release share it
    parent_id: str | None = None  # of the inquiry this one came out of
    at: str = field(default_factory=now)

    user: str | None = None
    role: str | None = None
    agency: str | None = None
    certified_until: str | None = None
    assurance: str | None = None
    terminal: str | None = None  # as the client names itself
    address: str | None = None  # as the network sees it

    purpose: str | None = None
    reason: str | None = None
    case_number: str | None = None
    attention: str | None = None
    operation_name: str | None = None
    document_sha256: str | None = None
    policy_version: str | None = None

    record_ids: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    denied: tuple[Denial, ...] = ()
    exclusions: tuple[Denial, ...] = ()
    sources: tuple[SourceAnswer, ...] = ()
    filters: tuple[str, ...] = ()  # of a read of the journal: "user=demo-patrol"
    outcome: str | None = None
    flags: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Canonical JSON: keys sorted, nothing that is empty. The chain is over exactly these bytes."""
        return orjson.dumps({name: value for name, value in zip(_NAMES, _values(self), strict=True) if value})

    @classmethod
    def from_bytes(cls, written: bytes | str) -> Self:
        """The entry that was written. Raises TypeError or ValueError if it is not one."""
        read: dict[str, Any] = orjson.loads(written)
        for name in _LISTS & read.keys():
            read[name] = tuple(_NESTED[name](item) if name in _NESTED else item for item in read[name])
        return cls(**{**read, "kind": Kind(read["kind"])})


_NAMES = sorted(each.name for each in fields(Entry))
_values = attrgetter(*_NAMES)
_LISTS = {each.name for each in fields(Entry) if each.default == ()}
_NESTED: dict[str, Callable[[dict[str, Any]], Denial | SourceAnswer]] = {
    "denied": lambda item: Denial(**{**item, "needs": tuple(item["needs"])}),
    "exclusions": lambda item: Denial(**{**item, "needs": tuple(item["needs"])}),
    "sources": lambda item: SourceAnswer(**item),
}
