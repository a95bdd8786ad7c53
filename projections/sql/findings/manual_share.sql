-- manual_share: too much of a provider's record is typed in by hand.
-- Rule: in the last complete week more than `manual_share` of its check-ins and check-outs, `manual_min` or more, were manual.
-- Why: an entry by hand proves nothing of where or when a visit was made.
-- Source: Texas HHSC, visits verified without a manual entry as a measure of compliance (75 to 90 % demanded).
-- Thresholds: manual_share, manual_min
SELECT
    'manual_share' AS kind,
    'manual_share:' || provider || '/' || monday AS key,
    'medium' AS severity,
    provider,
    monday AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    count(*) FILTER (method = 'manual') || ' of ' || count(*) || ' check-ins and check-outs of the week were entered by hand.' AS reason,
    list(position) FILTER (method = 'manual') AS evidence,
    json_object('manual_share', manual_share, 'manual_min', manual_min) AS policy
FROM taps
JOIN last_week ON time >= begins_at AND time < ends_at
WHERE time >= since_day()
GROUP BY provider, monday, manual_share, manual_min
HAVING count(*) >= manual_min AND count(*) FILTER (method = 'manual') > manual_share * count(*)
