-- late_call: the first carer came later than the council or the contract allows.
-- Rule: first check-in after due start + `late_after` (the line's own, else `critical_late_after` where the line is
-- time-critical, else `late_after` of the contract's terms or the policy).
-- Why: one visit in ten started over half an hour late in the logs of 31 councils; late medicine or food can do harm.
-- Source: Corporate Watch, "Short, badly paid and late"; local contracts set the window.
-- Thresholds: late_after, critical_late_after
-- Kept: by visit.
SELECT
    'late_call' AS kind,
    visit_key('late_call', provider, visit) AS key,
    CASE WHEN time_critical THEN 'high' ELSE 'medium' END AS severity,
    provider, contract, person, visit,
    due_start AS since,
    minutes(due_start, first_in) AS minutes,
    price(minutes(due_start, first_in), rate) AS pence,
    'The first carer came ' || minutes(due_start, first_in) || ' minutes late; ' || late_after || ' are allowed.' AS reason,
    evidence,
    CASE WHEN judged_as_critical THEN json_object('critical_late_after', late_after)
         ELSE json_object('late_after', late_after) END AS policy
FROM visits
WHERE judged
  AND first_in > due_start + to_minutes(late_after)
