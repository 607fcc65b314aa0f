-- A consent says for ever what was agreed to, by whom and when; it is withdrawn once.
CREATE TRIGGER given_consent_keeps_its_subject BEFORE UPDATE ON given_consent
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'account_id', 'program_id', 'consent', 'partner', 'definition_version', 'wording',
        'language', 'given_by', 'given_at');
CREATE TRIGGER given_consent_is_withdrawn_once BEFORE UPDATE ON given_consent
    FOR EACH ROW EXECUTE FUNCTION keep_set('withdrawn_by', 'withdrawn_at');
CREATE TRIGGER consent_partner_is_written_once
    BEFORE UPDATE OR DELETE ON consent_partner
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
