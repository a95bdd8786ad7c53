-- many_carers: too many different carers come to one person.
-- Rule: more than `many_carers` different carers checked in at the person's visits in the last `recent_days`.
-- Why: people should know who comes into their home and be known by them.
-- Source: NICE QS123 statement 3 (a consistent team of home care workers).
-- Thresholds: many_carers, recent_days
SELECT
    'many_carers' AS kind,
    'many_carers:' || person AS key,
    'low' AS severity,
    person,
    clock() - to_days(recent_days) AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    count(DISTINCT (provider, carer)) || ' different carers came in the last ' || recent_days || ' days.' AS reason,
    list(position) AS evidence,
    json_object('many_carers', many_carers, 'recent_days', recent_days) AS policy
FROM taps
JOIN visits USING (provider, visit)
CROSS JOIN today
WHERE time >= since_day() AND way = 'in' AND person IS NOT NULL
  AND time > clock() - to_days(recent_days) AND time <= clock()
GROUP BY person, many_carers, recent_days
HAVING count(DISTINCT (provider, carer)) > many_carers
