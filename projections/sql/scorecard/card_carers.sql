-- card_carers: who came to whom: how many different carers each person saw of a provider, and how often.
-- Rule: carers with a check-in at planned visits due in the period; `visits` counts a carer's coming to a visit once,
-- `most_seen` those of the person's three most frequent carers; `lately` the carers of the last `recent_days` of the period.
-- Source: NICE QS123 statement 3 (a consistent team of home care workers).
WITH seen AS (
    SELECT
        taps.provider, card_visits.person, carer,
        count(DISTINCT visit) AS visits,
        bool_or(taps.time >= ends_at - to_days(recent_days)) AS lately
    FROM taps
    JOIN card_visits USING (provider, visit)
    CROSS JOIN period
    WHERE way = 'in' AND card_visits.person IS NOT NULL
    GROUP BY ALL
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY provider, person ORDER BY visits DESC, carer) AS place FROM seen
)
SELECT
    provider, person,
    count(*) AS carers,
    sum(visits)::BIGINT AS visits,
    sum(visits) FILTER (place <= 3)::BIGINT AS most_seen,
    count(*) FILTER (lately) AS lately
FROM ranked
GROUP BY ALL
