-- The master name index and the DMV's driver records. Only this source holds a person's numbers in all other sources.
-- Never VACUUM this file: name_key refers to person.rowid, and VACUUM may renumber the rows.

CREATE TABLE person (
    id                  TEXT PRIMARY KEY,           -- P0000001
    given               TEXT NOT NULL,
    middle              TEXT,
    surname             TEXT NOT NULL,
    suffix              TEXT,
    birth_date          TEXT NOT NULL,
    sex                 TEXT NOT NULL,
    race                TEXT NOT NULL,
    ethnicity           TEXT,
    height_inches       INTEGER,
    weight_pounds       INTEGER,
    eye_color           TEXT,
    hair_color          TEXT,
    scars_marks_tattoos TEXT NOT NULL,              -- JSON array of words
    cautions            TEXT NOT NULL,              -- JSON array of codes
    ssn                 TEXT,                       -- areas 900-999, which are never issued
    license_number      TEXT,
    license_state       TEXT,
    license_class       TEXT,
    license_status      TEXT,
    license_expires_on  TEXT,
    cii_number          TEXT,                       -- criminal history; also given for applicant fingerprints
    fbi_number          TEXT,                       -- warrants
    carpos_number       TEXT,                       -- protective orders
    street              TEXT,
    city                TEXT,
    state               TEXT,
    postal_code         TEXT,
    is_confidential     INTEGER NOT NULL CHECK (is_confidential IN (0, 1)),     -- the residence, VC 1808.4
    subject_surname     TEXT NOT NULL,
    subject_user        TEXT,
    subject_ori         TEXT
) STRICT;

CREATE TABLE alias (
    person  TEXT NOT NULL REFERENCES person (id),
    given   TEXT NOT NULL,
    middle  TEXT,
    surname TEXT NOT NULL,
    suffix  TEXT
) STRICT;

-- Indexes

CREATE UNIQUE INDEX person_ssn ON person (ssn);
CREATE UNIQUE INDEX person_cii ON person (cii_number);
CREATE UNIQUE INDEX person_fbi ON person (fbi_number);
CREATE UNIQUE INDEX person_carpos ON person (carpos_number);
CREATE UNIQUE INDEX person_license ON person (license_state, license_number);
CREATE INDEX person_subject_user ON person (subject_user) WHERE subject_user IS NOT NULL;
CREATE INDEX person_subject_ori ON person (subject_ori) WHERE subject_ori IS NOT NULL;
CREATE INDEX alias_person ON alias (person);
