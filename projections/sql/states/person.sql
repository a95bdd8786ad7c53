-- person: what is known of one person's life, need and contracts.
WITH need AS (
    SELECT
        max(assessed_on) AS assessed_on, arg_max(eligible, assessed_on) AS eligible,
        arg_max(weekly_minutes, assessed_on) AS needed_weekly_minutes, arg_max(need_level, assessed_on) AS need_level
    FROM held.person_need_assessed
    WHERE person = getvariable('ref') AND assessed_on <= this_day()
), review AS (
    SELECT max(reviewed_on) AS reviewed_on, arg_max(next_due_on, reviewed_on) AS review_due_on
    FROM held.person_reviewed
    WHERE person = getvariable('ref') AND reviewed_on <= this_day()
), bought AS (
    SELECT list(contract ORDER BY contract) AS contracts_in_force
    FROM contracts
    WHERE person = getvariable('ref') AND this_day() BETWEEN starts_on AND in_force_until
)
SELECT
    getvariable('ref') AS person,
    (SELECT any_value(died_on) FROM people WHERE person = getvariable('ref')) AS died_on,
    coalesce((SELECT bool_or(within(this_day(), away)) FROM people WHERE person = getvariable('ref')), false) AS away,
    need.*, review.*, bought.*
FROM need CROSS JOIN review CROSS JOIN bought
