-- scope: what a scorecard of a short period needs of the log: the visits that may fall into it, and all else but visits.
-- Everything may be in it that changes nothing; what is left out must not change an answer. A visit is due within a day of
-- its first planned start, or when it was moved to; two days more are for the hours between London's days and UTC's.
CREATE SCHEMA IF NOT EXISTS scope;
CREATE OR REPLACE TABLE scope.visits AS
SELECT provider, visit FROM log.visit_scheduled
WHERE planned_start BETWEEN getvariable('period_from')::DATE - 3 AND getvariable('period_to')::DATE + 4
UNION
SELECT provider, visit FROM log.visit_rescheduled
WHERE planned_start BETWEEN getvariable('period_from')::DATE - 3 AND getvariable('period_to')::DATE + 4
UNION
SELECT provider, visit FROM log.visit_checked_in
WHERE time BETWEEN getvariable('period_from')::DATE - 1 AND getvariable('period_to')::DATE + 2
UNION
SELECT provider, visit FROM log.visit_checked_out
WHERE time BETWEEN getvariable('period_from')::DATE - 1 AND getvariable('period_to')::DATE + 2
UNION
SELECT provider, visit FROM log.visit_frustrated
WHERE time BETWEEN getvariable('period_from')::DATE - 1 AND getvariable('period_to')::DATE + 2
UNION
SELECT provider, visit FROM log.visit_missed
WHERE time BETWEEN getvariable('period_from')::DATE - 1 AND getvariable('period_to')::DATE + 2;

-- The invoices that claim any of them or that end in the period, and whatever else these claim: a line counts where its visit does.
CREATE OR REPLACE TABLE scope.invoices AS
SELECT provider, invoice FROM log.invoice_line SEMI JOIN scope.visits USING (provider, visit)
UNION
SELECT provider, invoice FROM log.invoice_submitted
WHERE period_end_on BETWEEN getvariable('period_from')::DATE AND getvariable('period_to')::DATE;

INSERT INTO scope.visits
SELECT DISTINCT provider, visit
FROM log.invoice_line SEMI JOIN scope.invoices USING (provider, invoice)
ANTI JOIN scope.visits USING (provider, visit)
WHERE visit IS NOT NULL;

-- Who claimed one of these before, in whichever invoice.
INSERT INTO scope.invoices
SELECT DISTINCT provider, invoice
FROM log.invoice_line SEMI JOIN scope.visits USING (provider, visit)
ANTI JOIN scope.invoices USING (provider, invoice);

CREATE OR REPLACE TABLE scope.contracts AS
SELECT DISTINCT contract FROM log.contract_commissioned
UNION
SELECT DISTINCT contract FROM log.contract_varied;

CREATE OR REPLACE TABLE scope.people AS
SELECT DISTINCT person FROM log.person_life_event;

CREATE OR REPLACE TABLE scope.providers AS
SELECT DISTINCT provider FROM scope.visits
UNION
SELECT DISTINCT provider FROM log.contract_commissioned;
