-- The criminal history system. Subjects are identified by CII number.

CREATE TABLE subject (
    cii_number      TEXT PRIMARY KEY,
    fbi_number      TEXT NOT NULL,
    subject_surname TEXT NOT NULL,
    subject_user    TEXT,
    subject_ori     TEXT
) STRICT;

-- One arrest cycle. Any later step may be missing, as in real records.
CREATE TABLE cycle (
    id                    INTEGER PRIMARY KEY,
    cii_number            TEXT NOT NULL REFERENCES subject (cii_number),
    sequence              INTEGER NOT NULL,
    arrested_on           TEXT NOT NULL,
    agency_ori            TEXT NOT NULL,
    booking_number        TEXT,
    status                TEXT NOT NULL,
    is_sealed             INTEGER NOT NULL CHECK (is_sealed IN (0, 1)),
    is_juvenile           INTEGER NOT NULL CHECK (is_juvenile IN (0, 1)),       -- before the 18th birthday
    has_conviction        INTEGER NOT NULL CHECK (has_conviction IN (0, 1)),
    custody_status        TEXT,
    custody_facility_ori  TEXT,
    custody_received_on   TEXT,
    custody_released_on   TEXT,
    supervision_kind      TEXT,
    supervision_status    TEXT,
    supervision_starts_on TEXT,
    supervision_ends_on   TEXT,
    supervision_terms     TEXT NOT NULL,            -- JSON array of words
    CHECK (NOT (is_sealed AND has_conviction))
) STRICT;

CREATE TABLE charge (
    id               INTEGER PRIMARY KEY,
    cycle            INTEGER NOT NULL REFERENCES cycle (id),
    sequence         INTEGER NOT NULL,
    code             TEXT NOT NULL,
    offense          TEXT NOT NULL,
    severity         TEXT NOT NULL,
    disposition_kind TEXT,
    decided_on       TEXT,
    court_ori        TEXT,
    court_name       TEXT,
    sentence_kind    TEXT,
    sentence_days    INTEGER
) STRICT;

-- Indexes

CREATE UNIQUE INDEX cycle_subject ON cycle (cii_number, sequence);
CREATE UNIQUE INDEX charge_cycle ON charge (cycle, sequence);
