-- The protective order system. Restrained people are identified by CARPOS number.

CREATE TABLE protective_order (
    number              TEXT PRIMARY KEY,           -- H and nine digits
    kind                TEXT NOT NULL,
    status              TEXT NOT NULL,
    issued_on           TEXT NOT NULL,
    expires_on          TEXT,
    court_ori           TEXT NOT NULL,
    court_name          TEXT NOT NULL,
    conditions          TEXT NOT NULL,              -- JSON array of codes
    firearms_prohibited INTEGER CHECK (firearms_prohibited IN (0, 1)),  -- null: not known
    prohibition_basis   TEXT,
    served              INTEGER NOT NULL CHECK (served IN (0, 1)),
    restrained_carpos   TEXT NOT NULL,
    subject_surname     TEXT NOT NULL,              -- of the restrained person
    subject_user        TEXT,
    subject_ori         TEXT
) STRICT;

CREATE TABLE protected_party (
    id              INTEGER PRIMARY KEY,
    order_number    TEXT NOT NULL REFERENCES protective_order (number),
    given           TEXT NOT NULL,
    middle          TEXT,
    surname         TEXT NOT NULL,
    suffix          TEXT,
    street          TEXT,
    city            TEXT,
    state           TEXT,
    postal_code     TEXT,
    phone           TEXT,
    is_confidential INTEGER NOT NULL CHECK (is_confidential IN (0, 1))
) STRICT;

-- Indexes

CREATE INDEX protective_order_restrained ON protective_order (restrained_carpos);
CREATE INDEX protected_party_order ON protected_party (order_number);
