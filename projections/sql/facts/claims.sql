-- claims: every line of every invoice that stands. A visit can be claimed once: `again` tells a line that names one which
-- an earlier line has named, by the time of the invoice, its reference, and the place of the line in it.
WITH spread AS (
    SELECT
        provider, invoice, time, position, period_start_on, period_end_on,
        unnest(lines) AS item, generate_subscripts(lines, 1) AS place
    FROM held.invoice_submitted
)
SELECT
    provider, invoice, place, item.line, item.contract, item.visit, item.minutes, item.pence,
    period_start_on, period_end_on, position,
    item.visit IS NOT NULL AND row_number() OVER naming > 1 AS again,
    first_value(position) OVER naming AS first_position
FROM spread
WINDOW naming AS (PARTITION BY provider, item.visit ORDER BY time, invoice, place)
