-- unmatched_visit: a visit that belongs to no contract of that provider, for that person, on that day.
-- Rule: due by the clock, not cancelled, and not matched; `reason` names the first ground that holds.
-- Why: care outside a contract is charged after death, in suspension or to the wrong package.
-- Source: Ombudsman decision, Lancashire 20 008 898 (charged in hospital and after death).
-- Thresholds: none
-- Kept: by visit.
SELECT
    'unmatched_visit' AS kind,
    visit_key('unmatched_visit', provider, visit) AS key,
    'medium' AS severity,
    provider, contract, person, visit,
    due_start AS since,
    due_minutes AS minutes,
    price(due_minutes, rate) AS pence,
    match || ': ' || CASE match
        WHEN 'after_death'      THEN 'the person had died before the day.'
        WHEN 'contract_unknown' THEN 'the contract is not known.'
        WHEN 'other_provider'   THEN 'the contract is another provider''s.'
        WHEN 'other_person'     THEN 'the contract is for another person.'
        WHEN 'out_of_contract'  THEN 'the contract was not in force on the day.'
        WHEN 'suspended'        THEN 'the contract was suspended on the day.'
    END AS reason,
    evidence,
    json_object() AS policy
FROM visits
WHERE planned_start IS NOT NULL
  AND match <> 'matched'
  AND state <> 'cancelled'
  AND due_start <= clock()
