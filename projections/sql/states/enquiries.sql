-- enquiries: what is counted of each concern: when it was raised, decided on and concluded, and with what outcome.
WITH spoken AS (
    SELECT concern FROM held.concern_raised
    UNION
    SELECT concern FROM held.concern_triaged
    UNION
    SELECT concern FROM held.concern_enquiry_concluded
)
SELECT
    concern,
    raised.time AS raised_at, raised.risk_types, raised.location, raised.source_of_risk,
    triaged.time AS triaged_at, triaged.decision,
    concluded.time AS concluded_at, concluded.risk_assessment, concluded.risk_outcome, concluded.lacked_capacity,
    concluded.advocate, concluded.wishes_asked, concluded.wishes_met
FROM spoken
LEFT JOIN held.concern_raised AS raised USING (concern)
LEFT JOIN held.concern_triaged AS triaged USING (concern)
LEFT JOIN held.concern_enquiry_concluded AS concluded USING (concern)
ORDER BY concern
