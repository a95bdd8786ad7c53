-- card_recyclable: packages of which too much went unused in the period's own weeks, and the middle week's minutes of that.
-- Rule: as over_commissioned, over the complete weeks within the period: more than `unused_share` unused in `persist_weeks`
-- of them or more. A review decides, never this.
-- Source: the practice of recycling unused minutes (Peter Mason Consulting); Care Act 2014 s27.
SELECT
    contract_weeks.provider, contract,
    quantile_disc(u, 0.5)::BIGINT AS minutes_a_week,
    price(quantile_disc(u, 0.5), arg_max(rate, monday))::BIGINT AS pence_a_week
FROM contract_weeks CROSS JOIN period
GROUP BY contract_weeks.provider, contract, persist_weeks
HAVING count(*) FILTER (u > contract_weeks.unused_share * c) >= persist_weeks
