-- The wanted persons system. Subjects are identified by FBI number.

CREATE TABLE warrant (
    number          TEXT PRIMARY KEY,               -- W and nine digits
    category        TEXT NOT NULL,
    status          TEXT NOT NULL,
    issued_on       TEXT NOT NULL,
    court_ori       TEXT NOT NULL,
    court_name      TEXT NOT NULL,
    agency_ori      TEXT NOT NULL,
    offense_code    TEXT NOT NULL,
    offense         TEXT NOT NULL,
    bail_cents      INTEGER,                        -- NULL: no bail
    extradition     TEXT NOT NULL,
    cautions        TEXT NOT NULL,                  -- JSON array of codes
    night_service   INTEGER NOT NULL CHECK (night_service IN (0, 1)),
    subject_fbi     TEXT NOT NULL,
    subject_surname TEXT NOT NULL,
    subject_user    TEXT,
    subject_ori     TEXT
) STRICT;

-- Indexes

CREATE INDEX warrant_subject ON warrant (subject_fbi, issued_on);
