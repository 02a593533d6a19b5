"""Journal entry: names, record ids and rules, with no field that could hold a value of a record.

Roles, purposes and reasons are plain text here, because the journal is read years after the code that wrote it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import Enum
from operator import attrgetter, itemgetter
from secrets import token_hex
from typing import Any, Self

import orjson


class Kind(Enum):
    """Kind of an entry."""

    INTENT = "INTENT"  # an operation, before any source is read
    PART = "PART"  # some parts of its response, before a byte of them leaves, if others are to come
    RELEASE = "RELEASE"  # its response, before a byte leaves; it has the id of its intent
    REFUSAL = "REFUSAL"  # a failed sign-in, or a request refused before it had a plan
    READ = "READ"  # a command that reads the journal itself
    CHANGE = "CHANGE"  # a command that published a policy, keys or a revocation for all servers
    ARCHIVE = "ARCHIVE"  # a command that archived the oldest entries


def stamp(moment: datetime) -> str:
    """Timestamp of the journal: ISO 8601 in UTC, always with microseconds, so that texts sort as times do.

    Raises: ValueError if the moment has no time zone (a guess could be hours off), or its year in UTC is not 1 to 9999.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    try:
        return moment.astimezone(UTC).isoformat(timespec="microseconds")
    except OverflowError:
        raise ValueError(f"{moment.isoformat()} is not in the years 1 to 9999 of UTC") from None


def now() -> str:
    return stamp(datetime.now(UTC))


# Canonical JSON needs sorted keys: orjson writes the fields of these two in their order, which is alphabetical.
@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """A field that was withheld or, if `field` is None, a class of rows that was excluded."""

    field: str | None = None
    needs: tuple[str, ...] = ()
    record_class: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswer:
    """Status of one source: OK, EMPTY, NO_NUMBER, WITHHELD, TIMEOUT or DOWN. One without a status was not asked."""

    name: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Record of one step of an inquiry: the caller, the reason, the records, and the outcome.

    Shapes: `record_ids` are "persons/P0000001"; `released` and `masked` are coordinates, "Person.name".
    Units:  `at` is a `stamp`; `certified_until` and the days of a clearance are ISO dates; ids and hashes are hex.
    Raises: TypeError for an unknown field.
    """

    kind: Kind
    id: str = field(default_factory=lambda: token_hex(16))  # of the inquiry: an intent and its release share it
    parent_id: str | None = None  # of the inquiry that led to this one
    trace_id: str | None = None  # of the request, as its response has it; a client may choose it
    at: str = field(default_factory=now)

    user: str | None = None
    role: str | None = None
    agency: str | None = None
    certified_until: str | None = None
    cleared_on: str | None = None
    fingerprinted_on: str | None = None
    employed_on: str | None = None
    trained_on: str | None = None
    recertified_on: str | None = None
    assurance: str | None = None
    terminal: str | None = None  # as the client names itself
    address: str | None = None  # as the network sees it
    claim: str | None = None  # for which a token was refused; or the field of its header
    token_sha256: str | None = None  # of that token

    purpose: str | None = None
    reason: str | None = None
    case_number: str | None = None
    attention: str | None = None
    operation_name: str | None = None
    document_sha256: str | None = None
    trusted_document: str | None = None  # its name in the manifest, if the request named it by its id
    policy_version: str | None = None

    parts: tuple[int, ...] = ()  # of a response in parts: the numbers of those that leave, or had left; 0 is the first
    record_ids: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()  # keyed hashes of the names and numbers that were searched for: audit/term_hashes.py
    search_key: str | None = None  # the id of their key
    released: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    denied: tuple[Denial, ...] = ()
    exclusions: tuple[Denial, ...] = ()
    sources: tuple[SourceAnswer, ...] = ()
    filters: tuple[str, ...] = ()  # of a read of the journal: "user=demo-patrol"
    outcome: str | None = None
    flags: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Canonical JSON: keys sorted, empty fields left out. The chain hashes exactly these bytes."""
        return orjson.dumps(dict(filter(_has_value, zip(_NAMES, _values(self), strict=True))))

    @classmethod
    def from_bytes(cls, body: bytes | str) -> Self:
        """Parse an entry's JSON. Raises: TypeError, ValueError or KeyError if it is not an entry."""
        known: dict[str, Any] = orjson.loads(body)
        for name in _LISTS & known.keys():
            known[name] = tuple(_NESTED[name](item) if name in _NESTED else item for item in known[name])
        return cls(**{**known, "kind": Kind(known["kind"])})


_NAMES = sorted(each.name for each in fields(Entry))
_values, _has_value = attrgetter(*_NAMES), itemgetter(1)
_LISTS = {each.name for each in fields(Entry) if each.default == ()}
_NESTED: dict[str, Callable[[dict[str, Any]], Denial | SourceAnswer]] = {
    "denied": lambda item: Denial(**{**item, "needs": tuple(item["needs"])}),
    "exclusions": lambda item: Denial(**{**item, "needs": tuple(item["needs"])}),
    "sources": lambda item: SourceAnswer(**item),
}


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry and its sequence. The next page begins after the sequence of the last entry of this one."""

    sequence: int
    entry: Entry
