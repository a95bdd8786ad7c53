-- since_day: no question about these weeks looks at an earlier day. Set once `today` is there, and never a rule by itself: it
-- only spares the engine the years before, since a number it knows beforehand is one it can skip old rows by.
SET VARIABLE since_day = (
    SELECT least(
        monday(today) - 7 * greatest(lookback_weeks, 1),
        today - idle_days,
        today - recent_days - spread_hours // 24 - 1) - 2
    FROM today
);
