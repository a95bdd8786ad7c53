-- funding: who pays which part of a contract, from which day to which; `funding` is NULL where nobody has said.
-- Rule: of the latest variation that carries it, effective by then; else as commissioned.
-- Source: feed.md, "Which statement holds".
WITH agreed AS (
    SELECT contract, '-infinity'::DATE AS from_on, funding FROM held.contract_commissioned
    UNION ALL
    SELECT contract, effective_on, arg_max(funding, rank)
    FROM said.contract_varied SEMI JOIN held.contract_commissioned USING (contract)
    WHERE effective_on <= this_day() AND funding IS NOT NULL
    GROUP BY ALL
)
SELECT
    contract, from_on,
    coalesce(lead(from_on) OVER (PARTITION BY contract ORDER BY from_on) - 1, 'infinity'::DATE) AS until_on,
    funding
FROM agreed
