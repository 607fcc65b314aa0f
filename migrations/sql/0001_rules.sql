-- The rules that tables alone cannot hold. Applied once, by migration 0001; never edited after
-- it has landed: a later migration replaces a function whole.

-- A row that says what happened is never rewritten.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER program_version_is_written_once
    BEFORE UPDATE OR DELETE ON program_version
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER terms_acceptance_is_written_once
    BEFORE UPDATE OR DELETE ON terms_acceptance
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER client_number_is_written_once
    BEFORE UPDATE OR DELETE ON client_number
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Arguments: the columns that say what the row is about. They never change.
CREATE FUNCTION keep_columns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name THEN
            RAISE EXCEPTION '%.% never changes', TG_TABLE_NAME, name
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER membership_keeps_its_subject BEFORE UPDATE ON membership
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'person_id', 'account_id', 'program_id', 'program_account_id', 'added_by', 'added_at');
CREATE TRIGGER account_keeps_its_subject BEFORE UPDATE ON account
    FOR EACH ROW EXECUTE FUNCTION keep_columns('party_id', 'program_id', 'authorised_at');
CREATE TRIGGER transfer_keeps_its_subject BEFORE UPDATE ON ownership_transfer
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'account_id', 'role_code', 'from_person_id', 'to_person_id', 'offered_at', 'expires_at');
CREATE TRIGGER registration_keeps_its_subject BEFORE UPDATE ON registration
    FOR EACH ROW EXECUTE FUNCTION keep_columns('program_id', 'kind', 'made_at');
CREATE TRIGGER activation_code_keeps_its_subject BEFORE UPDATE ON activation_code
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'registration_id', 'letter_id', 'program_id', 'key_id', 'digest', 'made_at', 'expires_at');
CREATE TRIGGER challenge_keeps_its_subject BEFORE UPDATE ON challenge
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'person_id', 'purpose', 'session_id', 'key_id', 'mailbox', 'made_at', 'expires_at');
CREATE TRIGGER person_keeps_its_user BEFORE UPDATE ON person
    FOR EACH ROW EXECUTE FUNCTION keep_columns('user_id');

-- Arguments: a column and its last states. A row in one of them is closed for good.
CREATE FUNCTION keep_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) ->> TG_ARGV[0] = ANY (TG_ARGV[1:])
        AND to_jsonb(OLD) ->> TG_ARGV[0] IS DISTINCT FROM to_jsonb(NEW) ->> TG_ARGV[0]
    THEN
        RAISE EXCEPTION '% % is closed: it stays %',
            TG_TABLE_NAME, OLD.id, to_jsonb(OLD) ->> TG_ARGV[0]
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER membership_ends_for_good BEFORE UPDATE ON membership
    FOR EACH ROW EXECUTE FUNCTION keep_final('status', 'ended');
CREATE TRIGGER transfer_is_answered_once BEFORE UPDATE ON ownership_transfer
    FOR EACH ROW EXECUTE FUNCTION keep_final(
        'state', 'accepted', 'declined', 'withdrawn', 'lapsed');
CREATE TRIGGER registration_ends_for_good BEFORE UPDATE ON registration
    FOR EACH ROW EXECUTE FUNCTION keep_final(
        'state', 'activated', 'refused', 'lapsed', 'withdrawn');
CREATE TRIGGER letter_ends_for_good BEFORE UPDATE ON letter
    FOR EACH ROW EXECUTE FUNCTION keep_final('state', 'delivered', 'returned', 'replaced');
CREATE TRIGGER activation_code_ends_for_good BEFORE UPDATE ON activation_code
    FOR EACH ROW EXECUTE FUNCTION keep_final('state', 'used', 'replaced', 'locked');

-- A session that has ended, and a code that was used, never come back.
CREATE FUNCTION keep_set() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF to_jsonb(OLD) -> name <> 'null'::jsonb
            AND to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name
        THEN
            RAISE EXCEPTION '%.% is set once', TG_TABLE_NAME, name
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER sign_in_session_ends_once BEFORE UPDATE ON sign_in_session
    FOR EACH ROW EXECUTE FUNCTION keep_set('ended_at', 'end_reason');
CREATE TRIGGER challenge_is_used_once BEFORE UPDATE ON challenge
    FOR EACH ROW EXECUTE FUNCTION keep_set('consumed_at', 'replaced_at');

-- An open account never lacks a required role. Deferred: a transfer ends one owner and makes
-- another in one transaction. The account's row is locked first: without it two owners who
-- leave at the same instant each still see the other, and none remains.
CREATE FUNCTION account_has_required_roles() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    subject bigint;
    missing text;
BEGIN
    IF TG_TABLE_NAME = 'account' THEN
        subject := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        subject := OLD.account_id;
    ELSE
        subject := NEW.account_id;
    END IF;
    -- Under this isolation the count below would look at the transaction's start, lock or not.
    IF current_setting('transaction_isolation') = 'repeatable read' THEN
        RAISE EXCEPTION 'required roles are not changed under REPEATABLE READ'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM 1 FROM account WHERE id = subject FOR NO KEY UPDATE;
    SELECT role.code INTO missing
    FROM account
    JOIN program_role AS role ON role.program_id = account.program_id AND role.required
    WHERE account.id = subject AND account.state = 'authorised' AND NOT role.retired
        AND NOT EXISTS (
            SELECT 1 FROM membership AS m
            WHERE m.account_id = subject AND m.role_code = role.code AND m.status = 'active')
    LIMIT 1;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'account % would have no %', subject, missing
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'account_has_required_roles';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER account_has_required_roles
    AFTER INSERT OR UPDATE OF state ON account DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION account_has_required_roles();
CREATE CONSTRAINT TRIGGER membership_leaves_required_roles
    AFTER UPDATE OR DELETE ON membership DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.required) EXECUTE FUNCTION account_has_required_roles();
