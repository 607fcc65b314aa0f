-- A role reaches the whole account, or one program account of it: a membership is of what its role
-- reaches. Asked when it is written, and when the role is another.
CREATE FUNCTION membership_reaches_as_its_role() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wanted text;
BEGIN
    SELECT reach INTO wanted FROM program_role
     WHERE program_id = NEW.program_id AND code = NEW.role_code;
    IF (wanted = 'account') <> (NEW.program_account_id IS NULL) THEN
        RAISE EXCEPTION 'the role % reaches %', NEW.role_code, replace(wanted, '_', ' ')
              USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_reaches_as_its_role';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER membership_reaches_as_its_role
    BEFORE INSERT OR UPDATE OF role_code, program_account_id ON membership
    FOR EACH ROW EXECUTE FUNCTION membership_reaches_as_its_role();

-- No business is its own third party: it would give itself what its own roles do not.
CREATE FUNCTION delegate_is_another() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM account WHERE id = NEW.account_id AND party_id = NEW.delegate_id) THEN
        RAISE EXCEPTION 'account % would be its own third party', NEW.account_id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'delegate_is_another';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER delegation_is_to_another BEFORE INSERT ON delegation
    FOR EACH ROW EXECUTE FUNCTION delegate_is_another();
CREATE TRIGGER delegation_request_is_of_another BEFORE INSERT ON delegation_request
    FOR EACH ROW EXECUTE FUNCTION delegate_is_another();

-- What a row is about is what it was made for; what ended stays ended, as it was said.
CREATE TRIGGER delegation_keeps_its_subject BEFORE UPDATE ON delegation
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'account_id', 'program_id', 'program_account_id', 'delegate_id', 'made_at', 'made_by',
        'request_id');
CREATE TRIGGER delegation_ends_for_good BEFORE UPDATE ON delegation
    FOR EACH ROW EXECUTE FUNCTION keep_final('state', 'ended');
CREATE TRIGGER delegation_request_keeps_its_subject BEFORE UPDATE ON delegation_request
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'account_id', 'program_id', 'delegate_id', 'asked_by', 'comment', 'asked_at');
CREATE TRIGGER delegation_request_is_answered_once BEFORE UPDATE ON delegation_request
    FOR EACH ROW EXECUTE FUNCTION keep_final('state', 'approved', 'refused', 'withdrawn');
CREATE TRIGGER access_request_keeps_its_subject BEFORE UPDATE ON access_request
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'account_id', 'program_id', 'program_account_id', 'person_id', 'comment', 'asked_at');
CREATE TRIGGER access_request_is_answered_once BEFORE UPDATE ON access_request
    FOR EACH ROW EXECUTE FUNCTION keep_final('state', 'approved', 'refused', 'withdrawn');

-- "Group name unique even against deleted groups": a group keeps its name, and stays deleted.
CREATE TRIGGER client_group_keeps_its_subject BEFORE UPDATE ON client_group
    FOR EACH ROW EXECUTE FUNCTION keep_columns('account_id', 'name_folded', 'made_by', 'made_at');
CREATE TRIGGER client_group_is_deleted_once BEFORE UPDATE ON client_group
    FOR EACH ROW EXECUTE FUNCTION keep_set('deleted_at');
CREATE TRIGGER client_group_is_never_removed BEFORE DELETE ON client_group
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
