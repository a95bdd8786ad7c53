-- overlapping_carer: one carer was recorded at two people's visits at once.
-- Rule: a carer of one provider is in attendance at two visits of different, known people for more than `overlap_minutes`
-- in all. It is held against the visit at which that carer checked in later.
-- Why: nobody can be in two homes at once; one of the two was not given as recorded.
-- Source: Ombudsman decision, Coventry 24 006 911 (log-ins without attendance were alleged).
-- Thresholds: overlap_minutes
-- Kept: by visit.
WITH both_at_once AS (
    SELECT
        later.provider, later.visit, earlier.visit AS other, later.carer,
        min(greatest(later.from_time, earlier.from_time)) AS since,
        sum(microseconds(greatest(later.from_time, earlier.from_time), least(later.until_time, earlier.until_time))) AS together
    FROM occupied AS later
    JOIN occupied AS earlier USING (provider, carer, day)
    WHERE later.visit <> earlier.visit
      AND later.person <> earlier.person
      AND (later.arrived, later.visit) > (earlier.arrived, earlier.visit)
      AND later.from_time < earlier.until_time
      AND earlier.from_time < later.until_time
    GROUP BY ALL
)
SELECT
    'overlapping_carer' AS kind,
    visit_key('overlapping_carer', visits.provider, visits.visit) || '/' || other AS key,
    'high' AS severity,
    visits.provider, visits.contract, visits.person, visits.visit, carer,
    since,
    together // 60_000_000 AS minutes,
    price(together // 60_000_000, visits.rate) AS pence,
    'The same carer was at another person''s visit, ' || other || ', for ' || together // 60_000_000 || ' of these minutes.' AS reason,
    list_concat(visits.evidence, others.evidence) AS evidence,
    json_object('overlap_minutes', visits.overlap_minutes) AS policy
FROM both_at_once
JOIN visits ON (visits.provider, visits.visit) = (both_at_once.provider, both_at_once.visit)
JOIN visits AS others ON (others.provider, others.visit) = (both_at_once.provider, both_at_once.other)
WHERE together > visits.overlap_minutes * 60_000_000
