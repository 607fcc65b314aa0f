-- What was submitted stays as it was, whoever asks, the owner of the tables included.
CREATE TRIGGER submission_is_written_once
    BEFORE UPDATE OR DELETE ON submission
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER submission_is_not_emptied
    BEFORE TRUNCATE ON submission
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER submission_copy_is_written_once
    BEFORE UPDATE OR DELETE ON submission_copy
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_move_is_written_once
    BEFORE UPDATE OR DELETE ON case_move
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_move_is_not_emptied
    BEFORE TRUNCATE ON case_move
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The history of a case has no gap: each move goes on from where the last one led, and leads to
-- where its step in the definition leads, which is where the case is then.
CREATE FUNCTION case_move_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last case_move;
    here client_case;
BEGIN
    SELECT * INTO last FROM case_move WHERE case_id = NEW.case_id ORDER BY ordinal DESC LIMIT 1;
    SELECT * INTO here FROM client_case WHERE id = NEW.case_id;
    IF NEW.from_state <> last.to_state
       OR NEW.to_state <> here.state
       OR NEW.case_type <> here.case_type
       OR NEW.program_id <> here.program_id
       OR EXISTS (SELECT 1 FROM case_step
                   WHERE program_id = NEW.program_id AND version = NEW.definition_version
                     AND case_type = NEW.case_type AND move = NEW.move
                     AND from_state = NEW.from_state AND to_state <> NEW.to_state) THEN
        RAISE EXCEPTION 'case %: its history goes on from where it was to where it is', NEW.case_id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'case_move_goes_on';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER case_move_goes_on
    BEFORE INSERT ON case_move
    FOR EACH ROW EXECUTE FUNCTION case_move_goes_on();
