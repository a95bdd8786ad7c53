-- The episodes of findings that are on record by then, each with what was done about it, in order.
WITH acts AS (
    SELECT finding, position, time, received_at, 'acknowledged' AS what, "by", NULL AS assigned_to, NULL::DATE AS due_on, NULL::BIGINT AS minutes
    FROM log.finding_acknowledged
    UNION ALL
    SELECT finding, position, time, received_at, 'assigned', "by", "to", NULL, NULL FROM log.finding_assigned
    UNION ALL
    SELECT finding, position, time, received_at, 'queried', "by", NULL, due_on, NULL FROM log.finding_query_sent
    UNION ALL
    SELECT finding, position, time, received_at, 'replied', "by", NULL, NULL, NULL FROM log.finding_provider_replied
    UNION ALL
    SELECT finding, position, time, received_at, 'upheld', "by", NULL, NULL, NULL FROM log.finding_upheld
    UNION ALL
    SELECT finding, position, time, received_at, 'dismissed', "by", NULL, NULL, minutes FROM log.finding_dismissed
    UNION ALL
    SELECT finding, position, time, received_at, 'drafted', "by", NULL, NULL, NULL FROM log.finding_concern_drafted
), done AS (
    SELECT
        finding,
        list({'what': what, 'by': "by", 'to': assigned_to, 'due_on': due_on, 'minutes': minutes, 'at': time} ORDER BY position) AS acts
    FROM acts
    WHERE received_at <= known_at() AND time <= clock()
    GROUP BY finding
)
SELECT
    opened.* EXCLUDE (source, id, position, received_at, recordedtime, sequence, time), opened.time AS opened_at,
    withdrawn.time AS until, withdrawn.cause, coalesce(done.acts, []) AS acts
FROM log.finding_opened AS opened
LEFT JOIN (
    FROM log.finding_withdrawn WHERE received_at <= known_at() AND time <= clock()
) AS withdrawn USING (finding)
LEFT JOIN done USING (finding)
WHERE opened.received_at <= known_at() AND opened.time <= clock()
ORDER BY opened.kind, opened.key, opened.episode
