-- Of each pattern of missed calls that begins now (`numbered`), the people it is about, each with the calls that are
-- cited, and all that were surely missed since it began: one draft of a concern a person, for each adult at risk is
-- counted by themselves. Who has a pattern of their own has a draft of that.
WITH patterns AS (
    FROM numbered WHERE kind = 'missed_pattern'
), cited AS (
    SELECT patterns.key, visits.provider, visits.visit, visits.person
    FROM patterns
    JOIN (SELECT key, unnest(evidence) AS position FROM missed_pattern) AS evidence USING (key)
    JOIN of_visits USING (position)
    JOIN visits ON (visits.provider, visits.visit) = (of_visits.provider, of_visits.visit)
    UNION
    SELECT patterns.key, missed_call.provider, missed_call.visit, missed_call.person
    FROM patterns
    JOIN missed_call ON missed_call.person = patterns.person
    WHERE missed_call.stage IN ('confirmed', 'declared') AND missed_call.since >= patterns.since::TIMESTAMPTZ
)
SELECT
    patterns.key, patterns.episode, patterns.reason AS ground, cited.person,
    CASE WHEN count(DISTINCT cited.provider) = 1 THEN any_value(cited.provider) END AS provider,
    list_sort(list(DISTINCT {'source': '/providers/' || cited.provider, 'visit': cited.visit})) AS visits
FROM patterns
JOIN cited USING (key)
WHERE cited.person IS NOT NULL
  AND (patterns.person IS NOT NULL
       OR cited.person NOT IN (SELECT person FROM missed_pattern WHERE person IS NOT NULL))
GROUP BY ALL
ORDER BY patterns.key, cited.person
