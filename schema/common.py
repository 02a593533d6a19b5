"""Types that several record kinds share: names, residences, courts."""

from __future__ import annotations

import strawberry

from policy.record_classes import RecordClass
from schema.directives import know
from schema.fields import boolean, column, computed


def full_name(given: str | None, middle: str | None, surname: str | None, suffix: str | None) -> str | None:
    """The parts of a name in reading order; None if there are none."""
    return " ".join(filter(None, (given, middle, surname, suffix))) or None


@strawberry.type(description="A person's name.", directives=know(RecordClass.IDENTITY))
class PersonName:
    given: str | None = column("given", "First name.")
    middle: str | None = column("middle", "Middle name.")
    surname: str | None = column("surname", "Last name.")
    suffix: str | None = column("suffix", "JR, SR, III and so on.")
    full: str | None = computed(
        ("given", "middle", "surname", "suffix"), full_name, "The whole name, in reading order."
    )


@strawberry.type(
    description="A home address. If the law keeps it confidential, `street` says so and all else is null, unless the"
    " caller may see it.",
    directives=know(RecordClass.DMV_ADDRESS),
)
class Residence:
    street: str | None = column("street", "House number and street; ADDRESS CONFIDENTIAL if the law withholds it.")
    city: str | None = column("city", "City.")
    state: str | None = column("state", "Two-letter state.")
    postal_code: str | None = column("postal_code", "ZIP code.")
    confidential: bool | None = boolean(
        "is_confidential", "Whether the law keeps this address confidential (VC 1808.4)."
    )


@strawberry.type(description="A court. It is shown with the record that it decided.")
class Court:
    ori: str | None = column("court_ori", "The court's nine-character agency identifier.")
    name: str | None = column("court_name", "The court's name.")
