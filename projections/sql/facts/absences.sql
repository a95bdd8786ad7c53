-- absences: the days a person was away, in hospital or respite: from going in to the next coming out, both included.
-- Going in again while away changes nothing.
WITH moved AS (
    SELECT
        person, "on", time, position,
        CASE WHEN code IN ('hospital_admission', 'hospital_discharge') THEN 'hospital' ELSE 'respite' END AS reason,
        code IN ('hospital_admission', 'respite_start') AS leaves
    FROM held.person_life_event
    WHERE code IN ('hospital_admission', 'hospital_discharge', 'respite_start', 'respite_end') AND "on" <= this_day()
)
SELECT
    person, reason, "on" AS from_on, position,
    coalesce(min("on") FILTER (NOT leaves) OVER (so_ordered ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 'infinity'::DATE) AS until_on
FROM moved
WINDOW so_ordered AS (PARTITION BY person, reason ORDER BY "on", time, leaves DESC)
QUALIFY leaves AND lag(leaves) OVER so_ordered IS DISTINCT FROM true
