"""Safety banners: their GraphQL types, and the fields of a person and a vehicle that they are derived from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import strawberry

from engine.declarations import Derived, Inputs, Row
from policy.grants import Denied
from policy.record_classes import RecordClass
from resolvers.codes.safety import SafetyAct, SafetyKind, SafetySubject
from resolvers.errors import RelatedSubject
from resolvers.safety import Line, Values, banner, person_lines, vehicle_lines
from schema.enums import enum
from schema.extensions import extend
from schema.fields import declared_field, member
from schema.persons import Person
from schema.scalars import Date
from schema.vehicles import Vehicle

enum(SafetyKind, "SafetyKind", "The kind of a line of a safety banner.")
enum(SafetySubject, "SafetySubject", "Whom a line of a safety banner is about.")
enum(SafetyAct, "SafetyAct", "The action that a line of a safety banner asks for.")

PERSON = """
    cautions
    warrants { number status issuedOn extradition cautions }
    protectiveOrders { number enforcement brady issuedOn }
    supervision { kind status startsOn terms }
"""
VEHICLE = f"vin stolen owner {{ {PERSON} }}"
SOURCES = {
    "cautions": "persons",
    "owner": "persons",
    "stolen": "vehicles",
    "vin": "vehicles",
    "warrants": "warrants",
    "protectiveOrders": "protective_orders",
    "supervision": "criminal_history",
}
"""The source of each field of the selections."""
OPEN_FIELDS = {
    # Made whole from fields that have guards of their own.
    "Safety": "complete unanswered withheld lines more",
    "SafetyLine": "rank kind words code source number since about act",
}


@strawberry.type(description="One line of a safety banner. Its words are fixed for each code; remarks never enter it.")
class SafetyLine:
    rank: int = member("rank", "Its place in the order of lines: 0 is read first.")
    kind: SafetyKind = member("kind", "Its kind.")
    words: str = member("words", "The line itself.")
    code: str | None = member("code", "The code that it is for: of a caution, or of extradition.")
    source: str = member("source", "The source that it comes from, as in extensions.inquiry.sources.")
    number: strawberry.ID | None = member("number", "The record's number, to confirm it by.")
    since: Date | None = member("since", "The day on which the record begins.")
    about: SafetySubject = member("about", "Whom it is about.")
    act: SafetyAct = member("act", "The action that it asks for.")


@strawberry.type(
    description="What to know before approaching: lines in a fixed order, the gravest first. Only a banner that is"
    " complete and has no line says that nothing is known."
)
class Safety:
    complete: bool = member("complete", "Whether every source answered and the caller may know all of it.")
    unanswered: list[str] = member("unanswered", "The sources that did not answer. Each is a line too, before others.")
    withheld: list[RecordClass] = member("withheld", "The record classes that the caller may not know.")
    lines: list[SafetyLine] = member("lines", "At most six lines; ranks 0 to 3 are never cut.")
    more: int = member("more", "The number of lines that were cut.")


def safety(selection: str, lines: Callable[[Values], Iterable[Line]], about: SafetySubject, description: str) -> Any:
    """A field that is derived from the fields of this selection."""

    def derive(inputs: Inputs) -> Row:
        for error in inputs.faulty.values():
            if isinstance(error, RelatedSubject):
                raise error
        unanswered = dict.fromkeys(inputs.failed.values())
        faulty = dict.fromkeys(_source(path) for path in inputs.faulty)
        withheld = dict.fromkeys(each.record_class.value for each in inputs.denied if isinstance(each, Denied))
        return banner(
            lines(inputs.values),
            about,
            unanswered=list(unanswered),
            faulty=[each for each in faulty if each not in unanswered],
            withheld=list(withheld),
        )

    return declared_field(Derived(f"{{ {selection} }}", derive), description)


def _source(path: tuple[str | int, ...]) -> str:
    """The source of a field, by its path inside a selection."""
    first, *rest = (step for step in path if isinstance(step, str))
    return SOURCES[rest[0] if first == "owner" and rest else first]


@extend(Person)
class PersonFields:
    safety: Safety | None = safety(
        PERSON,
        person_lines,
        SafetySubject.SELF,
        "What to know before approaching this person: cautions, warrants, protective orders in force, supervision.",
    )


@extend(Vehicle)
class VehicleFields:
    safety: Safety | None = safety(
        VEHICLE,
        vehicle_lines,
        SafetySubject.OWNER,
        "What to know before approaching this vehicle: whether it is stolen, and the lines of its owner. The driver may"
        " be somebody else.",
    )
