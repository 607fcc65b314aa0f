-- A line of the ledger says for ever what it is: how much, of which day, of whom, by whom. What has
-- become of it since, a later file may say.
-- Only for what names one of these columns: a file may say anew what has become of 100,000 lines.
CREATE TRIGGER ledger_line_keeps_what_it_is
    BEFORE UPDATE OF program_id, registry_entry_id, program_account, kind, number, dated, amount,
        submitted_by ON ledger_line
    FOR EACH ROW EXECUTE FUNCTION keep_columns(
        'program_id', 'registry_entry_id', 'program_account', 'kind', 'number', 'dated', 'amount',
        'submitted_by');
CREATE TRIGGER ledger_line_is_never_removed BEFORE DELETE ON ledger_line
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_line_is_not_emptied BEFORE TRUNCATE ON ledger_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- It is of one of its business's program accounts, and of none where the business has none. It stays
-- so when the registry takes the account away later: what was owed is not forgotten.
CREATE FUNCTION ledger_line_has_its_account() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    accounts text[];
BEGIN
    SELECT program_accounts INTO accounts FROM registry_entry
     WHERE id = NEW.registry_entry_id;
    IF (NEW.program_account IS NULL AND cardinality(accounts) > 0)
       OR (NEW.program_account IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM unnest(accounts) AS one
                            WHERE left(one, 6) = NEW.program_account)) THEN
        RAISE EXCEPTION 'ledger line %: its business has no program account %',
              NEW.number, coalesce(NEW.program_account, 'of that kind')
              USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_line_has_its_account';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_line_has_its_account
    BEFORE INSERT ON ledger_line
    FOR EACH ROW EXECUTE FUNCTION ledger_line_has_its_account();
