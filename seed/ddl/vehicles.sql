-- The DMV's registrations and the stolen vehicle system. Owners are identified by driver's licence.

CREATE TABLE vehicle (
    vin                     TEXT PRIMARY KEY,
    plate                   TEXT,
    plate_state             TEXT,
    plate_type              TEXT,
    year                    INTEGER NOT NULL,
    make                    TEXT NOT NULL,
    model                   TEXT NOT NULL,
    style                   TEXT NOT NULL,
    color                   TEXT,
    registration_status     TEXT NOT NULL,
    registration_expires_on TEXT,
    is_stolen               INTEGER NOT NULL CHECK (is_stolen IN (0, 1)),
    owner_license           TEXT,
    owner_license_state     TEXT,
    street                  TEXT,
    city                    TEXT,
    state                   TEXT,
    postal_code             TEXT,
    is_confidential         INTEGER NOT NULL CHECK (is_confidential IN (0, 1)),     -- the residence, VC 1808.4
    subject_surname         TEXT NOT NULL,
    subject_user            TEXT,
    subject_ori             TEXT
) STRICT;

-- Indexes

CREATE UNIQUE INDEX vehicle_plate ON vehicle (plate, plate_state);
-- Plates in their normal form: resolvers/numbers/plate.py.
CREATE UNIQUE INDEX vehicle_plate_number ON vehicle (NORMAL_PLATE, plate_state);
-- The same with letters as the digits that they are taken for, and the ends of VINs.
CREATE INDEX vehicle_plate_lookalike ON vehicle (LOOKALIKE_PLATE);
CREATE INDEX vehicle_vin_end ON vehicle (substr(vin, -6), vin);
CREATE INDEX vehicle_owner ON vehicle (owner_license_state, owner_license);
CREATE INDEX vehicle_looks ON vehicle (
    make, vin, year, color, model, is_stolen, plate_state, subject_surname, subject_user, subject_ori
);
-- Users as rules compare them: resolvers/subject_columns.py.
CREATE INDEX vehicle_subject_user ON vehicle (FOLDED_USER) WHERE subject_user IS NOT NULL;
