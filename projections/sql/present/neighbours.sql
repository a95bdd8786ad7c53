-- The visits at which one of the same carers is, or was, said to have been meanwhile.
CREATE OR REPLACE TEMP TABLE stay AS
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
FROM attendances SEMI JOIN $of USING (begun);

-- Most attendances are of other days: they are left out before any is held against another.
SET VARIABLE first_came = (SELECT min(came) FROM stay);
SET VARIABLE last_went = (SELECT max(went) FROM stay);

CREATE OR REPLACE TEMP TABLE $into AS
FROM $of
UNION
SELECT other.provider, other.visit, other.begun
FROM stay
JOIN (
    SELECT provider, visit, begun, carer, coalesce(came, went) AS came, coalesce(went, came) AS went
    FROM attendances
    WHERE coalesce(came, went) <= getvariable('last_went') AND coalesce(went, came) >= getvariable('first_came')
) AS other USING (provider, carer)
WHERE other.came <= stay.went AND other.went >= stay.came;
