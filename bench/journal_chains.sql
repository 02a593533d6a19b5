-- The table of each chain: columns and indexes as a journal's searches need them. A chain that all share has number 0.
CREATE TABLE entry (
    chain       integer,
    sequence    bigint,
    previous    bytea NOT NULL,
    hash        bytea NOT NULL,
    id          text COLLATE "C",
    kind        text COLLATE "C",
    at          text COLLATE "C",
    "user"      text COLLATE "C",
    agency      text COLLATE "C",
    case_number text COLLATE "C",
    record_ids  text[] COLLATE "C",
    body        text NOT NULL,
    PRIMARY KEY (chain, sequence)
);
CREATE INDEX entry_by_id ON entry (id, at);
CREATE INDEX entry_by_user ON entry ("user", at);
CREATE INDEX entry_by_agency ON entry (agency, at);
CREATE INDEX entry_by_at ON entry (at);
CREATE INDEX entry_by_case ON entry (case_number, at) WHERE case_number IS NOT NULL;
CREATE INDEX entry_by_record ON entry USING gin (record_ids) WITH (fastupdate = off);

-- Appends after the last entry of a chain, by any writer.
CREATE FUNCTION append(chain integer, bodies text[]) RETURNS TABLE (sequence bigint, hash bytea) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    last record;
    body text;
    next_sequence bigint;
    next_hash bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(append.chain);
    SELECT entry.sequence, entry.hash INTO last FROM entry WHERE entry.chain = append.chain
    ORDER BY entry.sequence DESC LIMIT 1;
    next_sequence := coalesce(last.sequence, 0);
    next_hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    FOREACH body IN ARRAY bodies LOOP
        last.hash := next_hash;
        next_sequence := next_sequence + 1;
        next_hash := sha256(last.hash || int8send(next_sequence) || convert_to(body, 'UTF8'));
        INSERT INTO entry
        SELECT append.chain, next_sequence, last.hash, next_hash, id, kind, at, "user", agency, case_number, record_ids,
               body
        FROM jsonb_to_record(body::jsonb)
             AS c(id text, kind text, at text, "user" text, agency text, case_number text, record_ids text[]);
        sequence := next_sequence;
        hash := next_hash;
        RETURN NEXT;
    END LOOP;
END $$;

-- The same, but the lock is released before the commit is on disk; only then does the second transaction end.
CREATE PROCEDURE append_then_flush(chain integer, bodies text[], INOUT receipts text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT string_agg(a.sequence || ':' || encode(a.hash, 'hex'), ' ') INTO receipts
    FROM append(append_then_flush.chain, bodies) AS a;
    COMMIT;
    PERFORM pg_logical_emit_message(true, 'flush', '');
END $$;
