-- The words every fact and finding is written in.

-- The two parameters: SET VARIABLE clock = TIMESTAMPTZ '2026-03-03 12:00+00'; likewise known_at.
CREATE OR REPLACE MACRO clock()    AS getvariable('clock')::TIMESTAMPTZ;
CREATE OR REPLACE MACRO known_at() AS getvariable('known_at')::TIMESTAMPTZ;

-- The day before which nothing counts for a question about these weeks: to skip old rows by, whatever a rule says besides.
CREATE OR REPLACE MACRO since_day() AS getvariable('since_day')::DATE;

-- Local time. London's clocks are read with the time zone data; nothing here knows when they change.
CREATE OR REPLACE MACRO london(instant)     AS instant AT TIME ZONE 'Europe/London';
CREATE OR REPLACE MACRO london_day(instant) AS (instant AT TIME ZONE 'Europe/London')::DATE;
CREATE OR REPLACE MACRO this_day()          AS london_day(clock());
-- Of an instant with a zone the engine looks the zone up even for this.
CREATE OR REPLACE MACRO whole_second(instant) AS epoch_us(instant) // 1_000_000;
CREATE OR REPLACE MACRO monday(day)         AS date_trunc('week', day)::DATE;
-- The instant at which London's clocks show `wall`. London is an hour ahead of UTC or not at all: an hour ahead
-- if that shows `wall`, so that of two instants it is the first (DuckDB's own conversion gives the second), and
-- for a wall time never shown the one before the change.
CREATE OR REPLACE MACRO utc(wall) AS make_timestamptz(epoch_us(wall));
CREATE OR REPLACE MACRO instant_of(wall) AS
    CASE WHEN london(utc(wall - INTERVAL 1 HOUR)) = wall THEN utc(wall - INTERVAL 1 HOUR) ELSE utc(wall) END;

-- Real elapsed time: exact in microseconds, whole in minutes.
CREATE OR REPLACE MACRO microseconds(since, until) AS epoch_us(until) - epoch_us(since);
CREATE OR REPLACE MACRO minutes(since, until) AS (epoch_us(until) - epoch_us(since)) // 60_000_000;

-- Whole pence of some minutes at a rate an hour, half up.
CREATE OR REPLACE MACRO price(minutes, rate) AS (2 * minutes::HUGEINT * rate + 60) // 120;

-- Whether a day lies in any of some stretches of days, first and last included.
CREATE OR REPLACE MACRO within(day, stretches) AS
    coalesce(len(list_filter(stretches, lambda s: day BETWEEN s.from_on AND s.until_on)) > 0, false);

-- Whether some stretch of days has a day in common with the days from `first` to `last`.
CREATE OR REPLACE MACRO touches(first, last, stretches) AS
    coalesce(len(list_filter(stretches, lambda s: s.from_on <= last AND s.until_on >= first)) > 0, false);

-- Microseconds during which at least n people are present, given when each came and went, both in order.
-- After the (i-1)th going, n are present from the (i+n-1)th coming until the i-th going.
CREATE OR REPLACE MACRO present(came, went, n) AS
    coalesce(list_sum(list_transform(
        range(1, len(came) - n + 2),
        lambda i: greatest(0, microseconds(greatest(came[i + n - 1], went[i - 1]), went[i])))), 0)::BIGINT;

-- The special rate of a kind of day or hour, if the contract has one.
CREATE OR REPLACE MACRO special(word, rates) AS list_filter(rates, lambda r: r."when" = word)[1].pence_per_hour;

-- The rate of a visit due on a day at an instant: of the special ones the first that applies, else the usual one.
CREATE OR REPLACE MACRO rate_on(day, instant, rates, usual, is_bank_holiday) AS coalesce(
    CASE WHEN is_bank_holiday THEN special('bank_holiday', rates) END,
    CASE WHEN isodow(day) >= 6 THEN special('weekend', rates) END,
    CASE WHEN hour(london(instant)) >= 22 OR hour(london(instant)) < 7 THEN special('night', rates) END,
    usual);

-- The name of a finding about a provider's visit.
CREATE OR REPLACE MACRO visit_key(kind, provider, visit) AS kind || ':/providers/' || provider || '/' || visit;

-- An instant as a finding's key spells it.
CREATE OR REPLACE MACRO spelt(instant) AS strftime(instant AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ');

-- A funnel plot's limits (D. Spiegelhalter, Statistics in Medicine 24, 2005): how far a share may lie from the share `centre`
-- of all by chance, given its `variance` by chance and the variance `between` those compared.
CREATE OR REPLACE MACRO by_chance(centre, n) AS centre * (1 - centre) / n;
CREATE OR REPLACE MACRO winsorised(z, low, high) AS greatest(least(z, high), low);
-- By the method of moments, from the squares of the winsorised z-scores: `weights` are the inverse variances, `squares` theirs.
CREATE OR REPLACE MACRO between_them(z_squares, compared, weights, squares) AS
    greatest(0, (z_squares - (compared - 1)) / (weights - squares / weights));
CREATE OR REPLACE MACRO sure_998() AS 3.0902323061678132;
CREATE OR REPLACE MACRO sure_95()  AS 1.9599639845400545;
CREATE OR REPLACE MACRO upper_limit(centre, variance, between, sure) AS centre + sure * sqrt(variance + between);
CREATE OR REPLACE MACRO lower_limit(centre, variance, between, sure) AS centre - sure * sqrt(variance + between);

-- Whole pence of minutes a week at a rate an hour, both summed over days: a day is a seventh of a week. Half up.
CREATE OR REPLACE MACRO a_week(minutes_by_rate_by_days) AS (2 * minutes_by_rate_by_days + 420) // 840;

-- How many of the days from `first` to `last` lie in some stretches of days, of which none share a day.
CREATE OR REPLACE MACRO resting(first, last, stretches) AS coalesce(list_sum(list_transform(
    stretches, lambda s: greatest(0, least(last, s.until_on) - greatest(first, s.from_on) + 1))), 0);
