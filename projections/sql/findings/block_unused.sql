-- block_unused: a block of care is paid for and too little is drawn from it.
-- Rule: in at least `persist_weeks` of the complete weeks looked at, all of them with the block in force, what was delivered
-- under the contracts that draw on it stays below (1 - `unused_share`) of its weekly minutes. `minutes` is what the middle
-- week had to spare, `pence` its price a week.
-- Why: a block is paid for whether it is used or not.
-- Source: the practice of recycling unused minutes (Peter Mason Consulting).
-- Thresholds: lookback_weeks, persist_weeks, unused_share
WITH drawn AS (
    SELECT contracts.draws_on AS contract, monday(due_on) AS monday, sum(delivered) AS delivered, flatten(list(visits.evidence)) AS evidence
    FROM visits
    JOIN contracts USING (contract, provider)
    WHERE due_on >= since_day() AND contracts.draws_on IS NOT NULL AND monday(due_on) IN (FROM lookback)
    GROUP BY ALL
), week AS (
    SELECT
        block.contract, block.provider, block.person, lookback.monday, contract_terms.weekly_minutes, contract_terms.rate, policy.unused_share,
        greatest(0, contract_terms.weekly_minutes - coalesce(drawn.delivered, 0))::BIGINT AS spare,
        coalesce(drawn.delivered, 0) < (1 - policy.unused_share) * contract_terms.weekly_minutes AS unused,
        block.evidence, drawn.evidence AS visits
    FROM contracts AS block
    JOIN lookback ON block.starts_on <= monday AND block.in_force_until >= monday + 6
    JOIN contract_terms
        ON contract_terms.contract = block.contract AND lookback.monday BETWEEN contract_terms.from_on AND contract_terms.until_on
    JOIN policy ON lookback.monday BETWEEN policy.from_on AND policy.until_on
    LEFT JOIN drawn ON drawn.contract = block.contract AND drawn.monday = lookback.monday
    WHERE block.kind = 'block'
)
SELECT
    'block_unused' AS kind,
    'block_unused:' || contract AS key,
    'medium' AS severity,
    provider, contract, person,
    min(monday) FILTER (unused) AS since,
    quantile_disc(spare, 0.5) AS minutes,
    price(quantile_disc(spare, 0.5), arg_max(rate, monday)) AS pence,
    'In ' || count(*) FILTER (unused) || ' of ' || count(*) || ' weeks too little was drawn from the block: '
        || quantile_disc(spare, 0.5) || ' carer-minutes to spare in the middle one.' AS reason,
    list_concat(any_value(evidence), flatten(list(visits))) AS evidence,
    json_object('lookback_weeks', lookback_weeks, 'persist_weeks', persist_weeks,
                'unused_share', arg_max(week.unused_share, monday)) AS policy
FROM week CROSS JOIN today
GROUP BY contract, provider, person, lookback_weeks, persist_weeks
HAVING count(*) FILTER (unused) >= greatest(1, persist_weeks)
