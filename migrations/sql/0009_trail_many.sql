-- Many entries at once: the lines of a registry file. Applied once, by migration 0009; never
-- edited after it has landed.

-- The small parts as they were, without a search path of their own: their bodies are bound to
-- what they name when they are made, and the planner can then write them into whoever calls them.
CREATE OR REPLACE FUNCTION audit.part(p_text text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE
        WHEN p_text IS NULL THEN '-'
        ELSE octet_length(convert_to(p_text, 'UTF8')) || ':' || p_text
    END || ';';

CREATE OR REPLACE FUNCTION audit.parts(p_fields jsonb) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN (
        SELECT audit.part(count(*)::text) || coalesce(string_agg(
            audit.part(key) || audit.part(value ->> 0) || audit.part(value ->> 1),
            '' ORDER BY key COLLATE "C"), '')
        FROM jsonb_each(p_fields)
    );

CREATE OR REPLACE FUNCTION audit.digest(p_salt bytea, p_field text, p_side text, p_value text)
    RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN p_value IS NOT NULL THEN encode(sha256(p_salt || convert_to(
        audit.part(p_field) || audit.part(p_side) || audit.part(p_value), 'UTF8')), 'hex') END;

CREATE OR REPLACE FUNCTION audit.digests(p_salt bytea, p_values jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    RETURN (
        SELECT coalesce(jsonb_object_agg(key, jsonb_build_array(
            audit.digest(p_salt, key, 'before', value ->> 0),
            audit.digest(p_salt, key, 'after', value ->> 1))), '{}'::jsonb)
        FROM jsonb_each(p_values)
    );

-- The middle of a canonical text: all that is known before the chain is locked.
CREATE FUNCTION audit.facts(p_entry audit.entry) RETURNS text LANGUAGE sql STABLE
    RETURN audit.part(p_entry.event)
        || audit.part(p_entry.outcome)
        || audit.part(p_entry.actor_id::text)
        || audit.part(p_entry.role)
        || audit.part(p_entry.account_id::text)
        || audit.part(p_entry.program_id::text)
        || audit.part(p_entry.target_kind)
        || audit.part(p_entry.target_id)
        || audit.part(p_entry.session_id::text)
        || audit.part(p_entry.request_id)
        || audit.parts(p_entry.changes)
        || audit.parts(p_entry.digests);

-- The text round it, which the chain alone knows.
CREATE FUNCTION audit.linked(p_seq bigint, p_at timestamptz, p_facts text, p_prev bytea)
    RETURNS text LANGUAGE sql STABLE
    RETURN 'guichet trail 1;'
        || audit.part(p_seq::text)
        || audit.part(to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        || p_facts
        || audit.part(encode(p_prev, 'hex'));

-- As before, from its two parts.
CREATE OR REPLACE FUNCTION audit.canonical(p_entry audit.entry) RETURNS text LANGUAGE sql STABLE
    RETURN audit.linked(p_entry.seq, p_entry.at, audit.facts(p_entry), p_entry.prev_hash);

-- The same event on many rows of one kind, in the order in which they are given:
-- p_rows is [{"target": "12", "changes": {...}, "personal": {...}}, ...].
-- All that can be made before is made before the chain is locked.
CREATE FUNCTION audit.record_many(
    p_event text,
    p_outcome text,
    p_actor bigint,
    p_role text,
    p_account bigint,
    p_program bigint,
    p_target_kind text,
    p_session bigint,
    p_address inet,
    p_request text,
    p_rows jsonb
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last audit.head;
    made audit.entry;
    salt bytea;
    personal jsonb;
    given record;
    entries audit.entry[] := '{}';
    facts text[] := '{}';
    salts bytea[] := '{}';
    personals jsonb[] := '{}';
    at timestamptz;
BEGIN
    made.event := p_event;
    made.outcome := p_outcome;
    made.actor_id := p_actor;
    made.role := p_role;
    made.account_id := p_account;
    made.program_id := p_program;
    made.target_kind := p_target_kind;
    made.session_id := p_session;
    made.request_id := p_request;
    FOR given IN
        SELECT value ->> 'target' AS target, value -> 'changes' AS changes,
            value -> 'personal' AS personal
        FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS rows (value, place) ORDER BY place
    LOOP
        personal := given.personal;
        IF p_address IS NOT NULL THEN
            personal := personal
                || jsonb_build_object('address', jsonb_build_array(NULL, host(p_address)));
        END IF;
        PERFORM audit.check_fields(given.changes), audit.check_fields(personal);
        salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
        made.target_id := given.target;
        made.changes := given.changes;
        made.digests := audit.digests(salt, personal);
        entries := array_append(entries, made);
        facts := array_append(facts, audit.facts(made));
        salts := array_append(salts, salt);
        personals := array_append(personals, personal);
    END LOOP;
    IF cardinality(entries) = 0 THEN
        RETURN NULL;
    END IF;

    SELECT * INTO STRICT last FROM audit.head FOR UPDATE;
    at := public.guichet_now();
    FOR place IN 1 .. cardinality(entries) LOOP
        made := entries[place];
        made.seq := last.seq + 1;
        made.at := at;
        made.prev_hash := last.hash;
        made.hash := sha256(convert_to(
            audit.linked(made.seq, at, facts[place], made.prev_hash), 'UTF8'));
        INSERT INTO audit.entry SELECT made.*;
        IF personals[place] <> '{}' THEN
            INSERT INTO audit.personal (seq, salt, values)
            VALUES (made.seq, salts[place], personals[place]);
        END IF;
        last.seq := made.seq;
        last.hash := made.hash;
    END LOOP;
    -- Once: a hundred thousand versions of the one row would each be read by the next.
    UPDATE audit.head SET seq = last.seq, hash = last.hash;
    RETURN last.seq;
END $$;

-- The head moves on to the last of the entries that follow it, and to nothing else.
CREATE FUNCTION audit.check_head() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.seq <= OLD.seq
        OR NEW.seq - OLD.seq <> (
            SELECT count(*) FROM audit.entry WHERE seq > OLD.seq AND seq <= NEW.seq)
        OR NEW.hash IS DISTINCT FROM (SELECT hash FROM audit.entry WHERE seq = NEW.seq)
    THEN
        RAISE EXCEPTION 'the trail is append-only: its head follows its entries'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER head_only_moves_on ON audit.head;
CREATE TRIGGER head_only_moves_on BEFORE UPDATE ON audit.head
    FOR EACH ROW EXECUTE FUNCTION audit.check_head();
ALTER TABLE audit.head ENABLE ALWAYS TRIGGER head_only_moves_on;

REVOKE ALL ON FUNCTION audit.check_head, audit.facts, audit.linked, audit.record_many FROM PUBLIC;
