-- missed_pattern: calls are missed again and again for one person, with harm, or for many people of one provider at once.
-- Rule: for a person, `recurring_missed` calls surely missed within `recurring_days`, the last of them in the last
-- `recent_days`; or a visit due in those days of which harm is said. For a provider, within some `spread_hours` ending at a
-- call surely missed in those days, calls of `spread_people` people that are `spread_share` or more of its judged visits.
-- Why: a single missed call may be an accident; a pattern is neglect or a failing provider, and a safeguarding matter.
-- Source: Leeds Safeguarding Adults Board, decision support tool; Care Act 2014 s42.
-- Thresholds: recurring_missed, recurring_days, recent_days, spread_people, spread_hours, spread_share
WITH in_a_row AS (
    SELECT
        failures.person, due_start, failures.evidence, logging_gap.provider IS NOT NULL AS gap,
        lag(due_start, recurring_missed - 1) OVER (PARTITION BY failures.person ORDER BY due_start, provider, visit) AS first_start,
        recurring_days, recent_days
    FROM failures
    CROSS JOIN today
    LEFT JOIN logging_gap USING (provider)
    WHERE failures.person IS NOT NULL
), person_ground AS (
    SELECT person, 'recurrence' AS word, min(first_start) AS since, bool_or(gap) AS gap, flatten(list(evidence)) AS evidence
    FROM in_a_row
    WHERE due_start >= clock() - to_days(recent_days) AND due_start - to_days(recurring_days) <= first_start
    GROUP BY person
    UNION ALL
    SELECT person, 'harm', min(due_start), false, flatten(list(evidence))
    FROM visits CROSS JOIN today
    WHERE due_start >= since_day() AND harm AND planned_start IS NOT NULL AND person IS NOT NULL AND due_start >= clock() - to_days(recent_days)
    GROUP BY person
), due AS (
    SELECT
        visits.provider, visits.due_start, failures.person, failures.visit IS NOT NULL AS failed, failures.evidence,
        spread_people, spread_hours, spread_share, recent_days
    FROM visits
    CROSS JOIN today
    LEFT JOIN failures USING (provider, visit)
    WHERE visits.due_start >= since_day() AND judged AND visits.due_start >= clock() - to_days(recent_days) - to_hours(spread_hours)
), windowed AS (
    SELECT
        *,
        min(due_start) FILTER (failed) OVER lately AS first_start,
        count(DISTINCT person) FILTER (failed) OVER lately AS people,
        count(*) FILTER (failed) OVER lately AS failures,
        count(*) OVER lately AS calls,
        list(evidence) FILTER (failed) OVER lately AS cited
    FROM due
    WINDOW lately AS (
        PARTITION BY provider ORDER BY due_start RANGE BETWEEN to_hours(spread_hours) PRECEDING AND CURRENT ROW)
), spread AS (
    SELECT * FROM windowed
    WHERE failed AND due_start >= clock() - to_days(recent_days)
      AND people >= spread_people AND failures >= spread_share * calls
    QUALIFY row_number() OVER (PARTITION BY provider ORDER BY due_start DESC) = 1
)
SELECT
    'missed_pattern' AS kind,
    'missed_pattern:' || person AS key,
    'critical' AS severity,
    NULL AS provider, person,
    min(since) AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    string_agg(DISTINCT word, ' and ' ORDER BY word DESC) || ': calls to this person were missed in a way that must be looked into.'
        || CASE WHEN bool_or(gap) THEN ' The provider''s record has gaps: they may have been made and not logged.' ELSE '' END AS reason,
    flatten(list(evidence)) AS evidence,
    json_object('recurring_missed', any_value(recurring_missed), 'recurring_days', any_value(recurring_days),
                'recent_days', any_value(recent_days)) AS policy
FROM person_ground CROSS JOIN today
GROUP BY person
UNION ALL BY NAME
SELECT
    'missed_pattern' AS kind,
    'missed_pattern:' || provider AS key,
    'critical' AS severity,
    provider, NULL AS person,
    first_start AS since,
    NULL::BIGINT AS minutes,
    NULL::BIGINT AS pence,
    'spread: ' || failures || ' of ' || calls || ' calls within ' || spread_hours || ' hours were missed, of ' || people || ' people.'
        || CASE WHEN provider IN (SELECT provider FROM logging_gap)
                THEN ' The provider''s record has gaps: they may have been made and not logged.' ELSE '' END AS reason,
    flatten(cited) AS evidence,
    json_object('spread_people', spread_people, 'spread_hours', spread_hours,
                'spread_share', spread_share, 'recent_days', recent_days) AS policy
FROM spread
