"""Parts that several record kinds share: names, residences, courts."""

from __future__ import annotations

import strawberry

from policy.record_classes import RecordClass
from schema.directives import know
from schema.fields import column, flag, made


def full_name(given: str | None, middle: str | None, surname: str | None, suffix: str | None) -> str | None:
    """A name as one reads it out; null where nothing of it is there."""
    return " ".join(filter(None, (given, middle, surname, suffix))) or None


@strawberry.type(description="A person's name.", directives=know(RecordClass.IDENTITY))
class PersonName:
    given: str | None = column("given", "First name.")
    middle: str | None = column("middle", "Middle name.")
    surname: str | None = column("surname", "Last name.")
    suffix: str | None = column("suffix", "JR, SR, III and so on.")
    full: str | None = made(("given", "middle", "surname", "suffix"), full_name, "The whole name, in the order spoken.")


@strawberry.type(
    description="Where somebody lives. An address that the law keeps confidential says so in `street` and has no more,"
    " unless the caller may know it.",
    directives=know(RecordClass.DMV_ADDRESS),
)
class Residence:
    street: str | None = column("street", "House number and street; ADDRESS CONFIDENTIAL where it is withheld by law.")
    city: str | None = column("city", "City.")
    state: str | None = column("state", "Two-letter state.")
    postal_code: str | None = column("postal_code", "ZIP code.")
    confidential: bool | None = flag("is_confidential", "Does the law keep this address confidential (VC 1808.4)?")


@strawberry.type(description="A court. It is read by the right to know of what it decided.")
class Court:
    ori: str | None = column("court_ori", "The court's nine-character agency identifier.")
    name: str | None = column("court_name", "The court's name.")
