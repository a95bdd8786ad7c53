-- visit_records: what has been said of each visit, and what was due by the lines of its contract. Nothing here depends on the
-- clock or on who else said what, so a record changes only when something is said of the visit, or of its contract's lines.
-- Kept: by visit.
WITH reported AS (
    SELECT
        provider, visit,
        bool_or(what = 'nobody_came') AS nobody_came, min(time) FILTER (what = 'nobody_came') AS nobody_came_at,
        coalesce(bool_or(harm), false) AS harm, list(position) AS evidence
    FROM said.visit_reported
    GROUP BY provider, visit
), spoken_of AS (
    SELECT
        provider, visit, contract, person, plans.carers, planned_start, planned_end, asked_by, plans.changed_at,
        first_tap, first_in, lone, coalesce(tasks_done, false) AS tasks_done, came, went, stayed,
        cancelled.time AS cancelled_time, cancelled.by AS cancelled_by, cancelled.reason AS cancelled_reason,
        frustrated.time AS frustrated_time, frustrated.outcome, frustrated.welfare_check,
        coalesce(reported.nobody_came, false) AS reported_missed,
        missed.time AS missed_time, least(missed.time, nobody_came_at) AS declared_at,
        coalesce(missed.harm, false) OR coalesce(frustrated.harm, false) OR coalesce(reported.harm, false) AS harm,
        list_concat(plans.evidence, presence.evidence, reported.evidence,
                    [cancelled.position, missed.position, frustrated.position]) AS evidence
    FROM plans
    FULL JOIN presence USING (provider, visit)
    FULL JOIN held.visit_cancelled AS cancelled USING (provider, visit)
    FULL JOIN held.visit_missed AS missed USING (provider, visit)
    FULL JOIN held.visit_frustrated AS frustrated USING (provider, visit)
    FULL JOIN reported USING (provider, visit)
), due AS (
    -- The contract's line says when, how long and how many; otherwise the plan does.
    SELECT
        spoken_of.* EXCLUDE (carers),
        line, occurs, late_after AS line_late_after, early_before AS line_early_before,
        coalesce(time_critical, false) AS time_critical, coalesce(short_agreed, false) AS short_agreed,
        coalesce(CASE WHEN asked_by IN ('person', 'council') THEN NULL ELSE occurs END, planned_start) AS due_start,
        coalesce(kept.minutes, greatest(0, minutes(planned_start, planned_end))) AS due_minutes,
        coalesce(kept.carers, spoken_of.carers) AS carers
    FROM spoken_of
    LEFT JOIN visit_lines AS kept USING (provider, visit)
)
SELECT
    * EXCLUDE (came, went, stayed),
    due_start + to_microseconds(due_minutes * 60_000_000) AS due_end,
    london_day(due_start) AS due_on,
    due_minutes * carers AS due_carer_minutes,
    present(came, went, 1) AS present_us,
    present(came, went, carers) AS together_us,
    coalesce(
        list_sum(list_transform(stayed[:carers], lambda s: least(s, due_minutes * 60_000_000))) // 60_000_000, 0
    )::BIGINT AS delivered
FROM due
