-- lookback: the Mondays of the complete weeks before the clock's own that weekly findings look at.
SELECT unnest(range(monday(today) - 7 * lookback_weeks, monday(today), INTERVAL 7 DAY))::DATE AS monday
FROM today
