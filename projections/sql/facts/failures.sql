-- failures: calls of which it is sure that they were missed: said to be, or with all evidence in.
SELECT provider, contract, person, visit, stage, since AS due_start, evidence
FROM missed_call
WHERE stage IN ('confirmed', 'declared')
