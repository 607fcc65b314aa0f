-- A case goes from state to state by the moves of its definition's version, and is closed where
-- none leads on. A service that forgot a rule, or a hand at the database, is held to the same.
CREATE FUNCTION case_state_follows_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ends boolean;
BEGIN
    SELECT final INTO ends FROM case_state
     WHERE program_id = NEW.program_id AND version = NEW.definition_version
       AND case_type = NEW.case_type AND code = NEW.state;
    IF (NEW.closed_at IS NOT NULL) IS DISTINCT FROM coalesce(ends, false) THEN
        RAISE EXCEPTION 'case %: closed where its state is final, and nowhere else', NEW.id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'case_closed_when_final';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT 1 FROM case_state
                        WHERE program_id = NEW.program_id AND version = NEW.definition_version
                          AND case_type = NEW.case_type AND code = NEW.state AND initial) THEN
            RAISE EXCEPTION 'case %: it begins in its initial state', NEW.id
                  USING ERRCODE = 'check_violation', CONSTRAINT = 'case_begins_initial';
        END IF;
    ELSIF NEW.state <> OLD.state AND NOT EXISTS (
            SELECT 1 FROM case_step
             WHERE program_id = NEW.program_id AND version = NEW.definition_version
               AND case_type = NEW.case_type
               AND from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'case %: no move leads from % to %', NEW.id, OLD.state, NEW.state
              USING ERRCODE = 'check_violation', CONSTRAINT = 'case_state_follows_moves';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER case_state_follows_moves
    BEFORE INSERT OR UPDATE OF state, closed_at, definition_version ON client_case
    FOR EACH ROW EXECUTE FUNCTION case_state_follows_moves();

-- What a published version says of cases is as fixed as its text.
CREATE TRIGGER case_state_is_written_once
    BEFORE UPDATE OR DELETE ON case_state
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_step_is_written_once
    BEFORE UPDATE OR DELETE ON case_step
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER client_case_keeps_its_subject BEFORE UPDATE ON client_case
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'account_id', 'program_id', 'case_type', 'only_one', 'opened_by', 'opened_at');
CREATE TRIGGER case_part_keeps_its_subject BEFORE UPDATE ON case_part
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'case_id', 'section', 'copied_from_id', 'made_by', 'made_at');
CREATE TRIGGER answer_keeps_its_subject BEFORE UPDATE ON answer
    FOR EACH ROW EXECUTE FUNCTION keep_columns('part_id', 'question');
CREATE TRIGGER topic_aside_keeps_its_subject BEFORE UPDATE ON topic_aside
    FOR EACH ROW EXECUTE FUNCTION keep_columns('part_id', 'topic');
CREATE TRIGGER case_part_is_removed_once BEFORE UPDATE ON case_part
    FOR EACH ROW EXECUTE FUNCTION keep_set('removed_by', 'removed_at');
