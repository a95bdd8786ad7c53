-- The last instant at which anything came true that the clock lets count: a statement by its time, a variation on its day.
SELECT coalesce(max(moment), TIMESTAMPTZ 'epoch')
FROM (
    SELECT max(time) AS moment FROM ($said) WHERE time <= clock()
    UNION ALL
    SELECT instant_of(max(effective_on)::TIMESTAMP) FROM log.contract_varied WHERE effective_on <= this_day()
)
