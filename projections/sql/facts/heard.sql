-- heard: the days on which a provider said anything at all (by the time of the event, whatever became of it).
-- Kept: by day.
WITH said_by AS (
    SELECT provider, time FROM known.visit_scheduled
    UNION ALL SELECT provider, time FROM known.visit_rescheduled
    UNION ALL SELECT provider, time FROM known.visit_cancelled
    UNION ALL SELECT provider, time FROM known.visit_checked_in
    UNION ALL SELECT provider, time FROM known.visit_checked_out
    UNION ALL SELECT provider, time FROM known.visit_missed
    UNION ALL SELECT provider, time FROM known.visit_frustrated
    UNION ALL SELECT provider, time FROM known.invoice_submitted
    UNION ALL SELECT source[12:], time FROM known.provider_heartbeat
    UNION ALL SELECT source[12:], time FROM known.statement_retracted WHERE source LIKE '/providers/%'
)
-- Hour by hour first: London's days begin on the hour, and fewer times need their zone looked up.
SELECT provider, london_day(last_time) AS day, max(last_time) AS last_time
FROM (SELECT provider, max(time) AS last_time FROM said_by GROUP BY provider, epoch_us(time) // 3_600_000_000)
GROUP BY provider, day
