-- early_call: the first carer came earlier than the council or the contract allows.
-- Rule: first check-in before due start - `early_before` (the line's own, else the contract's terms, else the policy).
-- Why: a meal, a medicine or bedtime moved forward may be no help; it can also hide a roster without travel time.
-- Source: Ombudsman decision, Knowsley 20 008 148 (calls often late or early, no warning).
-- Thresholds: early_before
-- Kept: by visit.
SELECT
    'early_call' AS kind,
    visit_key('early_call', provider, visit) AS key,
    'low' AS severity,
    provider, contract, person, visit,
    first_in AS since,
    minutes(first_in, due_start) AS minutes,
    price(minutes(first_in, due_start), rate) AS pence,
    'The first carer came ' || minutes(first_in, due_start) || ' minutes early; ' || early_before || ' are allowed.' AS reason,
    evidence,
    json_object('early_before', early_before) AS policy
FROM visits
WHERE judged
  AND first_in < due_start - to_minutes(early_before)
