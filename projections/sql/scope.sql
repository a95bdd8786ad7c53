-- scope: what else is needed to judge the visits and contracts that a question begins with (scope.visits, scope.named).
-- Everything may be in it that changes nothing; what is left out must not change an answer.

-- The other contracts of the same people, and those that a contract makes up for, or that draw on it.
CREATE OR REPLACE TABLE scope.contracts AS
SELECT contract FROM scope.named
UNION
SELECT other.contract
FROM log.contract_commissioned AS mine
SEMI JOIN scope.named USING (contract)
JOIN log.contract_commissioned AS other ON other.person = mine.person
UNION
SELECT compensates_for FROM log.contract_commissioned SEMI JOIN scope.named USING (contract)
UNION
SELECT contract FROM log.contract_commissioned WHERE draws_on IN (SELECT contract FROM scope.named);

-- The visits of the contracts named and of those that draw on them, and the visits that are claimed for them.
INSERT INTO scope.visits
SELECT provider, visit
FROM log.visit_scheduled
WHERE contract IN (
    SELECT contract FROM scope.named
    UNION
    SELECT contract FROM log.contract_commissioned WHERE draws_on IN (SELECT contract FROM scope.named))
UNION
SELECT provider, visit FROM log.invoice_line SEMI JOIN scope.named USING (contract) WHERE visit IS NOT NULL;

-- The visits of the people about whom a concern names one of these contracts.
INSERT INTO scope.visits
SELECT provider, visit
FROM log.visit_scheduled
WHERE person IN (SELECT person FROM log.concern_raised WHERE contract IN (SELECT contract FROM scope.named));

-- The visits at which a carer is said to have been while at one of these.
CREATE OR REPLACE TEMP VIEW tapped AS
SELECT provider, visit, carer, time FROM log.visit_checked_in
UNION ALL
SELECT provider, visit, carer, time FROM log.visit_checked_out;

CREATE OR REPLACE TEMP TABLE stays AS
SELECT provider, visit, carer, min(time) AS came, max(time) AS went
FROM tapped
SEMI JOIN (FROM tapped SEMI JOIN scope.visits USING (provider, visit)) AS theirs USING (provider, carer)
GROUP BY ALL;

INSERT INTO scope.visits
SELECT other.provider, other.visit
FROM (FROM stays SEMI JOIN scope.visits USING (provider, visit)) AS mine
JOIN stays AS other USING (provider, carer)
WHERE other.came <= mine.went AND mine.came <= other.went;

-- The invoices that claim any of these visits, or anything under the contracts named.
CREATE OR REPLACE TABLE scope.invoices AS
SELECT provider, invoice FROM log.invoice_line SEMI JOIN scope.visits USING (provider, visit)
UNION
SELECT provider, invoice FROM log.invoice_line SEMI JOIN scope.named USING (contract);

-- The contracts of all these visits, and those under which they are claimed; the people and providers of all.
INSERT INTO scope.contracts
SELECT contract FROM log.visit_scheduled SEMI JOIN scope.visits USING (provider, visit)
UNION
SELECT contract FROM log.invoice_line SEMI JOIN scope.visits USING (provider, visit);

CREATE OR REPLACE TABLE scope.people AS
SELECT person FROM log.visit_scheduled SEMI JOIN scope.visits USING (provider, visit)
UNION
SELECT person FROM log.contract_commissioned SEMI JOIN scope.contracts USING (contract);

CREATE OR REPLACE TABLE scope.providers AS
SELECT provider FROM scope.visits
UNION
SELECT provider FROM log.contract_commissioned SEMI JOIN scope.contracts USING (contract);
