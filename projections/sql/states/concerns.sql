-- concerns: every concern that was spoken of, and every draft of one, and how far it has come.
WITH spoken AS (
    SELECT concern FROM said.concern_drafted
    UNION
    SELECT concern FROM said.concern_raised
    UNION
    SELECT concern FROM said.concern_triaged
    UNION
    SELECT concern FROM said.concern_enquiry_concluded
    UNION
    SELECT concern FROM said.concern_closed
)
SELECT
    concern,
    CASE
        WHEN closed.time IS NOT NULL THEN 'closed'
        WHEN concluded.time IS NOT NULL THEN 'concluded'
        WHEN triaged.decision IN ('section_42_enquiry', 'other_enquiry') THEN 'enquiry'
        WHEN triaged.time IS NOT NULL THEN 'triaged'
        WHEN raised.time IS NOT NULL THEN 'raised'
        WHEN dismissed.time IS NOT NULL THEN 'dismissed'
        ELSE 'drafted'
    END AS status,
    coalesce(raised.person, drafted.person) AS person,
    coalesce(raised.provider, drafted.provider) AS provider,
    drafted.time AS drafted_at, drafted.ground, raised.time AS raised_at, triaged.time AS triaged_at, triaged.decision,
    concluded.time AS concluded_at, closed.time AS closed_at
FROM spoken
LEFT JOIN said.concern_drafted AS drafted USING (concern)
LEFT JOIN said.concern_draft_dismissed AS dismissed USING (concern)
LEFT JOIN held.concern_raised AS raised USING (concern)
LEFT JOIN held.concern_triaged AS triaged USING (concern)
LEFT JOIN held.concern_enquiry_concluded AS concluded USING (concern)
LEFT JOIN held.concern_closed AS closed USING (concern)
ORDER BY coalesce(raised.time, drafted.time, triaged.time, concluded.time, closed.time) DESC, concern
