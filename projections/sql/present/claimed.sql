-- What the invoices judged anew are held against: what is owed for the visits that they name, or that their lines at large
-- may mean, and every line that names one of these.
CREATE OR REPLACE TEMP TABLE mine AS
WITH said AS MATERIALIZED (SELECT position FROM log.invoice_submitted SEMI JOIN invoices_anew USING (provider, invoice))
FROM claims SEMI JOIN said USING (position);

CREATE OR REPLACE TEMP TABLE owed_at_large AS
SELECT begun
FROM payable
SEMI JOIN (FROM mine WHERE visit IS NULL) AS at_large USING (provider, contract);

-- Found by what is short first: the long rows of all others are not read.
CREATE OR REPLACE TABLE near.payable AS
FROM payable
WHERE begun IN (SELECT begun FROM payable SEMI JOIN mine USING (provider, visit) UNION FROM owed_at_large);

CREATE OR REPLACE TABLE near.claims AS
FROM mine
UNION ALL
FROM claims
SEMI JOIN (SELECT provider, visit FROM payable SEMI JOIN owed_at_large USING (begun)) AS owed USING (provider, visit)
ANTI JOIN invoices_anew USING (provider, invoice);
