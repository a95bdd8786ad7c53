-- incomplete_double_up: a visit for two or more carers at which so many were together for too short a time.
-- Rule: `carers` of 2 or more, every coming has its going, and so many carers were there together for less than
-- `double_up_share` of the time due. A visit that was short altogether is a short_call instead.
-- Why: moving a person with one carer where two are needed can injure both.
-- Source: findings.md; English survey of double-handed care reviews, doi 10.1111/hsc.13980.
-- Thresholds: double_up_share
-- Kept: by visit.
SELECT
    'incomplete_double_up' AS kind,
    visit_key('incomplete_double_up', provider, visit) AS key,
    'high' AS severity,
    provider, contract, person, visit,
    first_in AS since,
    due_minutes - together_us // 60_000_000 AS minutes,
    price(due_minutes - together_us // 60_000_000, rate) AS pence,
    carers || ' carers were together for ' || together_us // 60_000_000 || ' of ' || due_minutes || ' minutes.' AS reason,
    evidence,
    json_object('double_up_share', double_up_share) AS policy
FROM visits
ANTI JOIN short_call USING (provider, visit)
WHERE judged
  AND carers >= 2
  AND state = 'attended' AND NOT unknown
  AND together_us < double_up_share * due_minutes * 60_000_000
