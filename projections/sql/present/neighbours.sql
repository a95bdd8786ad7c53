-- The visits at which one of the same carers is, or was, said to have been meanwhile.
CREATE OR REPLACE TEMP TABLE $into AS
WITH stay AS (
    SELECT provider, carer, min(time) AS came, max(time) AS went
    FROM (
        SELECT provider, visit, carer, time FROM log.visit_checked_in SEMI JOIN $of USING (provider, visit)
        WHERE position >= $since
        UNION ALL
        SELECT provider, visit, carer, time FROM log.visit_checked_out SEMI JOIN $of USING (provider, visit)
        WHERE position >= $since
    )
    GROUP BY provider, visit, carer
    UNION ALL
    SELECT provider, carer, coalesce(came, went), coalesce(went, came)
    FROM attendances SEMI JOIN $of USING (provider, visit)
)
FROM $of
UNION
SELECT other.provider, other.visit
FROM stay JOIN attendances AS other USING (provider, carer)
WHERE coalesce(other.came, other.went) <= stay.went AND coalesce(other.went, other.came) >= stay.came;
