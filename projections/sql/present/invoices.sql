-- Which lines, and which invoices, must be held against their visits anew, given `touched`, `turned`, `judged_anew` and `owed_before`.

-- spoken: invoices that have been said or taken back, with all that was ever said of them.
CREATE OR REPLACE TEMP TABLE invoices_spoken AS
SELECT provider, invoice FROM log.invoice_submitted SEMI JOIN touched USING (position)
UNION
SELECT provider, visit FROM touched WHERE name = 'statement_retracted' AND provider IS NOT NULL;

CREATE OR REPLACE TEMP TABLE positions_spoken AS
SELECT position FROM log.invoice_submitted SEMI JOIN invoices_spoken USING (provider, invoice);

-- named: the visits that these name, or named before: whose line is the first may be another now.
CREATE OR REPLACE TEMP TABLE visits_named AS
SELECT provider, visit FROM log.invoice_line SEMI JOIN positions_spoken USING (position) WHERE visit IS NOT NULL
UNION
SELECT provider, visit FROM claims SEMI JOIN positions_spoken USING (position) WHERE visit IS NOT NULL;

-- claimed: who else has claimed these, or what is owed anew.
CREATE OR REPLACE TEMP TABLE claimed AS
SELECT provider, visit, invoice
FROM claims
SEMI JOIN (FROM visits_named UNION SELECT provider, visit FROM judged_anew) AS owed USING (provider, visit);

-- scope: invoices whose lines are read anew.
CREATE OR REPLACE TABLE scope.invoices AS
FROM invoices_spoken
UNION
SELECT provider, invoice FROM claimed SEMI JOIN visits_named USING (provider, visit);

-- anew: invoices that are judged anew. Lines at large are held against what no line names.
CREATE OR REPLACE TEMP TABLE invoices_anew AS
FROM invoices_spoken
UNION
SELECT provider, invoice FROM claimed
UNION
SELECT provider, invoice FROM claims SEMI JOIN turned USING (contract)
UNION
SELECT provider, invoice
FROM claims
SEMI JOIN (
    FROM owed_before
    UNION
    SELECT provider, contract FROM payable SEMI JOIN judged_anew USING (begun)
    UNION
    SELECT provider, contract FROM payable SEMI JOIN visits_named USING (provider, visit)
) AS owed USING (provider, contract)
WHERE visit IS NULL;
