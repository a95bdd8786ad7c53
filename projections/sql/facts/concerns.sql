-- concerns: every concern that was raised, by when it was to be triaged, and by when its enquiry was to end.
-- A working day is one from Monday to Friday that is no bank holiday in England. So many of them after it was raised means:
-- on the last of them, at the same time by London's clocks. Days of an enquiry are days of 24 hours.
WITH stretch AS (
    -- Of so many days more than half are working days, but for a fortnight around Christmas.
    SELECT min(london_day(time)) AS first, max(london_day(time)) + 14 + 2 * any_value(triage_working_days) AS last
    FROM held.concern_raised CROSS JOIN today
), working_days AS (
    SELECT day::DATE AS day, row_number() OVER (ORDER BY day) AS number
    FROM (SELECT unnest(range(first, last + 1, INTERVAL 1 DAY)) AS day FROM stretch)
    WHERE isodow(day) <= 5 AND day::DATE NOT IN (FROM bank_holidays)
), raised AS (
    SELECT
        *, london_day(time) AS raised_on,
        (SELECT max(number) FROM working_days WHERE day <= london_day(time)) AS begun
    FROM held.concern_raised
)
SELECT
    raised.concern, raised.time AS raised_at, raised.person, raised.provider, raised.contract,
    instant_of(due.day + london(raised.time)::TIME) AS triage_due,
    triaged.time AS triaged_at,
    CASE WHEN triaged.decision IN ('section_42_enquiry', 'other_enquiry')
        THEN triaged.time + to_hours(24 * enquiry_days) END AS enquiry_due,
    concluded.time AS concluded_at,
    triage_working_days, enquiry_days,
    list_filter([raised.position, triaged.position], lambda p: p IS NOT NULL) AS evidence
FROM raised
CROSS JOIN today
LEFT JOIN working_days AS due ON due.number = coalesce(begun, 0) + triage_working_days
LEFT JOIN held.concern_triaged AS triaged USING (concern)
LEFT JOIN held.concern_enquiry_concluded AS concluded USING (concern)
