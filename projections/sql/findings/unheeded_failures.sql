-- unheeded_failures: before a concern about a provider was raised, calls to that person were missed, and nobody had acted.
-- Rule: a concern names a provider, which had missed calls of that person due in the 28 days before; on the findings of some of
-- them nobody had acted when it was raised. A call of which it cannot be told whether it was missed is none.
-- Why: the harm may have been foreseen, and the next one can be.
-- Source: Leeds Safeguarding Adults Board, decision support tool; Care Act 2014 s42; findings from Safeguarding Adults Reviews (s44).
-- Thresholds: none
WITH acts AS (
    SELECT finding, time FROM known.finding_acknowledged
    UNION ALL
    SELECT finding, time FROM known.finding_assigned
    UNION ALL
    SELECT finding, time FROM known.finding_query_sent
    UNION ALL
    SELECT finding, time FROM known.finding_provider_replied
    UNION ALL
    SELECT finding, time FROM known.finding_upheld
    UNION ALL
    SELECT finding, time FROM known.finding_dismissed
    UNION ALL
    SELECT finding, time FROM known.finding_concern_drafted
), heeded AS (
    -- An episode is named by the digest of its finding's key.
    SELECT finding[:26] AS name, min(time) AS time
    FROM acts
    GROUP BY ALL
), unheeded AS (
    SELECT concern, missed_call.since, missed_call.evidence
    FROM concerns
    JOIN missed_call USING (person, provider)
    LEFT JOIN heeded ON heeded.name = 'F-' || left(sha256(missed_call.key), 24)
    WHERE missed_call.stage <> 'cannot_assess'
      AND missed_call.since < raised_at
      AND missed_call.since >= raised_at - to_hours(28 * 24)
      AND coalesce(heeded.time >= raised_at, true)
), summed AS (
    SELECT concern, min(since) AS since, count(*) AS calls, flatten(list(evidence)) AS cited
    FROM unheeded
    GROUP BY concern
)
SELECT
    'unheeded_failures' AS kind,
    'unheeded_failures:' || concern AS key,
    'high' AS severity,
    provider, contract, person,
    since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    calls || CASE WHEN calls = 1 THEN ' call was' ELSE ' calls were' END
        || ' missed in the 28 days before the concern, and nobody had acted on it.' AS reason,
    list_concat(evidence, cited) AS evidence,
    json_object() AS policy
FROM concerns
JOIN summed USING (concern)
