-- What a break-in with the application's role could still have rewritten. Applied once, by
-- migration 0004; never edited after it has landed.

-- Where a server lets everybody make temporary tables, an empty `membership` of one's own would
-- otherwise stand before the real one.
ALTER FUNCTION account_has_required_roles() SET search_path = pg_catalog, public, pg_temp;

-- What a row is about never changes.
DROP TRIGGER registration_keeps_its_subject ON registration;
CREATE TRIGGER registration_keeps_its_subject BEFORE UPDATE ON registration
    FOR EACH ROW EXECUTE FUNCTION keep_columns('program_id', 'person_id', 'kind', 'made_at');
CREATE TRIGGER letter_keeps_its_subject BEFORE UPDATE ON letter
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'registration_id', 'program_id', 'replaces_id', 'due_at');
CREATE TRIGGER sign_in_session_keeps_its_subject BEFORE UPDATE ON sign_in_session
    FOR EACH ROW EXECUTE FUNCTION keep_columns('person_id', 'purpose', 'started_at');
CREATE TRIGGER notice_keeps_what_was_said BEFORE UPDATE ON notice
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'person_id', 'account_id', 'program_id', 'template', 'facts', 'path', 'made_at');
CREATE TRIGGER staff_assignment_keeps_its_subject BEFORE UPDATE ON staff_assignment
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'person_id', 'program_id', 'staff_role', 'starts_at', 'made_by');

-- What was written once stays: a number on paper, the day on which a code was drawn.
CREATE TRIGGER letter_is_made_once BEFORE UPDATE ON letter
    FOR EACH ROW EXECUTE FUNCTION keep_set(
        'number', 'made_at', 'made_by', 'printed_at', 'posted_at', 'mail_number', 'delivered_at',
        'returned_at');
CREATE TRIGGER staff_assignment_ends_once BEFORE UPDATE ON staff_assignment
    FOR EACH ROW EXECUTE FUNCTION keep_set('ends_at');
DROP TRIGGER letter_ends_for_good ON letter;
CREATE TRIGGER letter_ends_for_good BEFORE UPDATE ON letter
    FOR EACH ROW EXECUTE FUNCTION keep_final(
        'state', 'delivered', 'returned', 'replaced', 'cancelled');

-- Arguments: counters. A try is never given back, whatever the code that counts it does.
CREATE FUNCTION keep_growing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF (to_jsonb(NEW) ->> name)::bigint < (to_jsonb(OLD) ->> name)::bigint THEN
            RAISE EXCEPTION '%.% only grows', TG_TABLE_NAME, name
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER activation_code_counts_up BEFORE UPDATE ON activation_code
    FOR EACH ROW EXECUTE FUNCTION keep_growing('tries', 'reminders');
CREATE TRIGGER challenge_counts_up BEFORE UPDATE ON challenge
    FOR EACH ROW EXECUTE FUNCTION keep_growing('tries');
