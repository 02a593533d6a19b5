"""The schema's contract with clients: names, nullability and arguments.

Additions are allowed. An entry below is never removed or changed.
"""

from __future__ import annotations

import pytest
from graphql import (
    DirectiveLocation,
    ExecutionResult,
    GraphQLEnumType,
    GraphQLField,
    Undefined,
    experimental_execute_incrementally,
    is_input_object_type,
    is_non_null_type,
    is_object_type,
    is_union_type,
    parse,
)

from schema.build import guarded_schema
from schema.property_items import TYPES as TYPES_OF_THINGS

SCHEMA = guarded_schema().graphql

ROOTS = """
me: Caller!
sources: [SourceStatus!]!
inquiryStatus: InquiryStatus!
person(id: ID!): Person
persons(ids: [ID!]!): [Person]!
searchPersons(by: PersonSearch!, first: Int = 20, after: String): PersonConnection!
vehicle(by: VehicleKey!): Vehicle
vehiclesByPlate(number: String!): [Vehicle!]
searchVehicles(by: VehicleSearch!, first: Int = 20, after: String): VehicleConnection!
warrant(number: ID!): Warrant
protectiveOrder(number: ID!): ProtectiveOrder
criminalHistory(ciiNumber: ID!): CriminalHistory
property(by: PropertyKey!): [PropertyReport!]
accident(number: ID!): Accident
inquiries(by: InquirySearch, first: Int = 20, after: String): InquiryConnection!
inquiry(id: ID!): Inquiry
"""

EVENTS = """
sourceStatus(every: Int! = 60, until: DateTime): [SourceStatus!]!
watchPerson(id: ID!, every: Int! = 60, until: DateTime): Person
watchVehicle(by: VehicleKey!, every: Int! = 60, until: DateTime): Vehicle
"""

TYPES = {
    "Person": """id: ID, name: PersonName, aliases: [PersonName], birthDate: Date, sex: Sex, race: Race,
        ethnicity: Ethnicity, heightInches: Int, weightPounds: Int, eyeColor: EyeColor, hairColor: HairColor,
        scarsMarksTattoos: [String], cautions: [Caution], ssn: String, driverLicense: DriverLicense, ciiNumber: ID,
        fbiNumber: ID, residence: Residence, vehicles: [Vehicle!], warrants: [Warrant!],
        protectiveOrders: [ProtectiveOrder!], criminalHistory: CriminalHistory, biometrics: [BiometricSet!],
        accidents: [Accident!]""",
    "PersonName": "given: String, middle: String, surname: String, suffix: String, full: String",
    "DriverLicense": "number: String, state: String, class: LicenseClass, status: LicenseStatus, expiresOn: Date",
    "Residence": "street: String, city: String, state: String, postalCode: String",
    "Vehicle": """vin: ID, plate: String, plateState: String, year: Int, make: VehicleMake, model: String,
        style: VehicleStyle, color: VehicleColor, registration: Registration, stolen: Boolean, owner: Person,
        residence: Residence, accidents: [Accident!]""",
    "Accident": """number: ID, occurredAt: DateTime, city: String, county: String, severity: AccidentSeverity,
        manner: CollisionManner, vehicles: [AccidentVehicle!], parties: [AccidentParty!]""",
    "AccidentVehicle": "vin: ID, plate: String, plateState: String, damage: VehicleDamage, vehicle: Vehicle",
    "AccidentParty": "role: PartyRole, name: PersonName, injury: Injury, fault: Fault, person: Person",
    "Registration": "status: RegistrationStatus, expiresOn: Date",
    "Warrant": """number: ID, category: WarrantCategory, status: WarrantStatus, issuedOn: Date, court: Court,
        agencyOri: String, offenseCode: String, offense: String, bailCents: Cents, extradition: Extradition,
        cautions: [Caution], nightService: Boolean, subject: Person""",
    "Court": "ori: String, name: String",
    "ProtectiveOrder": """number: ID, kind: OrderKind, status: OrderStatus, issuedOn: Date, expiresOn: Date,
        court: Court, conditions: [OrderCondition], firearmsProhibited: Boolean, brady: YesNoUnknown, served: Boolean,
        enforcement: Enforcement, restrained: Person, protectedParties: [ProtectedParty!]""",
    "ProtectedParty": "name: PersonName, residence: Residence, phone: String",
    "CriminalHistory": """ciiNumber: ID, fbiNumber: ID, subject: Person, cycles: [Cycle!], relief: [Relief!],
        programs: [Program!]""",
    "Cycle": """arrestedOn: Date, agencyOri: String, bookingNumber: String, status: CycleStatus, charges: [Charge!],
        pretrial: Pretrial, diversion: Diversion, custody: Custody, supervision: Supervision,
        biometrics: [BiometricSet!]""",
    "BiometricSet": """id: ID, kind: BiometricKind, takenOn: Date, agencyOri: String, fingerprintClass: String,
        cycle: Cycle""",
    "Pretrial": """arraignedOn: Date, bailSetCents: Cents, bailPosted: Boolean, release: PretrialRelease,
        conditions: [String], nextAppearanceOn: Date, failedToAppear: Boolean""",
    "Custody": """status: CustodyStatus, facilityOri: String, facilityName: String, receivedOn: Date, releasedOn: Date,
        projectedReleaseOn: Date, housingLevel: HousingLevel""",
    "Diversion": """kind: DiversionKind, status: DiversionStatus, program: String, startedOn: Date, dueOn: Date,
        endedOn: Date, conditions: [String]""",
    "Relief": "kind: ReliefKind, grantedOn: Date, court: Court",
    "Program": "kind: ProgramKind, name: String, status: ProgramStatus, startedOn: Date, endedOn: Date",
    "Charge": """code: String, offense: String, severity: ChargeSeverity, standing: ChargeStanding,
        disposition: Disposition,
        sentence: Sentence""",
    "Disposition": "kind: DispositionKind, decidedOn: Date, court: Court",
    "Sentence": "kind: SentenceKind, days: Int",
    "PropertyReport": """number: ID, fcn: ID, agencyOri: String, caseNumber: String, enteredAt: DateTime,
        state: EntryState, version: Int, file: PropertyFile, status: PropertyStatus, occurredOn: Date,
        ownerAppliedNumber: String, serial: String, holdForPrints: Boolean, occupantsArmed: Boolean,
        recovery: Recovery, item: PropertyItem, vehicle: Vehicle""",
    "Recovery": "on: Date, agencyOri: String, condition: RecoveryCondition",
    "StolenVehicle": """vin: ID, plate: String, plateState: String, year: Int, make: VehicleMake, model: String,
        style: VehicleStyle, color: VehicleColor""",
    "StolenPlate": "plate: String, plateState: String, plateType: PlateType",
    "VehiclePart": "part: PartCategory, brand: String",
    "Boat": """registration: String, state: String, hullNumber: String, category: BoatCategory,
        hullMaterial: HullMaterial, hullShape: HullShape, propulsion: Propulsion, lengthFeet: Int,
        color: VehicleColor, name: String""",
    "Article": "articleCategory: ArticleCategory, articleType: String, brand: String, model: String",
    "Security": "type: SecurityType, issuer: String, denominationCents: Cents, seriesYear: Int, ransom: MoneyUse",
    "PersonConnection": "edges: [PersonEdge!], pageInfo: PageInfo!, total: Int",
    "PersonEdge": "node: Person, score: Int, why: [MatchReason!], cursor: String",
    "VehicleConnection": "edges: [VehicleEdge!], pageInfo: PageInfo!, total: Int",
    "VehicleEdge": "node: Vehicle, cursor: String",
    "PageInfo": "hasPreviousPage: Boolean!, hasNextPage: Boolean!, startCursor: String, endCursor: String",
    "InquiryConnection": "edges: [InquiryEdge!], pageInfo: PageInfo!, total: Int",
    "InquiryEdge": "node: Inquiry, cursor: String",
    "Inquiry": """id: ID, parentId: ID, traceId: ID, at: DateTime, kind: String, user: ID, role: String,
        agency: String, certifiedUntil: Date, backgroundClearedOn: Date, fingerprintedOn: Date, employedOn: Date,
        trainedOn: Date, recertifiedOn: Date, assurance: String, terminal: String, address: String, purpose: String,
        reason: String, caseNumber: String, attention: String, operationName: String, documentSha256: String,
        trustedDocument: String, policyVersion: String, asked: [ID!], records: [ID!], released: [String!],
        masked: [String!], denied: [Withheld!], exclusions: [Withheld!], sources: [SourceAnswer!],
        filters: [String!], outcome: String, flags: [String!], replay: Replay""",
    "Withheld": "field: String, recordClass: String, rule: String, needs: [String!]",
    "Replay": "outcome: ReplayOutcome, lines: [ReplayLine!]",
    "ReplayLine": """field: String, recordClass: String, rule: String, needs: [String!], journalled: FieldFate,
        decided: FieldFate, agrees: Boolean""",
    "InquiryStatus": "id: ID, sources: [SourceOutcome!]!, withheld: [WithheldPlace!]!, exclusions: [Exclusion!]!",
    "SourceOutcome": "name: String!, status: AnswerStatus!, ms: Int",
    "WithheldPlace": """path: [String!]!, code: String!, recordClass: RecordClass!, rule: RuleReference!,
        needs: [String!]!""",
    "Exclusion": "recordClass: RecordClass!, rule: RuleReference!, needs: [String!]!",
    "SourceStatus": "name: String!, status: SourceState!, lastAnswer: DateTime",
}

INPUTS = {
    "PersonSearch": """name: NameSearchInput, driverLicense: DriverLicenseKey, ssn: String, ciiNumber: ID,
        fbiNumber: ID""",
    "NameSearchInput": "surname: String!, given: String, birthDate: Date, sex: Sex",
    "DriverLicenseKey": "number: String!, state: String!",
    "VehicleKey": "vin: ID, plate: PlateKey",
    "PlateKey": "number: String!, state: String!",
    "PropertyKey": "serial: String, hin: String, ownerApplied: String, number: ID, plate: ReportedPlateKey, vin: ID",
    "ReportedPlateKey": "number: String!, state: String",
    "InquirySearch": """user: ID, agency: String, record: ID, seen: Boolean, caseNumber: String, outcome: String,
        flag: String, since: DateTime, until: DateTime""",
}

ENUMS = {
    "PurposeCode": "C J D F X A H I S V R",
    "ReasonCode": """TRAFFIC_STOP CALL_FOR_SERVICE INVESTIGATION WARRANT_SERVICE COURT_PROCEEDING BOOKING
        SUPERVISION_CHECK EMPLOYMENT_BACKGROUND FIREARM_RELINQUISHMENT CCW_PERMIT RECORD_MAINTENANCE CHILD_PLACEMENT
        IMMIGRATION_ENFORCEMENT TRAINING""",
    "RecordClass": """IDENTITY WANTS PROTECTIVE_ORDER PROTECTED_PARTY DMV_RECORD DMV_ADDRESS CONFIDENTIAL_ADDRESS
        CONVICTION ARREST_ONLY SEALED JUVENILE SUPERVISION SSN FIREARM_PROHIBITION PROHIBITION_BASIS
        MISSING_PERSON MISSING_DETAIL MISSING_HISTORY PROPERTY FIREARM_STATUS FIREARM_OWNERSHIP VIOLENT_PERSON GANG
        ACCIDENT ACCIDENT_PARTY BIOMETRIC PRETRIAL REHABILITATION FOREIGN_ORDER MESSAGE HIT_CONFIRMATION MISUSE_CASE
        AUTHORIZATION AUDIT_TRAIL""",
    "Sex": "F M U",
    "Race": "A B I W U",
    "EyeColor": "BLK BLU BRO GRN GRY HAZ MAR MUL PNK XXX",
    "HairColor": "BLD BLK BLN BLU BRO GRN GRY ONG PLE PNK RED SDY WHI XXX",
    "VehicleColor": """AME BGE BLK BLU BRO BRZ CAM COM CPR CRM DBL DGR GLD GRN GRY LAV LBL LGR MAR MVE ONG PLE PNK RED
        SIL TAN TEA TPE TRQ WHI YEL""",
    "VehicleMake": """TOYT HOND FORD CHEV NISS BMW TESL DODG JEEP HYUN KIA SUBA MERZ VOLK AUDI LEXS GMC ACUR MAZD INFI
        CHRY BUIC CADI LINC VOLV MITS PORS HD YAMA KAWK SUZI""",
    "PlateType": "PC TK TL MC CO DL DX DV EX DP TM PE LF",
}


def parse_fields(text: str) -> dict[str, str]:
    return dict(each.split(": ") for each in " ".join(text.split()).split(", "))


def signature(name: str, field: GraphQLField) -> str:
    """A root field as in ROOTS."""
    arguments = ", ".join(
        f"{argument}: {given.type}" + ("" if given.default_value is Undefined else f" = {given.default_value}")
        for argument, given in field.args.items()
    )
    return f"{name}({arguments}): {field.type}" if arguments else f"{name}: {field.type}"


def test_the_root_fields_have_these_arguments() -> None:
    query = SCHEMA.query_type
    assert query is not None

    expected = ROOTS.split("\n")[1:-1]
    assert [each for name, field in query.fields.items() if (each := signature(name, field)) in expected] == expected
    assert SCHEMA.mutation_type is None
    assert SCHEMA.subscription_type is not None
    events = SCHEMA.subscription_type.fields
    assert [signature(name, field) for name, field in events.items()] == EVENTS.split("\n")[1:-1]


@pytest.mark.parametrize("name", TYPES)
def test_a_type_has_its_fields_in_a_readers_order(name: str) -> None:
    kind = SCHEMA.type_map[name]
    assert is_object_type(kind)
    expected = parse_fields(TYPES[name])
    # Additions may be anywhere.
    found = {field: str(each.type) for field, each in kind.fields.items() if field in expected}

    assert list(found.items()) == list(expected.items())


def test_members_of_a_union_agree_on_the_types_of_their_fields() -> None:
    """Else one document could not ask for all of them without aliases."""
    union = SCHEMA.type_map["PropertyItem"]
    assert is_union_type(union)
    found: dict[str, set[str]] = {}
    for member in union.types:
        for field, each in member.fields.items():
            found.setdefault(field, set()).add(str(each.type))

    assert [member.name for member in union.types] == list(TYPES_OF_THINGS.values())
    assert {field: types for field, types in found.items() if len(types) > 1} == {}


def introspect(document: str) -> ExecutionResult:
    """The result of introspection. `graphql_sync` refuses a schema that has @defer."""
    result = experimental_execute_incrementally(SCHEMA, parse(document))
    assert isinstance(result, ExecutionResult)
    return result


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_has_its_fields(name: str) -> None:
    kind = SCHEMA.type_map[name]
    assert is_input_object_type(kind)
    expected = parse_fields(INPUTS[name])

    assert {field: str(each.type) for field, each in kind.fields.items() if field in expected} == expected
    introspected = introspect(f'{{ __type(name: "{name}") {{ isOneOf }} }}').data
    assert introspected == {"__type": {"isOneOf": name in {"PersonSearch", "VehicleKey", "PropertyKey"}}}


def test_each_type_can_be_asked_whether_it_is_one_of() -> None:
    result = introspect("{ __schema { types { inputFields { type { isOneOf ofType { isOneOf } } } } } }")

    assert result.errors is None


@pytest.mark.parametrize("name", ENUMS)
def test_an_enum_has_its_values(name: str) -> None:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLEnumType)

    assert set(kind.values) == set(ENUMS[name].split())


def test_the_directives_have_these_arguments_and_locations() -> None:
    inquiry, know = SCHEMA.get_directive("inquiry"), SCHEMA.get_directive("needToKnow")
    assert inquiry is not None
    assert know is not None

    assert {name: str(given.type) for name, given in inquiry.args.items()} == {
        "purpose": "PurposeCode!",
        "reason": "ReasonCode!",
        "caseNumber": "String",
        "attention": "String",
    }
    assert set(inquiry.locations) == {
        DirectiveLocation.QUERY,
        DirectiveLocation.MUTATION,
        DirectiveLocation.SUBSCRIPTION,
    }
    assert not inquiry.is_repeatable
    assert {name: str(given.type) for name, given in know.args.items()} == {"of": "RecordClass!"}
    assert set(know.locations) == {DirectiveLocation.OBJECT, DirectiveLocation.FIELD_DEFINITION}
    assert know.is_repeatable


def test_every_guarded_field_but_persons_and_pages_is_nullable() -> None:
    non_null = {
        field.coordinate
        for (parent, name), field in guarded_schema().fields.items()
        if field.guards and is_non_null_type(SCHEMA.type_map[parent].fields[name].type)  # type: ignore[attr-defined]
    }

    # The items of persons are nullable, and the caller gives their number. The position of a page holds no record.
    pages = {f"{kind}.pageInfo" for kind in SCHEMA.type_map if kind.endswith("Connection")}
    assert non_null == {"Query.persons", *pages}
