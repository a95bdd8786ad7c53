-- concern: one concern as it has been spoken of. What was written of it is kept from this view: only its course is shown.
WITH visits AS (
    SELECT provider, visit FROM log.visit_scheduled
    UNION
    SELECT provider, visit FROM log.visit_checked_in
    UNION
    SELECT provider, visit FROM log.visit_missed
    UNION
    SELECT provider, visit FROM log.visit_frustrated
), linked AS (
    SELECT
        link.source, link.visit,
        (link.source[12:], link.visit) IN (SELECT (provider, visit) FROM visits) AS known
    FROM (SELECT unnest(visits) AS link FROM held.concern_raised WHERE concern = getvariable('ref'))
)
SELECT
    getvariable('ref') AS concern,
    drafted.time AS drafted_at, drafted.finding, drafted.ground, dismissed.time AS dismissed_at,
    raised.time AS raised_at, coalesce(raised.person, drafted.person) AS person,
    coalesce(raised.provider, drafted.provider) AS provider, raised.contract,
    raised.risk_types, raised.location, raised.source_of_risk, raised.harm,
    coalesce(
        (SELECT list(source || '/' || visit ORDER BY source, visit) FROM linked),
        list_transform(drafted.visits, lambda v: v.source || '/' || v.visit), []) AS visits,
    (SELECT list(source || '/' || visit ORDER BY source, visit) FROM linked WHERE NOT known) AS unknown_visits,
    triaged.time AS triaged_at, triaged.decision, triaged.has_care_needs, triaged.at_risk, triaged.cannot_protect_self,
    wishes.time AS wishes_asked_at,
    concluded.time AS concluded_at, concluded.risk_assessment, concluded.risk_outcome, concluded.lacked_capacity,
    concluded.advocate, concluded.wishes_asked, concluded.wishes_met,
    closed.time AS closed_at
FROM (SELECT getvariable('ref') AS concern) AS asked
LEFT JOIN said.concern_drafted AS drafted USING (concern)
LEFT JOIN said.concern_draft_dismissed AS dismissed USING (concern)
LEFT JOIN held.concern_raised AS raised USING (concern)
LEFT JOIN held.concern_triaged AS triaged USING (concern)
LEFT JOIN (SELECT concern, max(time) AS time FROM said.concern_wishes_asked GROUP BY concern) AS wishes USING (concern)
LEFT JOIN held.concern_enquiry_concluded AS concluded USING (concern)
LEFT JOIN held.concern_closed AS closed USING (concern)
