-- Journal: entries are added at the end, each linked to the one before by its hash, and are never changed.
-- The other columns and the index of records repeat parts of the entry; `verify` compares them with it.
-- Comments inside a statement are part of the definitions that a journal is checked against: do not change them.

CREATE TABLE entry (
    sequence    INTEGER PRIMARY KEY,   -- 1, 2, 3 … without a gap
    previous    BLOB NOT NULL,         -- the hash of the entry before; 32 zero bytes for the first
    hash        BLOB NOT NULL,         -- of previous, sequence and body: audit/chain.py
    id          TEXT,
    kind        TEXT,
    at          TEXT,
    user        TEXT,
    agency      TEXT,
    case_number TEXT,
    body        TEXT NOT NULL          -- the entry, canonical JSON; last, for it may take pages
) STRICT;

CREATE INDEX entry_by_id ON entry (id, at);
CREATE INDEX entry_by_user ON entry (user, at);
CREATE INDEX entry_by_agency ON entry (agency, at);
CREATE INDEX entry_by_at ON entry (at);
CREATE INDEX entry_by_case ON entry (case_number, at) WHERE case_number IS NOT NULL;

-- Index of records: "persons/P0000001" is one word, and case is ignored. An entry it finds may be about the record.
CREATE VIRTUAL TABLE about USING fts5 (
    record_ids, content = '', columnsize = 0, tokenize = "ascii tokenchars '!#$%&()*+-./:;<=>?@^_`{|}~'"
);

-- Eight entries are indexed at a time; one by one, a usual entry would cost a quarter more to write.
CREATE TRIGGER entries_are_about_records AFTER INSERT ON entry WHEN NEW.sequence % 8 = 0 BEGIN
    INSERT INTO about (rowid, record_ids)
    SELECT sequence, body -> '$.record_ids' FROM entry WHERE sequence > NEW.sequence - 8;
END;

-- Entries that are not indexed yet.
CREATE VIEW recent AS SELECT sequence FROM entry WHERE sequence > (SELECT max(sequence) / 8 * 8 FROM entry);

-- INSERT OR REPLACE fires no delete trigger, so this trigger refuses a sequence that exists.
-- A body that is not JSON would fail the next trigger at each eighth entry, and so every entry from there on.
CREATE TRIGGER entry_is_the_next BEFORE INSERT ON entry BEGIN
    SELECT RAISE(ABORT, 'an entry follows the last one')
    WHERE NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM entry)
       OR NEW.previous IS NOT coalesce((SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1), zeroblob(32));
    SELECT RAISE(ABORT, 'an entry is JSON') WHERE NOT json_valid(NEW.body);
END;

CREATE TRIGGER entry_stays_as_it_is BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;

CREATE TRIGGER entry_stays BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never removed'); END;
