-- card_money: the period's pence, by provider, contract, and who funded the contract then.
-- Rule: visits count on their due date; an invoice's line on the due date of the visit it names, else on the last day of the
-- invoice's period. Each visit is priced at its own rate and rounded half up once. What is not known is priced apart.
-- `compensating` is what a contract cost that makes up for one of this provider while that one still runs.
-- Source: findings.md, "Reading one contract" and "Payable"; Care Act 2014 s27: a review decides, never this.
WITH said AS (
    SELECT
        provider, contract, due_on AS day, became, judged,
        coalesce(price(delivered, rate), 0) AS delivered,
        coalesce(price(due, rate), 0) AS due,
        coalesce(price(failed, rate), 0) AS failed,
        rate IS NULL AND judged AS unpriced
    FROM card_visits
), of_visits AS (
    SELECT
        provider, contract, day,
        sum(delivered) FILTER (judged AND became = 'attended') AS delivered,
        sum(due) FILTER (judged AND became IN ('unknown', 'cannot_assess')) AS not_known,
        sum(failed) AS failed,
        count(*) FILTER (unpriced) AS unpriced
    FROM said
    GROUP BY ALL
), owed AS (
    SELECT
        provider, payable.contract, payable.due_on AS day,
        sum(coalesce(price(minutes, rate), 0)) FILTER (NOT unsure) AS payable,
        sum(coalesce(price(minutes, rate), 0)) FILTER (unsure) AS payable_unsure
    FROM payable CROSS JOIN period
    WHERE payable.due_on BETWEEN first_on AND last_on
    GROUP BY ALL
), asked AS (
    SELECT
        claims.provider, claims.contract, coalesce(payable.due_on, period_end_on) AS day,
        sum(pence) AS claimed,
        sum(pence) FILTER (payable.unsure AND payable.contract = claims.contract AND NOT again) AS claimed_unsure
    FROM claims
    LEFT JOIN payable USING (provider, visit)
    CROSS JOIN period
    WHERE coalesce(payable.due_on, period_end_on) BETWEEN first_on AND last_on
    GROUP BY ALL
), unkept AS (
    SELECT
        roster.provider, roster.contract, day,
        sum(price(minutes * carers, rate)) FILTER (roster.occurs + to_minutes(missed_after) <= heard_until) AS never_planned,
        count(*) FILTER (roster.occurs + to_minutes(missed_after) <= heard_until) AS calls_never_planned,
        count(*) FILTER (coalesce(roster.occurs + to_minutes(missed_after) > heard_until, true)) AS calls_not_told
    FROM roster
    CROSS JOIN period
    LEFT JOIN providers ON providers.provider = roster.provider
    WHERE visit IS NULL
      AND day BETWEEN first_on AND last_on
      AND kind NOT IN ('block', 'direct_payment', 'individual_service_fund')
      AND roster.occurs + to_minutes(missed_after) <= clock()
      AND EXISTS (
          FROM card_visits AS used
          WHERE used.contract = roster.contract AND used.provider = roster.provider
            AND (became IN ('attended', 'unknown', 'frustrated', 'away', 'cannot_assess') OR became LIKE 'missed%'))
    GROUP BY ALL
), daily AS (
    FROM of_visits UNION ALL BY NAME FROM owed UNION ALL BY NAME FROM asked UNION ALL BY NAME FROM unkept
), counted AS (
    SELECT daily.* EXCLUDE (day), funding.from_on AS funded_from
    FROM daily
    LEFT JOIN funding ON funding.contract = daily.contract AND day BETWEEN funding.from_on AND funding.until_on
    UNION ALL BY NAME
    SELECT provider, contract, funded_from, a_week(sum(weekly_minutes::HUGEINT * rate * bought_days)) AS promised
    FROM card_spans
    WHERE draws_on IS NULL
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT failed_by AS provider, contract, funded_from, a_week(sum(weekly_minutes::HUGEINT * rate * twice_days)) AS compensating
    FROM card_spans
    WHERE twice_days > 0
    GROUP BY ALL
)
SELECT
    counted.provider, counted.contract, funded_from,
    CASE WHEN any_value(draws_on) IS NOT NULL THEN 'block' ELSE coalesce(any_value(kind), 'not known') END AS kind,
    any_value(contracts.contract) IS NOT NULL AS known,
    any_value(funding) AS funding,
    coalesce(sum(COLUMNS(['promised', 'delivered', 'not_known', 'claimed', 'claimed_unsure', 'payable', 'payable_unsure', 'failed',
                          'never_planned', 'compensating', 'unpriced', 'calls_never_planned', 'calls_not_told'])), 0)::BIGINT
FROM counted
LEFT JOIN contracts USING (contract)
LEFT JOIN funding ON funding.contract = counted.contract AND funding.from_on = funded_from
GROUP BY counted.provider, counted.contract, funded_from
