-- round_times: carers come and go to the second as planned, too often to be true.
-- Rule: in the last complete week, of `round_min` or more attendances, more than `round_share` begin and end exactly on the
-- planned start and end.
-- Why: real visits vary by minutes; times that never do were copied from the roster.
-- Source: Ombudsman decision, Bolton 22 016 488 (retrospective entries were alleged).
-- Thresholds: round_share, round_min
WITH stay AS (
    SELECT
        provider, visits.evidence,
        coalesce(whole_second(came) = whole_second(planned_start) AND whole_second(went) = whole_second(planned_end), false) AS exact
    FROM attendances
    JOIN last_week ON came >= begins_at AND came < ends_at
    JOIN visits USING (provider, visit)
    WHERE came >= since_day() AND went IS NOT NULL
)
SELECT
    'round_times' AS kind,
    'round_times:' || provider || '/' || monday AS key,
    'medium' AS severity,
    provider,
    monday AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    count(*) FILTER (exact) || ' of ' || count(*) || ' attendances of the week began and ended exactly as planned.' AS reason,
    flatten(list(evidence) FILTER (exact)) AS evidence,
    json_object('round_share', round_share, 'round_min', round_min) AS policy
FROM stay CROSS JOIN last_week
GROUP BY provider, monday, round_share, round_min
HAVING count(*) >= round_min AND count(*) FILTER (exact) > round_share * count(*)
