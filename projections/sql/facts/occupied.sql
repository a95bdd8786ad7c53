-- occupied: each carer's complete attendances at visits of people who are known, cut at midnight (UTC), so that only those
-- of one day need be held against each other. `arrived` is the carer's first check-in at the visit.
-- Kept: by visit.
WITH stay AS (
    SELECT
        provider, visit, carer, person, came, went,
        min(came) OVER (PARTITION BY provider, visit, carer) AS arrived
    FROM attendances
    JOIN visits USING (provider, visit)
    WHERE person IS NOT NULL AND came IS NOT NULL
), split AS (
    SELECT *, unnest(range(date_trunc('day', came), went, INTERVAL 1 DAY)) AS day
    FROM stay
    WHERE came < went
)
SELECT
    provider, visit, carer, person, arrived, day,
    greatest(came, day) AS from_time,
    least(went, day + INTERVAL 1 DAY) AS until_time
FROM split
