-- summed: how many findings of a kind and provider hold by either policy, how many only by one, and their price.
-- A finding without a known rate adds nothing to a price; where no finding has one, there is no price.
SELECT
    kind, provider,
    count(*) FILTER (change <> 'new') AS before,
    count(*) FILTER (change <> 'lost') AS after,
    count(*) FILTER (change = 'new') AS new,
    count(*) FILTER (change = 'lost') AS lost,
    count(*) FILTER (change = 'changed') AS changed,
    CASE WHEN count(pence_before) + count(pence_after) > 0 THEN coalesce(sum(pence_before), 0)::BIGINT END AS pence_before,
    CASE WHEN count(pence_before) + count(pence_after) > 0 THEN coalesce(sum(pence_after), 0)::BIGINT END AS pence_after
FROM compared
GROUP BY kind, provider
ORDER BY kind, provider NULLS FIRST
