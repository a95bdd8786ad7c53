-- presence: who was at a visit, all carers taken together.
-- `came` and `went` are the comings and goings of complete attendances, each in order; `stayed` is each carer's time in
-- microseconds, longest first; `lone` is the first tap without its counterpart.
-- Kept: by visit.
WITH carer AS (
    SELECT
        provider, visit, carer,
        list(came) FILTER (came <= went) AS came,
        list(went) FILTER (came <= went) AS went,
        coalesce(sum(microseconds(came, went)), 0)::BIGINT AS stayed,
        min(coalesce(came, went)) FILTER (came IS NULL OR went IS NULL) AS lone
    FROM attendances
    GROUP BY provider, visit, carer
), visited AS (
    SELECT
        provider, visit,
        list_sort(flatten(list(came))) AS came,
        list_sort(flatten(list(went))) AS went,
        list_sort(list(stayed), 'DESC') AS stayed,
        min(lone) AS lone
    FROM carer
    GROUP BY provider, visit
), tapped AS (
    SELECT
        provider, visit,
        min(time) AS first_tap,
        min(time) FILTER (way = 'in') AS first_in,
        coalesce(bool_and(tasks.done >= tasks.planned), false) AS tasks_done,
        list(position) AS evidence
    FROM taps
    GROUP BY provider, visit
)
SELECT provider, visit, first_tap, first_in, lone, tasks_done, came, went, stayed, evidence
FROM tapped
JOIN visited USING (provider, visit)
