"""Interface of the records that agencies enter into the files of the network."""

from __future__ import annotations

from datetime import datetime

import strawberry

from resolvers.codes.entry import EntryState
from schema.enums import enum
from schema.fields import column, computed

OPEN_FIELDS = {
    # No field is of this type, so these are read by the grants of the types that implement it.
    "Entered": "number fcn agencyOri caseNumber enteredAt state version",
}

enum(EntryState, "EntryState", "The progress of an entry.")


def instant(text: str | None) -> datetime | None:
    """A stored moment. Raises: ValueError if it is none."""
    return None if text is None else datetime.fromisoformat(text)


@strawberry.interface(description="An entry that an agency made in a file of the network. Confirm it with that agency.")
class Entered:
    number: strawberry.ID | None = column("number", "Its number in the national file: a letter and nine digits.")
    fcn: strawberry.ID | None = column("fcn", "The state's file control number, 13 digits.")
    agency_ori: str | None = column("agency_ori", "The agency that made the entry: confirm it there.")
    case_number: str | None = column("case_number", "That agency's case.")
    entered_at: datetime | None = computed(("entered_at",), instant, "Time of the entry, UTC.")
    state: EntryState | None = column("state", "Its progress. Only an entry that is in force may be acted upon.")
    version: int | None = column("version", "1 when it was entered, then one more for each change.")
