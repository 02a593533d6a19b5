"""Safety banners: their GraphQL types, and the fields of a person and a vehicle that they are derived from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import strawberry
from graphql import FieldNode, OperationDefinitionNode, parse

from engine.declarations import Derived, Inputs, Row
from policy.grants import Denied
from policy.record_classes import RecordClass
from resolvers import persons
from resolvers.catalogue import SPECS
from resolvers.codes.safety import SafetyAct, SafetyKind, SafetySubject
from resolvers.errors import RelatedSubject
from resolvers.safety import CAUTIONS, Line, SafetyPart, Values, banner
from schema.enums import enum
from schema.extensions import extend
from schema.fields import declared_field, member
from schema.persons import Person
from schema.scalars import Date
from schema.vehicles import Vehicle

enum(SafetyKind, "SafetyKind", "The kind of a line of a safety banner.")
enum(SafetySubject, "SafetySubject", "Whom a line of a safety banner is about.")
enum(SafetyAct, "SafetyAct", "The action that a line of a safety banner asks for.")

OWNER = "owner"
"""The person of a vehicle whose lines its banner has too."""
CAUTION_KINDS = frozenset(CAUTIONS.values())


def _parts() -> dict[type[Any], dict[str, SafetyPart]]:
    parts: dict[type[Any], dict[str, SafetyPart]] = {Person: {}, Vehicle: {}}
    for spec in SPECS:
        part = getattr(spec.load(spec.schema), "SAFETY", None)
        if part is not None:
            for kind in part.of if isinstance(part.of, tuple) else (part.of,):
                parts[kind][spec.name] = part
    return parts


PARTS = _parts()
"""The parts of the banner of each type, by source."""
OPEN_FIELDS = {
    # Made whole from fields that have guards of their own.
    "Safety": "complete unanswered withheld lines more",
    "SafetyLine": "rank kind words code source number since agencyOri about act",
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
    agency_ori: str | None = member("agency_ori", "The agency to confirm it with.")
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


def safety(
    of: type[Any],
    lines: Callable[[Values], Iterable[Line]],
    about: SafetySubject,
    description: str,
    *,
    more_fields: str = "",
) -> Any:
    """A field that is derived from the fields which the parts of a type's banner are made from."""

    def derive(inputs: Inputs) -> Row:
        for error in inputs.faulty.values():
            if isinstance(error, RelatedSubject):
                raise error
        unanswered = dict.fromkeys(inputs.failed.values())
        faulty = dict.fromkeys(_source(of, path) for path in inputs.faulty)
        withheld = dict.fromkeys(each.record_class.value for each in inputs.denied if isinstance(each, Denied))
        return banner(
            lines(inputs.values),
            about,
            unanswered=list(unanswered),
            faulty=[each for each in faulty if each not in unanswered],
            withheld=list(withheld),
        )

    return declared_field(Derived(f"{{ {selection_of(of)} {more_fields} }}", derive), description)


def person_lines(person: Values, about: SafetySubject = SafetySubject.SELF) -> list[Line]:
    """The lines about a person; each caution once, whichever record has it."""
    return _once(line for part in PARTS[Person].values() for line in part.lines(person, about))


def vehicle_lines(vehicle: Values) -> list[Line]:
    """The lines about a vehicle and about its owner. The driver may be somebody else.

    A record about the owner and the plate, of an owner who is missing, is one about the owner.
    """
    owner = person_lines(vehicle[OWNER], SafetySubject.OWNER) if vehicle[OWNER] else []
    of_owner = {(line.source, line.number) for line in owner if line.number}
    lines = [line for part in PARTS[Vehicle].values() for line in part.lines(vehicle, SafetySubject.VEHICLE)]
    return [line for line in lines if (line.source, line.number) not in of_owner] + owner


def _once(lines: Iterable[Line]) -> list[Line]:
    cautions: set[str | None] = set()
    kept: list[Line] = []
    for line in lines:
        if line.kind in CAUTION_KINDS:
            if line.code in cautions:
                continue
            cautions.add(line.code)
        kept.append(line)
    return kept


def selection_of(kind: type[Any]) -> str:
    """The fields that a type's banner is made from."""
    return " ".join(part.selection for part in PARTS[kind].values())


def _fields(selection: str) -> list[str]:
    """The names of the outermost fields of a selection."""
    (operation,) = parse(f"{{ {selection} }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    return [each.name.value for each in operation.selection_set.selections if isinstance(each, FieldNode)]


SOURCES = {
    kind: {field: source for source, part in parts.items() for field in _fields(part.selection)}
    for kind, parts in PARTS.items()
}
"""The source of each field that a type's banner is made from."""


def _source(kind: type[Any], path: tuple[str | int, ...]) -> str:
    """The source of a field, by its path below a type."""
    first, *rest = (step for step in path if isinstance(step, str))
    if first != OWNER:
        return SOURCES[kind][first]
    return SOURCES[Person][rest[0]] if rest else persons.SOURCE


@extend(Person)
class PersonFields:
    safety: Safety | None = safety(
        Person,
        person_lines,
        SafetySubject.SELF,
        "What to know before approaching this person: cautions, armed and prohibited, violent, warrants, protective"
        " orders in force, missing, supervision with a search term.",
    )


@extend(Vehicle)
class VehicleFields:
    safety: Safety | None = safety(
        Vehicle,
        vehicle_lines,
        SafetySubject.OWNER,
        "What to know before approaching this vehicle: whether it is stolen, whether a missing person was last seen"
        " with it, and the lines of its owner. The driver may be somebody else.",
        more_fields=f"{OWNER} {{ {selection_of(Person)} }}",
    )
