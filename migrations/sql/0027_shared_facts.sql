-- Whether a letter brings a code is decided when it is asked for.
DROP TRIGGER letter_keeps_its_subject ON letter;
CREATE TRIGGER letter_keeps_its_subject BEFORE UPDATE ON letter
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'registration_id', 'program_id', 'kind', 'replaces_id', 'due_at');

-- Failures are counted for one number of one program.
CREATE TRIGGER business_tries_keeps_its_subject BEFORE UPDATE ON business_tries
    FOR EACH ROW EXECUTE FUNCTION keep_columns('program_id', 'number');
