-- A document is evidence: what came, from whom and when, never changes. What becomes of it is
-- written once: that it was scanned, that the store keeps nothing of it any more.
CREATE TRIGGER document_keeps_what_came BEFORE UPDATE ON document
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'part_id', 'question', 'key', 'name', 'kind', 'size', 'sha256', 'pages',
        'sent_by', 'sent_at');
CREATE TRIGGER document_is_purged_once BEFORE UPDATE ON document
    FOR EACH ROW EXECUTE FUNCTION keep_set('purged_at');

-- A verdict on a file stays: nobody makes an infected document a clean one. Only what could not be
-- scanned, or was not while no scanner was set, may be scanned again.
CREATE FUNCTION document_verdict_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.scan IN ('clean', 'infected') AND NEW.scan <> OLD.scan THEN
        RAISE EXCEPTION 'document %: what the scanner said of it stays', NEW.id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'document_verdict_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_verdict_stays BEFORE UPDATE OF scan ON document
    FOR EACH ROW EXECUTE FUNCTION document_verdict_stays();
