-- What was found of a person in the days before a concern, and what had been done about it.
WITH acts AS (
    SELECT finding, 'acknowledged' AS what, time, received_at FROM log.finding_acknowledged
    UNION ALL
    SELECT finding, 'assigned' AS what, time, received_at FROM log.finding_assigned
    UNION ALL
    SELECT finding, 'query sent' AS what, time, received_at FROM log.finding_query_sent
    UNION ALL
    SELECT finding, 'provider replied' AS what, time, received_at FROM log.finding_provider_replied
    UNION ALL
    SELECT finding, 'upheld' AS what, time, received_at FROM log.finding_upheld
    UNION ALL
    SELECT finding, 'dismissed' AS what, time, received_at FROM log.finding_dismissed
), done AS (
    SELECT finding, list(DISTINCT what ORDER BY what) AS done
    FROM acts
    WHERE received_at <= known_at() AND time <= clock()
    GROUP BY finding
)
SELECT opened.finding, kind, severity, provider, visit, since, time AS opened_at, coalesce(done, []) AS done
FROM log.finding_opened AS opened
LEFT JOIN done USING (finding)
WHERE person = $person AND time BETWEEN $from AND $until AND received_at <= known_at()
ORDER BY time, opened.finding
