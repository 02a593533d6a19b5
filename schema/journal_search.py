"""Journal searches: their input, its validation, and how the journal records them as filters.

A filter is itself written to the journal, so only record ids and short printable text are accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from datetime import datetime
from typing import Any

import strawberry

from audit.entry import stamp
from engine.declarations import Arguments, Edge, Lookup, Row
from engine.plan import PlannedField, PreparedOperation
from resolvers import catalogue, journal
from resolvers.errors import InvalidSearch
from resolvers.paging import Page
from schema.context import Context
from schema.fields import optional
from schema.root_fields import page_size


@strawberry.input(description="Search terms for inquiries. An inquiry must match all that are given.")
class InquirySearch:
    user: strawberry.ID | None = optional("The user.")
    agency: str | None = optional("The user's agency, by its identifier.")
    record: strawberry.ID | None = optional("A record: P0000001 for a person, or warrants/W000000001.")
    seen: bool | None = optional("Only inquiries that were shown `record`, not those that asked for it in vain.")
    case_number: str | None = optional("The case number.")
    outcome: str | None = optional("The outcome, such as DENIED.")
    flag: str | None = optional("A flag, such as OWN_RECORD. It matches nothing for callers who are not auditors.")
    since: datetime | None = optional("At this time or later, with its time zone.")
    until: datetime | None = optional("Before this time, with its time zone.")


def journal_search(_row: Row, arguments: Arguments, context: Context) -> Lookup:
    """The lookup of a journal search. Raises InvalidSearch."""
    terms = search_terms(arguments)
    after, binding = arguments.get("after"), ("journal", context.caller.user, *terms.items())
    page = Page.of(page_size(arguments), after, context.cursors, *binding)
    return journal.by_search.of(journal.InquirySearch(page, **terms))


def search_filters(prepared: PreparedOperation, invalid: Container[PlannedField] = ()) -> tuple[str, ...]:
    """The filters of an operation's journal searches, as the journal records them: "user=demo-patrol".

    `invalid` are root fields that are not executed.
    """
    searches = (
        prepared.arguments(field)
        for field in prepared.plan.fields
        if field not in invalid
        and isinstance(field.spec.declaration, Edge)
        and journal.by_search in field.spec.declaration.fetches
    )
    return tuple(f"{name}={value}" for arguments in searches for name, value in search_terms(arguments).items())


def search_terms(arguments: Arguments) -> dict[str, Any]:
    """The terms of a journal search, as the journal writes them. Raises InvalidSearch."""
    given = {name: value for name, value in (arguments.get("by") or {}).items() if value is not None}
    if given.get("seen") and "record" not in given:
        raise InvalidSearch("seen goes with record.")
    return {_SNAKE_CASE[name]: _PARSERS[name](value) for name, value in given.items()}


def record_id(text: str) -> str:
    """A record id from a number, with or without its source: "persons/P0000001". Raises InvalidSearch."""
    found = catalogue.record_id(text)
    if not found:
        raise InvalidSearch("record must be a record's number, such as P0000001 or warrants/W000000001.")
    return found


def _text(pattern: str, message: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not (re.fullmatch(pattern, text) and text.isprintable()):
            raise InvalidSearch(message)
        return text

    return parse


def _timestamp(text: str) -> str:
    try:
        return stamp(datetime.fromisoformat(text))
    except ValueError:
        raise InvalidSearch(
            "since and until must be a moment with its time zone, in the years 1 to 9999 of UTC:"
            " 2026-01-31T08:00:00-08:00."
        ) from None


_CODE = "[A-Z][A-Z_]{0,63}"
_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "user": _text(".{1,64}", "user must have 1 to 64 printable characters."),
    "agency": _text("[A-Z0-9]{9}", "agency must be nine capital letters and digits."),
    "record": record_id,
    "seen": bool,
    "caseNumber": _text(".{1,64}", "caseNumber must have 1 to 64 printable characters."),
    "outcome": _text(_CODE, "outcome must be a code such as DENIED."),
    "flag": _text(_CODE, "flag must be a code such as OWN_RECORD."),
    "since": _timestamp,
    "until": _timestamp,
}
_SNAKE_CASE = {name: re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name) for name in _PARSERS}
