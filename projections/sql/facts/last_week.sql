-- last_week: the last complete week before the clock, and the policy in force on its Monday.
SELECT
    monday(this_day()) - 7 AS monday,
    instant_of((monday(this_day()) - 7)::TIMESTAMP) AS begins_at, instant_of(monday(this_day())::TIMESTAMP) AS ends_at,
    * EXCLUDE (from_on, until_on)
FROM policy
WHERE monday(this_day()) - 7 BETWEEN from_on AND until_on
