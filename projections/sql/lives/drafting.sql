-- Of each pattern of missed calls that begins now (`numbered`), the people it is about, each with the calls that are
-- cited: one draft of a concern a person, for each adult at risk is counted by themselves. Who has a pattern of their own
-- has a draft of that.
SELECT
    numbered.key, episode, numbered.reason AS ground, visits.person,
    CASE WHEN count(DISTINCT visits.provider) = 1 THEN any_value(visits.provider) END AS provider,
    list_sort(list(DISTINCT {'source': '/providers/' || visits.provider, 'visit': visits.visit})) AS visits
FROM numbered
JOIN (SELECT key, unnest(evidence) AS position FROM missed_pattern) AS cited USING (key)
JOIN of_visits USING (position)
JOIN visits ON (visits.provider, visits.visit) = (of_visits.provider, of_visits.visit)
WHERE visits.person IS NOT NULL
  AND (numbered.person IS NOT NULL
       OR visits.person NOT IN (SELECT person FROM missed_pattern WHERE person IS NOT NULL))
GROUP BY ALL
ORDER BY numbered.key, visits.person
