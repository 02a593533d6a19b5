-- The journal. Entries are added at the end, each bound to the one before, and nothing is ever changed.
-- What the columns and the indexes say is computed from the entry itself, so they cannot say something else.

CREATE TABLE entry (
    sequence INTEGER PRIMARY KEY,   -- 1, 2, 3 … without a gap
    body     TEXT NOT NULL,         -- the entry, canonical JSON
    previous BLOB NOT NULL,         -- the hash of the entry before; 32 zero bytes for the first
    hash     BLOB NOT NULL,         -- of previous, sequence and body: audit/chain.py
    id       TEXT GENERATED ALWAYS AS (body ->> '$.id') VIRTUAL,
    kind     TEXT GENERATED ALWAYS AS (body ->> '$.kind') VIRTUAL,
    at       TEXT GENERATED ALWAYS AS (body ->> '$.at') VIRTUAL,
    user     TEXT GENERATED ALWAYS AS (body ->> '$.user') VIRTUAL,
    agency   TEXT GENERATED ALWAYS AS (body ->> '$.agency') VIRTUAL
) STRICT;

CREATE INDEX entry_by_id ON entry (id, at);
CREATE INDEX entry_by_user ON entry (user, at);
CREATE INDEX entry_by_agency ON entry (agency, at);
CREATE INDEX entry_by_at ON entry (at);
CREATE INDEX entry_by_case ON entry (body ->> '$.case_number', at);

-- Which entries are about a record: "persons/P0000001".
CREATE TABLE record (
    record_id TEXT NOT NULL,
    at        TEXT NOT NULL,
    sequence  INTEGER NOT NULL REFERENCES entry (sequence),
    PRIMARY KEY (record_id, at, sequence)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_names_its_records AFTER INSERT ON entry BEGIN
    INSERT INTO record SELECT DISTINCT value, NEW.at, NEW.sequence FROM json_each(NEW.body, '$.record_ids');
END;

-- INSERT OR REPLACE fires no delete trigger, so the rule against it stands here: an entry has one place only.
CREATE TRIGGER entry_follows_the_last BEFORE INSERT ON entry
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM entry)
  OR NEW.previous IS NOT coalesce((SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1), zeroblob(32))
BEGIN SELECT RAISE(ABORT, 'an entry follows the last one'); END;

CREATE TRIGGER entry_stays_as_it_is BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;

CREATE TRIGGER entry_stays BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never removed'); END;

-- Whether the entry does name it is for `verify` to say: asked here, of each of a thousand, it took a fifth of a second.
CREATE TRIGGER record_comes_with_its_entry BEFORE INSERT ON record
WHEN NEW.sequence IS NOT (SELECT max(sequence) FROM entry)
BEGIN SELECT RAISE(ABORT, 'a record is named when its entry is'); END;

CREATE TRIGGER record_stays_as_it_is BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never changed'); END;

CREATE TRIGGER record_stays BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never removed'); END;
