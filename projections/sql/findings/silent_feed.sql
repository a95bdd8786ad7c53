-- silent_feed: a provider has stopped sending while calls fall due, so nobody can tell whether people are visited.
-- Rule: `silent_calls` or more missed calls at stage cannot_assess, or one of them time-critical.
-- Why: silence is not compliance; missed visits went unseen for weeks where nobody asked why the feed had stopped.
-- Source: Tameside (2015): a contract variation where a provider repeatedly fails to supply timely data.
-- Thresholds: silent_calls
SELECT
    'silent_feed' AS kind,
    'silent_feed:' || provider AS key,
    'high' AS severity,
    provider,
    any_value(heard_until) AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    'Nothing has been heard from the provider, and of ' || count(*) || ' calls since it cannot be told whether they were made.' AS reason,
    flatten(list(missed_call.evidence)) AS evidence,
    json_object('silent_calls', silent_calls) AS policy
FROM missed_call
JOIN visits USING (provider, visit)
JOIN providers USING (provider)
CROSS JOIN today
WHERE stage = 'cannot_assess'
GROUP BY provider, silent_calls
HAVING count(*) >= silent_calls OR bool_or(time_critical)
