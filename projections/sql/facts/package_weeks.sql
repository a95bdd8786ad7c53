-- package_weeks: the weeks of a package that count, taken together, where in `persist_weeks` of them or more too much went
-- unused or too much failed: how many these are, and the middle week's minutes of either.
WITH together AS (
    SELECT
        provider, contract, person, lookback_weeks, persist_weeks, list(monday) AS weeks,
        count(*) FILTER (u > contract_weeks.unused_share * c) AS weeks_unused,
        count(*) FILTER (f > contract_weeks.unused_share * c) AS weeks_failed,
        quantile_disc(u, 0.5) AS unused, quantile_disc(f, 0.5) AS failed,
        arg_max(c, monday) AS commissioned, arg_max(rate, monday) AS rate,
        arg_max(contract_weeks.unused_share, monday) AS unused_share, any_value(contract_evidence) AS contract_evidence
    FROM contract_weeks CROSS JOIN today
    GROUP BY provider, contract, person, persist_weeks, lookback_weeks
    HAVING greatest(weeks_unused, weeks_failed) >= persist_weeks
), week AS (
    SELECT provider, contract, unnest(weeks) AS monday FROM together
), cited AS (
    SELECT provider, contract, flatten(list(evidence)) AS evidence
    FROM visits
    JOIN week USING (provider, contract)
    WHERE due_on >= since_day() AND monday(due_on) = monday
    GROUP BY ALL
)
SELECT
    together.* EXCLUDE (contract_evidence),
    list_concat(contract_evidence, cited.evidence) AS evidence
FROM together
JOIN cited USING (provider, contract)
