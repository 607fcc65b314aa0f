-- What was asked stays what it was, and what is settled stays settled.
CREATE TRIGGER client_ask_keeps_its_subject BEFORE UPDATE ON client_ask
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'account_id', 'list_id', 'number', 'comment', 'asked_by', 'asked_at');
CREATE TRIGGER client_ask_is_settled_once BEFORE UPDATE ON client_ask
    FOR EACH ROW EXECUTE FUNCTION keep_final('state', 'withdrawn', 'answered', 'skipped');
CREATE TRIGGER client_list_keeps_its_subject BEFORE UPDATE ON client_list
    FOR EACH ROW EXECUTE FUNCTION keep_columns('account_id', 'token', 'begun_by', 'begun_at');
