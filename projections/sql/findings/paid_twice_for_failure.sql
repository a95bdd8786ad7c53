-- paid_twice_for_failure: a contract makes up for one that failed, and the failed one still runs.
-- Rule: in force today, and `compensates_for` another contract that is in force today too. `pence` is what the failed one
-- costs a week.
-- Why: the council pays one provider to fail and another to make it good.
-- Source: Malcolm Hunter, "Social care must be insourced too" ("to compensate for the failure of the original service").
-- Thresholds: none
SELECT
    'paid_twice_for_failure' AS kind,
    'paid_twice_for_failure:' || made_good.contract AS key,
    'high' AS severity,
    made_good.provider, made_good.contract, made_good.person,
    made_good.starts_on AS since,
    NULL::BIGINT AS minutes,
    failed.pence_a_week AS pence,
    'It makes up for the contract ' || failed.contract || ', which still runs.' AS reason,
    list_concat(made_good.evidence, failed.evidence) AS evidence,
    json_object() AS policy
FROM contracts_today AS made_good
JOIN contracts_today AS failed ON failed.contract = made_good.compensates_for
WHERE failed.contract <> made_good.contract
