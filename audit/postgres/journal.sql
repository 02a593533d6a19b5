-- Journal: entries are added at the end, each linked to the one before by its hash, and are never changed.
-- A role with the right to execute `append` and `add` can add entries and do nothing else.
-- The other columns repeat parts of the entry; `verify` compares them with it.

CREATE SCHEMA journal;

CREATE TABLE journal.entry (
    sequence    bigint PRIMARY KEY,    -- 1, 2, 3 … without a gap
    previous    bytea NOT NULL,        -- the hash of the entry before; 32 zero bytes for the first
    hash        bytea NOT NULL,        -- of previous, sequence and body: audit/chain.py
    id          text COLLATE "C",
    kind        text COLLATE "C",
    at          text COLLATE "C",
    "user"      text COLLATE "C",
    agency      text COLLATE "C",
    case_number text COLLATE "C",
    record_ids  text[] COLLATE "C",
    body        text COLLATE "C" NOT NULL  -- the entry, canonical JSON
);

CREATE INDEX entry_by_id ON journal.entry (id, at, sequence);
CREATE INDEX entry_by_user ON journal.entry ("user", at, sequence);
CREATE INDEX entry_by_agency ON journal.entry (agency, at, sequence);
CREATE INDEX entry_by_at ON journal.entry (at, sequence);
CREATE INDEX entry_by_case ON journal.entry (case_number, at, sequence) WHERE case_number IS NOT NULL;
-- A list of pending entries would be merged from time to time, by the commit of some officer's entry.
CREATE INDEX entry_by_record ON journal.entry USING gin (record_ids) WITH (fastupdate = off);

-- What administrators published for all servers. The newest policy and keys are in force, and a user or token is revoked
-- until it is restored.
CREATE TABLE journal.change (
    number   bigint PRIMARY KEY,         -- 1, 2, 3 … without a gap
    kind     text COLLATE "C" NOT NULL,  -- POLICY, KEYS, REVOKE or RESTORE
    content  text COLLATE "C" NOT NULL,  -- the matrix, the JWKS, or a `sub` or `jti`
    sequence bigint NOT NULL             -- of its entry
);

-- Archives of the oldest entries, which may be removed.
CREATE TABLE journal.archive (
    last     bigint PRIMARY KEY,  -- the sequence of the last entry in the archive
    hash     bytea NOT NULL,      -- of that entry
    sequence bigint NOT NULL      -- of the entry that records the archive
);

-- PostgreSQL has no text with U+0000; columns and searches have U+FFFD instead. A text of JSON has no U+0001, which stands
-- for an escaped backslash meanwhile: the six characters after that one are no escape.
CREATE FUNCTION journal.parsed(body text) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE WHEN pg_catalog.strpos(body, '\u0000') = 0 THEN body ELSE pg_catalog.replace(
    pg_catalog.replace(pg_catalog.replace(body, '\\', E'\x01'), '\u0000', '\ufffd'), E'\x01', '\\'
) END::pg_catalog.jsonb
$$;

-- Adds entries after the last one of any writer. `known` is an entry that the writer knows, 0 if none: it must still be
-- there. `first` is the sequence of the first new entry, `previous` the hash before it, `last` that of the last.
CREATE FUNCTION journal.add(
    bodies text[], known bigint, known_hash bytea, OUT first bigint, OUT previous bytea, OUT last bytea
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    next_sequence bigint;
    before bytea;
    body text;
BEGIN
    PERFORM pg_advisory_xact_lock(7017452018193560175);  -- "commit" of one writer after another
    IF known > 0 AND NOT EXISTS (SELECT FROM journal.entry WHERE sequence = known AND hash = known_hash)
        AND known > coalesce((SELECT max(archive.last) FROM journal.archive), 0) THEN
        RAISE EXCEPTION 'entry % was changed or removed since this process wrote it', known USING ERRCODE = 'NK001';
    END IF;
    SELECT sequence, hash INTO next_sequence, last FROM journal.entry ORDER BY sequence DESC LIMIT 1;
    next_sequence := coalesce(next_sequence, 0) + 1;
    last := coalesce(last, decode(repeat('00', 32), 'hex'));
    first := next_sequence;
    previous := last;
    FOREACH body IN ARRAY bodies LOOP
        before := last;
        last := sha256(before || int8send(next_sequence) || convert_to(body, 'UTF8'));
        INSERT INTO journal.entry
            (sequence, previous, hash, id, kind, at, "user", agency, case_number, record_ids, body)
        SELECT next_sequence, before, last, id, kind, at, "user", agency, case_number, record_ids, body
        FROM jsonb_to_record(journal.parsed(body))
             AS c (id text, kind text, at text, "user" text, agency text, case_number text, record_ids text[]);
        next_sequence := next_sequence + 1;
    END LOOP;
END $$;

-- The same in a transaction of its own, which is durable when this returns. The lock is held while entries are added, and
-- not while they are flushed: the first commit waits for no disk. The second one does, and for the standby, and with it
-- all that was committed before is durable. It sets all that it depends on, because a pooler keeps no session.
CREATE PROCEDURE journal.append(
    bodies text[], known bigint, known_hash bytea, lock_ms integer,
    INOUT first bigint, INOUT previous bytea, INOUT last bytea
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.set_config('lock_timeout', lock_ms::pg_catalog.text, true),
            pg_catalog.set_config('synchronous_commit', 'off', true);
    SELECT a.first, a.previous, a.last INTO first, previous, last FROM journal.add(bodies, known, known_hash) AS a;
    COMMIT;
    PERFORM pg_catalog.set_config('synchronous_commit', 'on', true),
            pg_catalog.set_config('client_min_messages', 'warning', true);
    PERFORM pg_catalog.pg_logical_emit_message(true, 'needtoknow', '');
END $$;

-- Who asks for a change or an archive is a role of the database, and its entry says so.
CREATE FUNCTION journal.check_administrator(body text, kind text, digest bytea)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entry jsonb := journal.parsed(body);
BEGIN
    IF entry ->> 'kind' IS DISTINCT FROM kind OR entry ->> 'user' IS DISTINCT FROM 'database:' || session_user
        OR entry ->> 'document_sha256' IS DISTINCT FROM encode(digest, 'hex') THEN
        RAISE EXCEPTION 'the entry is not of this change by this role';
    END IF;
END $$;

-- Adds a change and its entry, in one transaction and in one order with all entries.
CREATE FUNCTION journal.publish(kind text, content text, body text, OUT number bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    added bigint;
BEGIN
    IF kind NOT IN ('POLICY', 'KEYS', 'REVOKE', 'RESTORE') THEN
        RAISE EXCEPTION 'there is no such kind of change';
    END IF;
    PERFORM journal.check_administrator(body, 'CHANGE', sha256(convert_to(kind || ' ' || content, 'UTF8')));
    SELECT first INTO added FROM journal.add(ARRAY[body], 0, '');
    SELECT coalesce(max(change.number), 0) + 1 INTO number FROM journal.change;
    INSERT INTO journal.change VALUES (number, kind, content, added);
END $$;

-- Records that an archive has the entries up to `last`, after which `remove_archived` may remove them.
CREATE FUNCTION journal.record_archive(last bigint, last_hash bytea, digest bytea, body text, OUT sequence bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM journal.check_administrator(body, 'ARCHIVE', digest);
    IF NOT EXISTS (SELECT FROM journal.entry AS e WHERE e.sequence = last AND e.hash = last_hash) THEN
        RAISE EXCEPTION 'the archive does not end with an entry of this journal';
    END IF;
    SELECT first INTO sequence FROM journal.add(ARRAY[body], 0, '');
    INSERT INTO journal.archive VALUES (last, last_hash, sequence);
END $$;

-- Removes archived entries up to a sequence, the oldest first, and returns how many.
CREATE FUNCTION journal.remove_archived(batch integer, up_to bigint, OUT removed bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM journal.entry WHERE sequence IN (
        SELECT sequence FROM journal.entry
        WHERE sequence <= up_to AND sequence <= (SELECT max(archive.last) FROM journal.archive)
        ORDER BY sequence LIMIT batch);
    GET DIAGNOSTICS removed = ROW_COUNT;
END $$;

CREATE FUNCTION journal.check_archived() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.sequence > coalesce((SELECT max(archive.last) FROM journal.archive), 0) THEN
        RAISE EXCEPTION 'an entry is never changed or removed';
    END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION journal.check_next() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head record;
BEGIN
    SELECT sequence, hash INTO head FROM journal.entry ORDER BY sequence DESC LIMIT 1;
    IF NEW.sequence IS DISTINCT FROM coalesce(head.sequence, 0) + 1
        OR NEW.previous IS DISTINCT FROM coalesce(head.hash, decode(repeat('00', 32), 'hex')) THEN
        RAISE EXCEPTION 'an entry follows the last one';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION journal.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'an entry is never changed or removed';
END $$;

CREATE TRIGGER entry_is_the_next BEFORE INSERT ON journal.entry FOR EACH ROW EXECUTE FUNCTION journal.check_next();
CREATE TRIGGER entry_stays BEFORE UPDATE OR TRUNCATE ON journal.entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER entry_is_archived BEFORE DELETE ON journal.entry FOR EACH ROW EXECUTE FUNCTION journal.check_archived();
CREATE TRIGGER change_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON journal.change
    FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER archive_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON journal.archive
    FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();
ALTER TABLE journal.entry ENABLE ALWAYS TRIGGER entry_is_the_next;
ALTER TABLE journal.entry ENABLE ALWAYS TRIGGER entry_stays;
ALTER TABLE journal.entry ENABLE ALWAYS TRIGGER entry_is_archived;
ALTER TABLE journal.change ENABLE ALWAYS TRIGGER change_stays;
ALTER TABLE journal.archive ENABLE ALWAYS TRIGGER archive_stays;

REVOKE ALL ON ALL ROUTINES IN SCHEMA journal FROM PUBLIC;

COMMENT ON SCHEMA journal IS 'needtoknow journal, version 1';
