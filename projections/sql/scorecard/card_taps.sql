-- card_taps: how a provider logs: its check-ins and check-outs in the period, and the attendances that began in it.
-- Rule: as manual_share, backdated_entry and round_times have it, over the period; `exact` begin and end to the second as planned.
-- Source: findings.md, "Evidence: can the record be believed?".
WITH tapped AS (
    SELECT
        taps.provider,
        count(*) AS taps,
        count(*) FILTER (method = 'manual') AS manual,
        count(*) FILTER (recordedtime > taps.time + to_hours(visits.backdated_hours)) AS backdated
    FROM taps
    JOIN visits USING (provider, visit)
    CROSS JOIN period
    WHERE taps.time >= begins_at AND taps.time < ends_at
    GROUP BY ALL
), stayed AS (
    SELECT
        attendances.provider,
        count(*) AS stays,
        count(*) FILTER (
            date_trunc('second', came) = date_trunc('second', planned_start)
            AND date_trunc('second', went) = date_trunc('second', planned_end)) AS exact
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
SELECT provider, taps, manual, backdated, stays, exact, unplanned
FROM tapped
FULL JOIN stayed USING (provider)
FULL JOIN unplanned USING (provider)
