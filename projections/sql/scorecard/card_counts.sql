-- card_counts: each provider's counts, a row a provider. Outcomes are those of judged visits; together they are all that were due.
-- Rule: `known` leaves out what is neither good nor bad yet (presumed, cannot assess, away, open); `to_make` leaves out of these
-- what the person, the council or a closed door prevented.
-- Source: NICE QS123 statements 2 and 4; findings.md.
WITH counted AS (
    SELECT
        provider,
        count(*) FILTER (judged) AS due,
        count(*) FILTER (NOT judged) AS not_judged,
        count(*) FILTER (judged AND became = 'attended') AS attended,
        count(*) FILTER (judged AND became = 'unknown') AS unknown,
        count(*) FILTER (judged AND became = 'missed_declared') AS missed_declared,
        count(*) FILTER (judged AND became = 'missed_confirmed') AS missed_confirmed,
        count(*) FILTER (judged AND became = 'missed_presumed') AS missed_presumed,
        count(*) FILTER (judged AND became = 'cannot_assess') AS cannot_assess,
        count(*) FILTER (judged AND became = 'away') AS away,
        count(*) FILTER (judged AND became = 'cancelled_by_provider') AS cancelled_by_provider,
        count(*) FILTER (judged AND became = 'cancelled_by_person') AS cancelled_by_person,
        count(*) FILTER (judged AND became = 'cancelled_by_council') AS cancelled_by_council,
        count(*) FILTER (judged AND became = 'frustrated') AS frustrated,
        count(*) FILTER (judged AND became = 'open') AS open,
        count(*) FILTER (judged AND came AND timed) AS timed,
        count(*) FILTER (judged AND came AND NOT timed) AS not_timed,
        count(*) FILTER (late) AS late,
        count(*) FILTER (judged AND late_by_30) AS late_by_30,
        quantile_disc(late_minutes, 0.5) FILTER (late) AS median_late,
        count(*) FILTER (early) AS early,
        count(*) FILTER (judged AND became = 'attended' AND NOT short_agreed) AS measured,
        count(*) FILTER (judged AND became = 'attended' AND short_agreed) AS agreed_short,
        count(*) FILTER (short) AS short,
        count(*) FILTER (judged AND became = 'attended' AND NOT short_agreed AND of_30) AS of_30,
        count(*) FILTER (judged AND became = 'attended' AND NOT short_agreed AND for_30) AS for_30,
        count(*) FILTER (judged AND became = 'attended' AND double_up) AS double_ups,
        count(*) FILTER (incomplete) AS incomplete,
        coalesce(sum(due) FILTER (judged AND became = 'attended'), 0)::BIGINT AS due_minutes,
        coalesce(sum(delivered) FILTER (judged AND became = 'attended'), 0)::BIGINT AS delivered_minutes
    FROM card_visits
    GROUP BY provider
), joined AS (
    SELECT
        provider,
        count(*) AS people,
        sum(carers)::BIGINT AS carers,
        quantile_disc(carers, 0.5) AS median_carers,
        max(carers) AS most_carers,
        count(*) FILTER (lately > many_carers) AS over_many_carers,
        sum(visits)::BIGINT AS carer_visits,
        sum(most_seen)::BIGINT AS most_seen
    FROM card_carers CROSS JOIN period
    GROUP BY provider
)
SELECT
    provider,
    coalesce(COLUMNS(* EXCLUDE (provider, median_late, median_carers, most_carers, heard_until)), 0),
    median_late, median_carers, most_carers,
    heard_until,
    missed_declared + missed_confirmed AS missed,
    due - missed_presumed - cannot_assess - away - open AS known,
    known - cancelled_by_person - cancelled_by_council - frustrated AS to_make
FROM counted
FULL JOIN joined USING (provider)
FULL JOIN card_taps USING (provider)
LEFT JOIN (SELECT provider, heard_until FROM providers) AS heard USING (provider)
