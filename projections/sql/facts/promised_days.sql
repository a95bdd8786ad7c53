-- promised_days: the days whose promised calls are looked at: those of the weeks that weekly findings look at, and since.
SELECT unnest(range(least(monday(today) - 7 * lookback_weeks, today - idle_days - 1), today + 1, INTERVAL 1 DAY))::DATE AS day
FROM today
