-- turned: the contracts and people of whom something was said, given `touched`, or has come into effect since `day_before`.
CREATE OR REPLACE TEMP TABLE turned AS
SELECT contract, NULL AS person FROM log.contract_varied
WHERE effective_on > getvariable('day_before') AND effective_on <= this_day()
UNION ALL
SELECT NULL, person FROM log.person_life_event
WHERE "on" > getvariable('day_before') AND "on" <= this_day()
UNION ALL
SELECT contract, CASE WHEN name IN ('person_life_event', 'statement_retracted') THEN person END
FROM touched WHERE visit IS NULL;

-- visits_spoken: the visits of which something was said, or taken back.
CREATE OR REPLACE TEMP TABLE visits_spoken AS
SELECT provider, visit FROM touched WHERE visit IS NOT NULL
UNION
SELECT report.provider, report.visit
FROM touched
JOIN log.visit_reported AS report ON touched.contract = report.visit
WHERE touched.name = 'statement_retracted';
