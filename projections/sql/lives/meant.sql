-- meant: of each finding that ends, what was said of its subject since the last look.
-- Of a call: what was said of the visit, and of its contract and person. Of a package or person: whatever names it,
-- its visits too. Of a provider alone: whatever it said.
CREATE OR REPLACE TEMP TABLE meant AS
WITH told AS (
    SELECT
        name, position, spoken.visit IS NULL AS of_no_visit, provider, visit,
        coalesce(spoken.contract, visits.contract) AS contract, coalesce(spoken.person, visits.person) AS person
    FROM spoken LEFT JOIN visits USING (provider, visit)
)
SELECT finding, name, told.position FROM ending JOIN told USING (provider, visit)
UNION
SELECT finding, name, told.position FROM ending JOIN told USING (contract)
WHERE ending.visit IS NULL OR of_no_visit
UNION
SELECT finding, name, told.position FROM ending JOIN told USING (person)
WHERE ending.visit IS NULL OR of_no_visit
UNION
SELECT finding, name, told.position FROM ending JOIN told USING (provider)
WHERE ending.visit IS NULL AND ending.contract IS NULL AND ending.person IS NULL;
