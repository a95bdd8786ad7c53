-- owed_before: the contracts for which something was owed at the visits that are read anew.
CREATE OR REPLACE TEMP TABLE owed_before AS
SELECT DISTINCT provider, contract FROM payable SEMI JOIN judged_anew USING (begun);
