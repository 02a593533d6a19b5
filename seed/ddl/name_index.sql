-- The name index of persons.db: `needtoknow index` and `needtoknow seed` write it from person and alias.

-- A person under one name. Parts of a name are rows of their own: Garcia-Marquez is also under Garcia and under Marquez.
CREATE TABLE name_key (
    surname           TEXT NOT NULL,                -- capitals, as names.folding.upper makes them; a part in A to Z
    is_given_part     INTEGER NOT NULL CHECK (is_given_part IN (0, 1)),
    given             TEXT NOT NULL,
    birth_date        TEXT NOT NULL,
    person            INTEGER NOT NULL,             -- person.rowid
    is_alias          INTEGER NOT NULL CHECK (is_alias IN (0, 1)),
    is_surname_part   INTEGER NOT NULL CHECK (is_surname_part IN (0, 1)),
    is_middle         INTEGER NOT NULL CHECK (is_middle IN (0, 1)),
    is_only           INTEGER NOT NULL CHECK (is_only IN (0, 1)),   -- no alias, and no part of the surname, is a row too
    initial           TEXT NOT NULL,                -- of the given name, A to Z; empty if there is none
    sex               TEXT NOT NULL,
    race              TEXT NOT NULL,
    subject_surname   TEXT NOT NULL,
    subject_user      TEXT,
    subject_ori       TEXT,
    PRIMARY KEY (surname, is_given_part, given, birth_date, person, is_alias, is_surname_part, is_middle)
) STRICT, WITHOUT ROWID;

-- The blocking keys of each distinct surname, and of each distinct given name: names.keys.
CREATE TABLE surname_key (
    key  TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (key, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE given_key (
    key  TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (key, name)
) STRICT, WITHOUT ROWID;

-- Indexes

CREATE INDEX name_key_birth_date ON name_key (birth_date, surname) WHERE is_given_part = 0;
