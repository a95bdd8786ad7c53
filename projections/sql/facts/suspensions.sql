-- suspensions: the days a contract rested: from its suspension to the day before it is resumed.
-- Being suspended again while it rests changes nothing.
WITH changed AS (
    SELECT contract, from_on AS day, time, position, true AS rests FROM held.contract_suspended
    UNION ALL
    SELECT contract, "on", time, position, false FROM held.contract_resumed
)
SELECT
    contract, day AS from_on, position,
    coalesce(min(day) FILTER (NOT rests) OVER (so_ordered ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) - 1, 'infinity'::DATE) AS until_on
FROM changed
WINDOW so_ordered AS (PARTITION BY contract ORDER BY day, time, rests DESC)
QUALIFY rests AND lag(rests) OVER so_ordered IS DISTINCT FROM true
