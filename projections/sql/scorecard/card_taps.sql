-- card_taps: how a provider logs: its check-ins and check-outs in the period, and the attendances that began in it.
-- Rule: as manual_share, backdated_entry and round_times have it, over the period; `exact` begin and end to the second as planned.
-- Source: findings.md, "Evidence: can the record be believed?".
WITH tapped AS (
    SELECT provider, count(*) AS taps, count(*) FILTER (method = 'manual') AS manual
    FROM taps CROSS JOIN period
    WHERE time >= begins_at AND time < ends_at
    GROUP BY ALL
), written_later AS MATERIALIZED (
    -- A sieve: few are held against their own visit's hours.
    SELECT taps.provider, visit, taps.time, recordedtime
    FROM taps CROSS JOIN period
    WHERE taps.time >= begins_at AND taps.time < ends_at
      AND recordedtime > taps.time + to_hours((SELECT min(backdated_hours) FROM visits))
), written_late AS (
    SELECT written_later.provider, count(*) AS backdated
    FROM written_later JOIN visits USING (provider, visit)
    WHERE recordedtime > written_later.time + to_hours(visits.backdated_hours)
    GROUP BY ALL
), stayed AS (
    SELECT
        attendances.provider,
        count(*) AS stays,
        count(*) FILTER (
            whole_second(came) = whole_second(planned_start)
            AND whole_second(went) = whole_second(planned_end)) AS exact
    FROM attendances
    JOIN visits USING (provider, visit)
    CROSS JOIN period
    WHERE came >= begins_at AND came < ends_at AND went IS NOT NULL
    GROUP BY ALL
), unplanned AS (
    SELECT unplanned_visit.provider, count(*) AS unplanned
    FROM unplanned_visit CROSS JOIN period
    WHERE since >= begins_at AND since < ends_at
    GROUP BY ALL
)
SELECT provider, taps, manual, coalesce(backdated, 0) AS backdated, stays, exact, unplanned
FROM tapped
LEFT JOIN written_late USING (provider)
FULL JOIN stayed USING (provider)
FULL JOIN unplanned USING (provider)
