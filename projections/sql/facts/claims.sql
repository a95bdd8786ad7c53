-- claims: every line of every invoice that stands. A visit can be claimed once: `again` tells a line that names one which
-- an earlier line has named, by the time of the invoice, its reference, and the place of the line in it.
-- Kept: by invoice.
WITH lines AS MATERIALIZED (
    SELECT
        submitted.provider, submitted.invoice, place, item.line, item.contract, item.visit, item.minutes, item.pence,
        period_start_on, period_end_on, submitted.position, time
    FROM held.invoice_submitted AS submitted
    JOIN log.invoice_line AS item USING (position)
), repeated AS (
    -- Few visits are named more than once: only their lines are put in order.
    SELECT provider, visit FROM lines WHERE visit IS NOT NULL GROUP BY ALL HAVING count(*) > 1
), ordered AS (
    SELECT
        position, place,
        row_number() OVER naming > 1 AS again,
        first_value(position) OVER naming AS first_position
    FROM lines SEMI JOIN repeated USING (provider, visit)
    WINDOW naming AS (PARTITION BY provider, visit ORDER BY time, invoice, place)
)
SELECT lines.* EXCLUDE (time), coalesce(again, false) AS again, coalesce(first_position, position) AS first_position
FROM lines
LEFT JOIN ordered USING (position, place)
