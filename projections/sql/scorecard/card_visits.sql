-- card_visits: every planned visit due in the period, with what became of it, each in one word, and what was failed of it.
-- Rule: the words of findings.md and nothing else. An became is known once somebody came, or it is sure that nobody did;
-- `missed_presumed` (evidence may still arrive), `cannot_assess` (the feed is silent), `away` (nobody at home, and nobody
-- says that a call was missed) and `open` are neither good nor bad. `failed` is findings.md's F, visit by visit.
-- Source: findings.md, "Cannot assess is not passed" and "Causes are kept apart".
SELECT
    visits.provider, visits.visit, visits.contract, visits.person, visits.kind, due_on, visits.judged, visits.match, rate,
    CASE
        WHEN state = 'attended' AND NOT unknown THEN 'attended'
        WHEN state = 'attended' THEN 'unknown'
        WHEN state = 'frustrated' THEN 'frustrated'
        WHEN state = 'cancelled' THEN 'cancelled_by_' || cancelled_by
        WHEN state = 'open' THEN 'open'
        WHEN missed.stage IS NULL THEN 'away'
        WHEN missed.stage = 'cannot_assess' THEN 'cannot_assess'
        ELSE 'missed_' || missed.stage
    END AS became,
    became IN ('attended', 'unknown') AS came,
    first_in IS NOT NULL AS timed,
    late.visit IS NOT NULL AS late,
    coalesce(first_in > due_start + INTERVAL 30 MINUTE, false) AS late_by_30,
    CASE WHEN late.visit IS NOT NULL THEN minutes(due_start, first_in) END AS late_minutes,
    early.visit IS NOT NULL AS early,
    short_agreed,
    short.visit IS NOT NULL AS short,
    present_us >= 30 * 60_000_000 AS of_30,
    due_minutes >= 30 AS for_30,
    carers >= 2 AS double_up,
    alone.visit IS NOT NULL AS incomplete,
    due_carer_minutes::BIGINT AS due,
    delivered,
    CASE
        WHEN visits.judged AND (unknown OR missed.stage = 'cannot_assess') THEN 0
        WHEN missed.visit IS NOT NULL OR became = 'cancelled_by_provider' AND visits.judged THEN due_carer_minutes
        WHEN alone.visit IS NOT NULL OR short.visit IS NOT NULL AND NOT tasks_done THEN due_carer_minutes - delivered
        ELSE 0
    END::BIGINT AS failed
FROM visits
CROSS JOIN period
LEFT JOIN missed_call AS missed USING (provider, visit)
LEFT JOIN late_call AS late USING (provider, visit)
LEFT JOIN early_call AS early USING (provider, visit)
LEFT JOIN short_call AS short USING (provider, visit)
LEFT JOIN incomplete_double_up AS alone USING (provider, visit)
WHERE planned_start IS NOT NULL AND due_on BETWEEN first_on AND last_on
