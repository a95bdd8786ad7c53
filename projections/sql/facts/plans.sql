-- plans: what was to happen at a visit.
-- Rule: plan statements in order of time, sequence and id; the first takes effect, a later one only if it was made
-- before the start then in force, and so becomes the plan. `changed_at` is when somebody first tried otherwise:
-- a statement made too late that differs from the plan, a first plan made after its own start, or a plan taken back
-- too late (which therefore still stands).
-- Kept: by visit.
WITH statement AS (
    SELECT
        provider, visit, time, sequence, id, planned_start, planned_end, NULL AS asked_by,
        position, position AS scheduled
    FROM said.visit_scheduled
    UNION ALL
    SELECT
        provider, visit, time, sequence, id, planned_start, planned_end, asked_by,
        position, NULL AS scheduled
    FROM said.visit_rescheduled
), history AS (
    SELECT
        provider, visit,
        list_sort(list(struct_pack(
            time, sequence, id, planned_start, planned_end, asked_by, position, scheduled,
            too_late := []::STRUCT(time TIMESTAMPTZ, planned_start TIMESTAMPTZ, planned_end TIMESTAMPTZ)[]
        ))) AS statements
    FROM statement
    GROUP BY provider, visit
), folded AS (
    SELECT
        provider, visit, statements,
        list_reduce(statements, lambda plan, next:
            CASE WHEN next.time < plan.planned_start
                 THEN struct_update(
                     next, scheduled := coalesce(next.scheduled, plan.scheduled), too_late := plan.too_late)
                 ELSE struct_update(plan, too_late := list_append(
                     plan.too_late,
                     struct_pack(time := next.time, planned_start := next.planned_start, planned_end := next.planned_end)
                 )) END) AS plan
    FROM history
), taken_back AS (
    SELECT provider, visit, min(retraction.time) AS time, list(retraction.position) AS evidence
    FROM (
        SELECT source, id, provider, visit, planned_start FROM said.visit_scheduled
        UNION ALL
        SELECT source, id, provider, visit, planned_start FROM said.visit_rescheduled
    ) AS plan
    JOIN known.statement_retracted AS retraction
        ON (retraction.source, retraction.subject, retraction.retracts) = (plan.source, plan.visit, plan.id)
    GROUP BY provider, visit
)
SELECT
    folded.provider, folded.visit,
    said.contract, said.person, said.line AS named_line, coalesce(said.carers, 1) AS carers,
    plan.planned_start, plan.planned_end, plan.asked_by,
    statements[1].planned_start AS first_start,
    london_day(statements[1].planned_start) AS first_on,
    least(
        list_min(list_transform(
            list_filter(plan.too_late, lambda s: (s.planned_start, s.planned_end) <> (plan.planned_start, plan.planned_end)),
            lambda s: s.time)),
        CASE WHEN statements[1].time >= statements[1].planned_start THEN statements[1].time END,
        taken_back.time) AS changed_at,
    list_concat(list_transform(statements, lambda s: s.position), taken_back.evidence) AS evidence
FROM folded
LEFT JOIN said.visit_scheduled AS said ON said.position = plan.scheduled
LEFT JOIN taken_back ON (taken_back.provider, taken_back.visit) = (folded.provider, folded.visit)
