-- no_longer_needed: a contract still in force for care that nobody needs or takes any more. The first ground that holds is named.
-- Rule: in force today, and the person died, moved to a care home, moved away or is not eligible any more; or is in hospital, or
-- the package suspended, for more than `hospital_days`; or declined every visit, or had none kept or missed (idle), for
-- `idle_days`. `pence` is what could have been avoided: the price since then, less the notice that had to be given anyway.
-- `exit_on` is the day on which the council can be out of the contract.
-- Why: "councils become stuck in contracts for things that are no longer needed".
-- Source: Malcolm Hunter, "Social care must be insourced too"; Ombudsman decision, Lancashire 20 008 898.
-- Thresholds: idle_days, hospital_days
WITH in_force AS (
    SELECT contracts.*, contract_terms.weekly_minutes, contract_terms.rate, contract_terms.notice_days
    FROM contracts
    JOIN contract_terms USING (contract)
    WHERE this_day() BETWEEN starts_on AND in_force_until
      AND this_day() BETWEEN contract_terms.from_on AND contract_terms.until_on
), lately AS (
    SELECT
        contract, provider, flatten(list(evidence)) AS evidence,
        bool_and(state = 'cancelled' AND cancelled_by = 'person'
                 AND cancelled_reason IN ('declined', 'family_covering', 'not_home')) AS all_declined
    FROM visits CROSS JOIN today
    WHERE due_on >= since_day() AND due_on BETWEEN today - idle_days AND today - 1
    GROUP BY ALL
), ground AS (
    SELECT
        contract, list_position(['died', 'moved_to_care_home', 'moved_away'], code) AS place, code AS word,
        min("on") AS since, [arg_min(position, "on")] AS evidence
    FROM in_force JOIN held.person_life_event AS event USING (person)
    WHERE place IS NOT NULL AND "on" BETWEEN starts_on AND this_day()
    GROUP BY ALL
    UNION ALL
    SELECT contract, 4, 'not_eligible', max(assessed_on), [arg_max(position, assessed_on)]
    FROM in_force JOIN held.person_need_assessed USING (person)
    WHERE assessed_on BETWEEN starts_on AND this_day()
    GROUP BY contract
    HAVING NOT arg_max(eligible, assessed_on)
    UNION ALL
    SELECT contract, 5, 'hospital', greatest(min(from_on), any_value(starts_on)), [arg_min(position, from_on)]
    FROM in_force JOIN absences USING (person) CROSS JOIN today
    WHERE reason = 'hospital' AND greatest(from_on, starts_on) < today - hospital_days AND today < until_on
    GROUP BY contract
    UNION ALL
    SELECT contract, 6, 'suspended', greatest(min(from_on), any_value(starts_on)), [arg_min(position, from_on)]
    FROM in_force JOIN suspensions USING (contract) CROSS JOIN today
    WHERE greatest(from_on, starts_on) < today - hospital_days AND today <= until_on
    GROUP BY contract
    UNION ALL
    SELECT contract, 7, 'declined', today - idle_days, lately.evidence
    FROM in_force JOIN lately USING (contract, provider) CROSS JOIN today
    WHERE kind NOT IN ('direct_payment', 'individual_service_fund', 'block') AND all_declined
    UNION ALL
    SELECT contract, 8, 'idle', today - idle_days, coalesce(idle.evidence, [])
    FROM idle JOIN in_force USING (contract) CROSS JOIN today
)
SELECT
    'no_longer_needed' AS kind,
    'no_longer_needed:' || contract AS key,
    CASE WHEN place <= 4 THEN 'high' ELSE 'medium' END AS severity,
    provider, contract, person,
    since,
    (2 * weekly_minutes::HUGEINT * rate * greatest(0, this_day() - since - notice_days) + 420) // 840 AS pence,
    coalesce(notice_ends_on, this_day() + notice_days) AS exit_on,
    word || ' since ' || since || ', and the contract is still in force.' AS reason,
    list_concat(in_force.evidence, ground.evidence) AS evidence,
    CASE WHEN word IN ('hospital', 'suspended') THEN json_object('hospital_days', hospital_days)
         WHEN word IN ('declined', 'idle') THEN json_object('idle_days', idle_days)
         ELSE json_object() END AS policy
FROM in_force
JOIN ground USING (contract)
CROSS JOIN today
QUALIFY row_number() OVER (PARTITION BY contract ORDER BY place) = 1
