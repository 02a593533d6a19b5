// Resolvers that both Node peers share. Those that need a batch are in each peer.

// The bits of `reasons`, lowest first: resolvers/name_score.py.
const REASONS = [
  "SURNAME_LETTERS",
  "SURNAME_FORM",
  "SURNAME_SOUND",
  "SURNAME_SLIP",
  "SURNAME_ROMANIZATION",
  "SURNAME_SIMILAR",
  "SURNAME_PART",
  "GIVEN_LETTERS",
  "GIVEN_FORM",
  "GIVEN_SHORT_FORM",
  "GIVEN_SOUND",
  "GIVEN_SLIP",
  "GIVEN_ROMANIZATION",
  "GIVEN_INITIAL",
  "GIVEN_PART",
  "MIDDLE_NAME",
  "BIRTH_DATE",
  "BIRTH_DATE_PART",
  "BIRTH_DATE_WITHIN_A_YEAR",
  "BIRTH_DATE_SLIP",
  "AGE",
  "ALIAS",
  "NAMES_SWAPPED",
];
const sameRow = (row) => row;
const court = (row) => (row.court_ori === null ? null : row);

export const license = (row) => (row.license_number === null ? null : `${row.license_state},${row.license_number}`);
export const ownerLicense = (row) =>
  row.owner_license === null ? null : `${row.owner_license_state},${row.owner_license}`;

export const query = (sources) => ({
  searchPersons(_, { by: { name }, first }, { trail }) {
    const edges = sources.rows("persons_by_name", { surname: name.surname, given: name.given, first }, trail);
    return { edges, total: edges[0]?.total ?? 0 };
  },
  vehicle: (_, { by: { plate } }, { trail }) =>
    sources.rows("vehicle_by_plate", { state: plate.state, number: plate.number }, trail)[0] ?? null,
});

export const resolvers = {
  PersonEdge: { node: sameRow, why: (row) => REASONS.filter((_, bit) => (row.reasons >> bit) & 1) },
  Person: {
    name: sameRow,
    residence: sameRow,
    birthDate: (row) => row.birth_date,
    heightInches: (row) => row.height_inches,
    weightPounds: (row) => row.weight_pounds,
    driverLicense: (row) => (row.license_number === null ? null : row),
  },
  PersonName: { full: (row) => [row.given, row.middle, row.surname, row.suffix].filter(Boolean).join(" ") || null },
  DriverLicense: {
    number: (row) => row.license_number,
    state: (row) => row.license_state,
    class: (row) => row.license_class,
    status: (row) => row.license_status,
    expiresOn: (row) => row.license_expires_on,
  },
  Residence: { postalCode: (row) => row.postal_code, confidential: (row) => row.is_confidential === 1 },
  Vehicle: {
    plateState: (row) => row.plate_state,
    registration: sameRow,
  },
  Registration: { status: (row) => row.registration_status, expiresOn: (row) => row.registration_expires_on },
  Court: { ori: (row) => row.court_ori, name: (row) => row.court_name },
  Warrant: { issuedOn: (row) => row.issued_on, bailCents: (row) => row.bail_cents, court },
  ProtectiveOrder: {
    issuedOn: (row) => row.issued_on,
    expiresOn: (row) => row.expires_on,
    court,
    firearmsProhibited: (row) => (row.firearms_prohibited === null ? null : row.firearms_prohibited === 1),
    served: (row) => row.served === 1,
  },
  ProtectedParty: { name: sameRow, residence: sameRow },
  CriminalHistory: { ciiNumber: (row) => row.cii_number, fbiNumber: (row) => row.fbi_number },
  Cycle: {
    arrestedOn: (row) => row.arrested_on,
    agencyOri: (row) => row.agency_ori,
    bookingNumber: (row) => row.booking_number,
    supervision: (row) => (row.supervision_kind === null ? null : row),
  },
  Charge: {
    standing: ({ disposition_kind: kind }) =>
      kind === null ? "UNDECIDED" : kind === "CONVICTED" || kind === "DIVERTED" ? kind : "NOT_CONVICTED",
    disposition: (row) => (row.disposition_kind === null ? null : row),
    sentence: (row) => (row.sentence_kind === null ? null : row),
  },
  Disposition: { kind: (row) => row.disposition_kind, decidedOn: (row) => row.decided_on, court },
  Sentence: { kind: (row) => row.sentence_kind, days: (row) => row.sentence_days },
  Supervision: {
    kind: (row) => row.supervision_kind,
    status: (row) => row.supervision_status,
    startsOn: (row) => row.supervision_starts_on,
    endsOn: (row) => row.supervision_ends_on,
  },
};
