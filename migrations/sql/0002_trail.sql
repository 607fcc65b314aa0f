-- The trail: append-only, chained, its personal values beside it. Applied once, by migration
-- 0002; never edited after it has landed: a later migration replaces a function whole.

CREATE SCHEMA audit;

-- The last link. Every writer locks this one row, so entries follow each other in one chain.
CREATE TABLE audit.head (
    one boolean NOT NULL DEFAULT true,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT pk_head PRIMARY KEY (one),
    CONSTRAINT ck_head_one CHECK (one)
);
INSERT INTO audit.head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE TABLE audit.entry (
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    event text NOT NULL,
    outcome text NOT NULL,
    actor_id bigint,
    role text,
    account_id bigint,
    program_id bigint,
    target_kind text,
    target_id text,
    session_id bigint,
    request_id text,
    changes jsonb NOT NULL,
    digests jsonb NOT NULL,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT pk_entry PRIMARY KEY (seq),
    CONSTRAINT ck_entry_event CHECK (event ~ '^[a-z_]+\.[a-z_]+$'),
    CONSTRAINT ck_entry_outcome CHECK (outcome IN ('done', 'refused', 'failed')),
    CONSTRAINT ck_entry_target CHECK ((target_kind IS NULL) = (target_id IS NULL))
);
CREATE INDEX ix_entry_account_id_seq ON audit.entry (account_id, seq);
CREATE INDEX ix_entry_program_id_seq ON audit.entry (program_id, seq);
CREATE INDEX ix_entry_actor_id_seq ON audit.entry (actor_id, seq);
CREATE INDEX ix_entry_event_seq ON audit.entry (event, seq);
CREATE INDEX ix_entry_target_kind_target_id_seq ON audit.entry (target_kind, target_id, seq);
CREATE INDEX ix_entry_at ON audit.entry (at);

CREATE TABLE audit.personal (
    seq bigint NOT NULL,
    salt bytea,
    values jsonb,
    erased_at timestamptz,
    CONSTRAINT pk_personal PRIMARY KEY (seq),
    CONSTRAINT fk_personal_seq FOREIGN KEY (seq) REFERENCES audit.entry (seq),
    CONSTRAINT ck_personal_erased_whole CHECK (
        (salt IS NULL) = (erased_at IS NOT NULL) AND (values IS NULL) = (erased_at IS NOT NULL))
);
CREATE INDEX ix_personal_address ON audit.personal ((values -> 'address' ->> 1));

COMMENT ON TABLE audit.head IS 'the last link of the chain; its one row is the lock of all writers';
COMMENT ON COLUMN audit.entry.actor_id IS 'who did it: a person''s id; none for jobs and strangers';
COMMENT ON COLUMN audit.entry.role IS 'the role under which the deed was allowed';
COMMENT ON COLUMN audit.entry.changes IS 'field: [before, after], as text; nothing personal';
COMMENT ON COLUMN audit.entry.digests IS
    'field: [before, after], salted SHA-256 of the personal values in audit.personal';
COMMENT ON COLUMN audit.entry.hash IS 'SHA-256 of the canonical text, which ends with prev_hash';
COMMENT ON COLUMN audit.personal.salt IS 'personal; goes with the values, so that no digest can be guessed';
COMMENT ON COLUMN audit.personal.values IS 'personal; field: [before, after], and the address';
COMMENT ON COLUMN audit.personal.erased_at IS 'when the values were erased; the chain still verifies';

-- One part of a canonical text: its length in bytes before it, so that no two texts read alike.
CREATE FUNCTION audit.part(p_text text) RETURNS text LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
    RETURN CASE
        WHEN p_text IS NULL THEN '-'
        ELSE octet_length(convert_to(p_text, 'UTF8')) || ':' || p_text
    END || ';';

-- Fields with their two values, in the order of their names' bytes.
CREATE FUNCTION audit.parts(p_fields jsonb) RETURNS text LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
    RETURN (
        SELECT audit.part(count(*)::text) || coalesce(string_agg(
            audit.part(key) || audit.part(value ->> 0) || audit.part(value ->> 1),
            '' ORDER BY key COLLATE "C"), '')
        FROM jsonb_each(p_fields)
    );

CREATE FUNCTION audit.canonical(p_entry audit.entry) RETURNS text LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    RETURN 'guichet trail 1;'
        || audit.part(p_entry.seq::text)
        || audit.part(to_char(
            p_entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        || audit.part(p_entry.event)
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
        || audit.parts(p_entry.digests)
        || audit.part(encode(p_entry.prev_hash, 'hex'));

-- One personal value's digest, bound to its field and side; none for a missing value.
CREATE FUNCTION audit.digest(p_salt bytea, p_field text, p_side text, p_value text) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    RETURN CASE WHEN p_value IS NOT NULL THEN encode(sha256(p_salt || convert_to(
        audit.part(p_field) || audit.part(p_side) || audit.part(p_value), 'UTF8')), 'hex') END;

CREATE FUNCTION audit.digests(p_salt bytea, p_values jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
    RETURN (
        SELECT coalesce(jsonb_object_agg(key, jsonb_build_array(
            audit.digest(p_salt, key, 'before', value ->> 0),
            audit.digest(p_salt, key, 'after', value ->> 1))), '{}'::jsonb)
        FROM jsonb_each(p_values)
    );

-- Field: [before, after], each a text or nothing. Anything else could hide from the hash.
CREATE FUNCTION audit.check_fields(p_fields jsonb) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    pair jsonb;
    side jsonb;
BEGIN
    FOR pair IN SELECT value FROM jsonb_each(p_fields) LOOP
        IF jsonb_typeof(pair) <> 'array' OR jsonb_array_length(pair) <> 2 THEN
            RAISE EXCEPTION 'a field of the trail is [before, after]'
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        FOR side IN SELECT value FROM jsonb_array_elements(pair) LOOP
            IF jsonb_typeof(side) NOT IN ('string', 'null') THEN
                RAISE EXCEPTION 'a value of the trail is a text or nothing'
                    USING ERRCODE = 'invalid_parameter_value';
            END IF;
        END LOOP;
    END LOOP;
END $$;

-- The only way in. It runs as the owner; whoever calls it can neither choose the time, the
-- number nor the hash.
CREATE FUNCTION audit.record(
    p_event text,
    p_outcome text,
    p_actor bigint DEFAULT NULL,
    p_role text DEFAULT NULL,
    p_account bigint DEFAULT NULL,
    p_program bigint DEFAULT NULL,
    p_target_kind text DEFAULT NULL,
    p_target_id text DEFAULT NULL,
    p_session bigint DEFAULT NULL,
    p_address inet DEFAULT NULL,
    p_request text DEFAULT NULL,
    p_changes jsonb DEFAULT '{}',
    p_personal jsonb DEFAULT '{}'
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last audit.head;
    made audit.entry;
    salt bytea;
    personal jsonb := p_personal;
BEGIN
    IF p_address IS NOT NULL THEN
        personal := personal
            || jsonb_build_object('address', jsonb_build_array(NULL, host(p_address)));
    END IF;
    PERFORM audit.check_fields(p_changes), audit.check_fields(personal);
    made.event := p_event;
    made.outcome := p_outcome;
    made.actor_id := p_actor;
    made.role := p_role;
    made.account_id := p_account;
    made.program_id := p_program;
    made.target_kind := p_target_kind;
    made.target_id := p_target_id;
    made.session_id := p_session;
    made.request_id := p_request;
    made.changes := p_changes;
    -- 244 bits from the server's strong generator; without them no digest can be tried out.
    salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    made.digests := audit.digests(salt, personal);

    SELECT * INTO STRICT last FROM audit.head FOR UPDATE;
    made.seq := last.seq + 1;
    made.prev_hash := last.hash;
    -- After the lock: entries are in the order of their times.
    made.at := public.guichet_now();
    made.hash := sha256(convert_to(audit.canonical(made), 'UTF8'));
    INSERT INTO audit.entry SELECT made.*;
    IF personal <> '{}' THEN
        INSERT INTO audit.personal (seq, salt, values) VALUES (made.seq, salt, personal);
    END IF;
    UPDATE audit.head SET seq = made.seq, hash = made.hash;
    RETURN made.seq;
END $$;

-- For the owner alone: forget the personal values of these entries, and say so in the chain.
-- Returns how many entries lost their values.
CREATE FUNCTION audit.erase_personal(p_entries bigint[], p_reason text) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    erased bigint[];
BEGIN
    WITH gone AS (
        UPDATE audit.personal
        SET salt = NULL, values = NULL, erased_at = public.guichet_now()
        WHERE seq = ANY (p_entries) AND erased_at IS NULL
        RETURNING seq
    )
    SELECT coalesce(array_agg(seq ORDER BY seq), '{}') INTO erased FROM gone;
    IF cardinality(erased) > 0 THEN
        PERFORM audit.record(
            p_event => 'trail.erased',
            p_outcome => 'done',
            p_changes => jsonb_build_object(
                'entries', jsonb_build_array(NULL, array_to_string(erased, ' ')),
                'reason', jsonb_build_array(NULL, p_reason)));
    END IF;
    RETURN cardinality(erased);
END $$;

CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the trail is append-only: % of audit.% refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- Even the owner must disable a trigger, on purpose, before anything can be changed; and then
-- the chain and its anchors still tell.
CREATE TRIGGER entry_is_append_only BEFORE UPDATE OR DELETE ON audit.entry
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER entry_is_not_emptied BEFORE TRUNCATE ON audit.entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER personal_is_only_erased BEFORE UPDATE ON audit.personal
    FOR EACH ROW WHEN (
        OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.seq <> OLD.seq)
    EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER personal_is_not_deleted BEFORE DELETE ON audit.personal
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER personal_is_not_emptied BEFORE TRUNCATE ON audit.personal
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER head_only_moves_on BEFORE UPDATE ON audit.head
    FOR EACH ROW WHEN (NEW.seq <> OLD.seq + 1)
    EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER head_is_one_row BEFORE INSERT OR DELETE ON audit.head
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER head_is_not_emptied BEFORE TRUNCATE ON audit.head
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER entry_is_append_only;
ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER entry_is_not_emptied;
ALTER TABLE audit.personal ENABLE ALWAYS TRIGGER personal_is_only_erased;
ALTER TABLE audit.personal ENABLE ALWAYS TRIGGER personal_is_not_deleted;
ALTER TABLE audit.personal ENABLE ALWAYS TRIGGER personal_is_not_emptied;
ALTER TABLE audit.head ENABLE ALWAYS TRIGGER head_only_moves_on;
ALTER TABLE audit.head ENABLE ALWAYS TRIGGER head_is_one_row;
ALTER TABLE audit.head ENABLE ALWAYS TRIGGER head_is_not_emptied;

REVOKE ALL ON SCHEMA audit FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
