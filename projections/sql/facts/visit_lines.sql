-- visit_lines: which occurrence of which of its contract's lines a visit keeps, among those of the day before, the day and
-- the day after its first planned start: the nearest of the line it names; if that has none there, the nearest of any line
-- within `line_reach`. Ties: the earlier, then the line's name.
-- Kept: by visit.
WITH planned AS (
    SELECT
        plans.provider, visit, named_line, first_start,
        coalesce(contract_terms.terms.line_reach, policy.line_reach) AS line_reach,
        unnest([first_on - 1, first_on, first_on + 1]) AS day,
        list_filter(lines_said, lambda s: s.time < first_start AND s.effective_on <= first_on)[1].position AS position
    FROM plans
    JOIN contracts USING (contract)
    JOIN policy ON first_on BETWEEN policy.from_on AND policy.until_on
    LEFT JOIN contract_terms
        ON contract_terms.contract = plans.contract AND first_on BETWEEN contract_terms.from_on AND contract_terms.until_on
), candidate AS MATERIALIZED (
    -- A sieve before time zones are looked up, an hour wide of the mark for the days on which clocks change.
    SELECT
        planned.* EXCLUDE (day, position),
        item.line, minutes, carers, time_critical, short_agreed, late_after, early_before,
        item.line IS NOT DISTINCT FROM named_line AS named,
        instant_of(day + starts_at) AS occurs, abs(microseconds(first_start, occurs)) AS distance
    FROM planned
    JOIN contract_lines AS item USING (position)
    WHERE weekday = isodow(day)
      AND (item.line = named_line OR abs(epoch(day + starts_at) - epoch(london(first_start))) <= line_reach * 60 + 3600)
)
SELECT provider, visit, line, occurs, minutes, carers, time_critical, short_agreed, late_after, early_before
FROM candidate
WHERE named OR distance <= line_reach::BIGINT * 60_000_000
QUALIFY row_number() OVER (
    PARTITION BY provider, visit ORDER BY named DESC, distance, occurs, line, minutes) = 1
