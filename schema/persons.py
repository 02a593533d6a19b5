"""People: their GraphQL types and root fields. Other record kinds extend a person with the edges to their records."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import UNSET, argument

from engine.declarations import Arguments, Edge, Lookup, Row
from policy.record_classes import RecordClass
from resolvers import persons
from resolvers.codes.person import Caution, Ethnicity, EyeColor, HairColor, LicenseClass, LicenseStatus, Race, Sex
from resolvers.codes.safety import SafetySubject
from resolvers.errors import InvalidSearch
from resolvers.name_search import by_name
from resolvers.numbers.number_format import PERSON_ID
from resolvers.safety import Line, SafetyPart, Values, caution_line
from schema.common import PersonName, Residence
from schema.context import Context
from schema.directives import know
from schema.entities import EntityKey
from schema.enums import enum
from schema.extensions import extend
from schema.fields import column, embedded, json_list
from schema.person_search import (
    CII_HITS,
    FBI_HITS,
    LICENSE_HITS,
    SSN_HITS,
    PersonConnection,
    PersonSearch,
    person_search,
    person_search_guards,
)
from schema.query import Query
from schema.root_fields import (
    DEFAULT_PAGE_SIZE,
    SEARCH_COST,
    After,
    First,
    by_number,
    never_resolved,
    record_field,
    search_edge,
)
from schema.scalars import Date
from schema.subscription import DEFAULT_EVERY_S, Every, Subscription, Until

MAX_PERSONS = 1_000
LOOKUP_COST = 20
"""Of each person that is asked for by number: 23 times a thousand at once, as many as there may be rows."""
PERSON_SEARCHES = (by_name, LICENSE_HITS, SSN_HITS, CII_HITS, FBI_HITS)
OPEN_FIELDS = {"Query": "searchPersons"}

enum(Ethnicity, "Ethnicity", "Ethnicity as it is recorded.")
enum(EyeColor, "EyeColor", "Colour of the eyes.")
enum(HairColor, "HairColor", "Colour of the hair.")
enum(Caution, "Caution", "Caution and medical conditions that an officer should know of before approaching.")
enum(LicenseStatus, "LicenseStatus", "Whether a driver licence is valid.")
enum(LicenseClass, "LicenseClass", "The vehicles that a driver licence permits.")


@strawberry.type(description="A driver licence.", directives=know(RecordClass.DMV_RECORD))
class DriverLicense:
    number: str | None = column("license_number", "In California a letter and seven digits.", know=RecordClass.IDENTITY)
    state: str | None = column("license_state", "The state that issued it.", know=RecordClass.IDENTITY)
    license_class: LicenseClass | None = column("license_class", "The vehicles that it permits.", name="class")
    status: LicenseStatus | None = column("license_status", "Whether it is valid.")
    expires_on: Date | None = column("license_expires_on", "Its last day.")


@strawberry.type(
    description="A person in the master name index and the DMV's records.", directives=know(RecordClass.IDENTITY)
)
class Person:
    id: strawberry.ID | None = column("id", "The index number: P and seven digits.")
    name: PersonName | None = embedded("The name on record.")
    aliases: list[PersonName | None] | None = json_list("aliases", "Other names that this person has used.")
    birth_date: Date | None = column("birth_date", "Date of birth.")
    sex: Sex | None = column("sex", "Sex as recorded.")
    race: Race | None = column("race", "Race as recorded.")
    ethnicity: Ethnicity | None = column("ethnicity", "Ethnicity as recorded.")
    height_inches: int | None = column("height_inches", "Height in whole inches.")
    weight_pounds: int | None = column("weight_pounds", "Weight in whole pounds.")
    eye_color: EyeColor | None = column("eye_color", "Colour of the eyes.")
    hair_color: HairColor | None = column("hair_color", "Colour of the hair.")
    scars_marks_tattoos: list[str | None] | None = json_list("scars_marks_tattoos", "Identifying marks.")
    cautions: list[Caution | None] | None = json_list(
        "cautions", "Cautions before approaching.", know=RecordClass.WANTS
    )
    ssn: str | None = column(
        "ssn",
        "Social security number. Masked to its last four digits if the caller may see no more.",
        know=RecordClass.SSN,
    )
    driver_license: DriverLicense | None = embedded(
        "Driver licence; null if there is none.", required_column="license_number"
    )
    cii_number: strawberry.ID | None = column(
        "cii_number", "The state's fingerprint number. Applicants have one too: it is no sign of a record."
    )
    fbi_number: strawberry.ID | None = column(
        "fbi_number", "The FBI's fingerprint number. Applicants have one too: it is no sign of a record."
    )
    residence: Residence | None = embedded("Home address on the licence.", know=RecordClass.DMV_ADDRESS)


def persons_by_id(_row: Row, arguments: Arguments, _context: Context) -> list[Lookup]:
    """Lookups of many people, in the order of the arguments. Raises InvalidSearch."""
    if len(arguments["ids"]) > MAX_PERSONS:
        raise InvalidSearch(f"Ask for at most {MAX_PERSONS} persons at once.")
    return [persons.by_id.of(PERSON_ID.parse(each, "each of ids")) for each in arguments["ids"]]


def caution_lines(person: Values, about: SafetySubject) -> list[Line]:
    """The lines of a safety banner about the cautions on record."""
    return [caution_line(code, persons.SOURCE, about) for code in person["cautions"] or () if code]


SAFETY = SafetyPart(Person, "cautions", caution_lines)


ENTITIES = (EntityKey(Person, "id", persons.by_id, PERSON_ID.parse),)


@extend(Subscription)
class SubscriptionFields:
    @record_field(
        by_number(persons.by_id, "id", PERSON_ID),
        "A person: an event when anything selected has changed, such as a new warrant.",
        RecordClass.IDENTITY,
    )
    def watch_person(
        self,
        id: Annotated[strawberry.ID, argument("P and seven digits.")],
        every: Every = DEFAULT_EVERY_S,
        until: Until = UNSET,
    ) -> Person | None: ...


@extend(Query)
class QueryFields:
    @record_field(
        by_number(persons.by_id, "id", PERSON_ID), "A person by number; null if there is none.", RecordClass.IDENTITY
    )
    def person(self, id: Annotated[strawberry.ID, argument("P and seven digits.")]) -> Person | None: ...

    @record_field(
        Edge(
            (persons.by_id,), persons_by_id, list_size=lambda arguments: len(arguments["ids"]), lookup_cost=LOOKUP_COST
        ),
        "People by number, in the order asked, null if there is none; at most 1,000 at once.",
        RecordClass.IDENTITY,
    )
    def persons(
        self, ids: Annotated[list[strawberry.ID], argument("At most 1,000, each P and seven digits.")]
    ) -> list[Person | None]:
        never_resolved()

    @record_field(
        search_edge(
            *PERSON_SEARCHES, lookup=person_search, argument_guards=person_search_guards, search_cost=SEARCH_COST
        ),
        "Search of people by name or by number, best match first, a page at a time.",
    )
    def search_persons(
        self,
        by: Annotated[PersonSearch, argument("The search terms.")],
        first: First = DEFAULT_PAGE_SIZE,
        after: After = UNSET,
    ) -> PersonConnection:
        never_resolved()
