-- implausible_times: times that cannot be true.
-- Rule: the plan ends no later than it starts; or an attendance lasts over `longest_hours` (live-in care excepted); or a
-- check-in or check-out lies more than `ahead_minutes` after the moment at which it was received.
-- Why: a record that cannot be true is no evidence of care given.
-- Source: Ombudsman decision, Bolton 22 016 488 (poor records of times and durations).
-- Thresholds: longest_hours, ahead_minutes
-- Kept: by visit.
WITH tapped AS (
    SELECT provider, visit, time, received_at FROM said.visit_checked_in
    UNION ALL
    SELECT provider, visit, time, received_at FROM said.visit_checked_out
), ahead AS (
    SELECT provider, visit, min(time) AS since
    FROM tapped JOIN visits USING (provider, visit)
    WHERE time > received_at + to_minutes(ahead_minutes)
    GROUP BY ALL
), long AS (
    SELECT provider, visit, min(came) AS since
    FROM attendances JOIN visits USING (provider, visit)
    WHERE came IS NOT NULL AND microseconds(came, went) > longest_hours * 3_600_000_000::BIGINT
      AND service IS DISTINCT FROM 'live_in'
    GROUP BY ALL
)
SELECT
    'implausible_times' AS kind,
    visit_key('implausible_times', provider, visit) AS key,
    'medium' AS severity,
    provider, contract, person, visit,
    coalesce(least(ahead.since, long.since), planned_start) AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    CASE WHEN ahead.since IS NOT NULL THEN 'It is recorded at a time that had not yet come when it was received.'
         WHEN long.since IS NOT NULL THEN 'A carer is recorded as having stayed for more than ' || longest_hours || ' hours.'
         ELSE 'The plan ends no later than it starts.' END AS reason,
    evidence,
    json_object('longest_hours', longest_hours, 'ahead_minutes', ahead_minutes) AS policy
FROM visits
LEFT JOIN ahead USING (provider, visit)
LEFT JOIN long USING (provider, visit)
WHERE ahead.since IS NOT NULL
   OR long.since IS NOT NULL
   OR planned_end <= planned_start
