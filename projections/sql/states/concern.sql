-- concern: one concern as it has been spoken of. What it is about is kept from this view: only its course is shown.
SELECT
    getvariable('ref') AS concern,
    raised.time AS raised_at, raised.person, raised.provider, raised.contract, raised.risk_types, raised.harm,
    triaged.time AS triaged_at, triaged.decision, triaged.has_care_needs, triaged.at_risk, triaged.cannot_protect_self,
    concluded.time AS concluded_at, concluded.risk_assessment, concluded.risk_outcome, concluded.wishes_asked,
    concluded.wishes_met,
    closed.time AS closed_at
FROM (SELECT getvariable('ref') AS concern) AS asked
LEFT JOIN held.concern_raised AS raised USING (concern)
LEFT JOIN held.concern_triaged AS triaged USING (concern)
LEFT JOIN held.concern_enquiry_concluded AS concluded USING (concern)
LEFT JOIN held.concern_closed AS closed USING (concern)
