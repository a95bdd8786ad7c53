-- claims: every line of every invoice that stands. A visit can be claimed once: `again` tells a line that names one which
-- an earlier line has named, by the time of the invoice, its reference, and the place of the line in it.
SELECT
    held.provider, held.invoice, place, item.line, item.contract, item.visit, item.minutes, item.pence,
    period_start_on, period_end_on, held.position,
    item.visit IS NOT NULL AND row_number() OVER naming > 1 AS again,
    first_value(held.position) OVER naming AS first_position
FROM held.invoice_submitted AS held
JOIN log.invoice_line AS item USING (position)
WINDOW naming AS (PARTITION BY held.provider, item.visit ORDER BY time, held.invoice, place)
