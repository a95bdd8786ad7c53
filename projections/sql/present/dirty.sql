-- dirty: the visits that must be read anew, given `touched`, `turned`, `visits_spoken` and how it stood before.
CREATE OR REPLACE TEMP TABLE dirty AS
WITH found AS (
    FROM visits_spoken
    UNION
    -- Their contract, their person or their provider was spoken of, or what was said has come into effect.
    SELECT provider, visit FROM visits WHERE contract IN (SELECT contract FROM turned WHERE contract IS NOT NULL)
    UNION
    SELECT provider, visit FROM visits WHERE person IN (SELECT person FROM turned WHERE person IS NOT NULL)
    UNION
    SELECT provider, visit FROM visits WHERE provider IN (SELECT provider FROM touched WHERE name = 'provider_registered')
    UNION
    -- A moment has come at which they are judged otherwise.
    SELECT provider, visit FROM visits
    WHERE due_start BETWEEN getvariable('clock_before') AND clock()
       OR due_start + to_minutes(missed_after) BETWEEN getvariable('clock_before') AND clock()
       OR due_end + to_hours(evidence_hours) BETWEEN getvariable('clock_before') AND clock()
       OR due_end + to_minutes(open_after) BETWEEN getvariable('clock_before') AND clock()
    UNION
    -- Their provider has been heard since the call was overdue, and had not been before.
    SELECT provider, visit
    FROM visits
    JOIN providers USING (provider)
    LEFT JOIN providers_before USING (provider)
    WHERE state = 'missed' AND providers.heard_until IS DISTINCT FROM providers_before.heard_until
      AND due_start + to_minutes(missed_after)
          BETWEEN coalesce(providers_before.heard_until, '-infinity') AND coalesce(providers.heard_until, 'infinity')
)
SELECT found.*, begun FROM found JOIN first_said USING (provider, visit);
