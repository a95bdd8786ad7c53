-- card_shares: each share of the card: `x` of `n`.
-- Rule: a share is told with its numerator and its denominator; what each counts is said in docs/guides/scorecards.md.
WITH shares AS (
    SELECT
        provider,
        unnest([
            struct_pack(measure := 'missed', x := missed, n := known),
            struct_pack(measure := 'no_record', x := missed_confirmed, n := known),
            struct_pack(measure := 'cancelled_by_provider', x := cancelled_by_provider, n := known),
            struct_pack(measure := 'delivered', x := attended + unknown, n := to_make),
            struct_pack(measure := 'late', x := late, n := timed),
            struct_pack(measure := 'late_by_30', x := late_by_30, n := timed),
            struct_pack(measure := 'early', x := early, n := timed),
            struct_pack(measure := 'short', x := short, n := measured),
            struct_pack(measure := 'of_30_minutes', x := of_30, n := measured),
            struct_pack(measure := 'planned_for_30_minutes', x := for_30, n := measured),
            struct_pack(measure := 'incomplete_double_ups', x := incomplete, n := double_ups),
            struct_pack(measure := 'three_most_seen', x := most_seen, n := carer_visits),
            struct_pack(measure := 'manual', x := manual, n := taps),
            struct_pack(measure := 'backdated', x := backdated, n := taps),
            struct_pack(measure := 'one_tap_missing', x := unknown, n := attended + unknown),
            struct_pack(measure := 'as_planned_to_the_second', x := exact, n := stays)
        ], recursive := true)
    FROM card_counts
)
SELECT provider, measure, x::BIGINT AS x, n::BIGINT AS n FROM shares
